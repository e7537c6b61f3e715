import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problems, reportedTypes, shortType, type EventType, type ProblemCode } from '#wire';
import { CloudEventDto } from '../push/cloud-event.dto.js';
import { EntryAnswerDto, LineAnswerDto, ProblemDto } from './shapes.dto.js';

type Decorator = MethodDecorator & ClassDecorator;

/** Names of the payload schemas among the document's components. */
export const payloadName = (type: EventType): string => shortType(type);
export const payloadRef = (type: EventType): { $ref: string } => ({
  $ref: `#/components/schemas/${payloadName(type)}`,
});

/** A CloudEvent with the payload that its type has. */
export const cloudEventSchema = {
  oneOf: reportedTypes.map((type) => ({
    title: shortType(type),
    allOf: [
      { $ref: getSchemaPath(CloudEventDto) },
      { type: 'object', properties: { type: { type: 'string', enum: [type] }, data: payloadRef(type) } },
    ],
  })),
};

const always: readonly ProblemCode[] = ['missing-credentials', 'wrong-credentials', 'unavailable', 'internal'];
const withBody: readonly ProblemCode[] = ['invalid-utf8', 'text-not-nfc', 'too-large', 'unsupported-media-type'];

/** One documented answer a status, each with the codes that come with it. */
function problemAnswers(codes: readonly ProblemCode[]): Decorator[] {
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status);
  return [...byStatus].map(([status, same]) =>
    ApiResponse({
      status,
      description: same.map((code) => `\`${code}\`: ${problems[code].vi} · ${problems[code].en}`).join('\n\n'),
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
    }),
  );
}

/** What a route answers, for the generated document. */
export const Answers = {
  entry: (...codes: ProblemCode[]): Decorator =>
    applyDecorators(
      ApiExtraModels(CloudEventDto, EntryAnswerDto, ProblemDto),
      ApiResponse({ status: 202, description: 'Đã ghi nhận · Committed', type: EntryAnswerDto }),
      ApiResponse({ status: 200, description: 'Đã có từ trước · Held already', type: EntryAnswerDto }),
      ...problemAnswers([...codes, ...withBody, ...always]),
    ),
  lines: (): Decorator =>
    applyDecorators(
      ApiExtraModels(LineAnswerDto, ProblemDto),
      ApiResponse({
        status: 200,
        description: 'Mỗi dòng một câu trả lời · An answer a line',
        content: {
          'application/x-ndjson': {
            schema: { anyOf: [{ $ref: getSchemaPath(LineAnswerDto) }, { $ref: getSchemaPath(ProblemDto) }] },
          },
        },
      }),
      ...problemAnswers(['unsupported-media-type', ...always]),
    ),
  problems: (...codes: ProblemCode[]): Decorator =>
    applyDecorators(ApiExtraModels(ProblemDto), ...problemAnswers([...codes, ...always])),
};
