import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { DoorAnswerDto, DoorCaseAnswerDto, FiledAnswerDto, LogInAnswerDto } from './door-shapes.dto.js';

const right = { login: LogInAnswerDto, rows: DoorAnswerDto, case: DoorCaseAnswerDto, filed: FiledAnswerDto } as const;

/** As at the portal all is 200, and the envelope says what it means; 503: nothing is known to be written, send again. */
export const DoorAnswers = (what: keyof typeof right): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ApiExtraModels(right[what], DoorAnswerDto),
    ApiResponse({
      status: 200,
      description: 'Phong bì của Cổng · The portal’s envelope',
      schema: { anyOf: [...new Set([right[what], DoorAnswerDto])].map((dto) => ({ $ref: getSchemaPath(dto) })) },
    }),
    ApiResponse({ status: 503, description: 'Gửi lại · Send again', type: DoorAnswerDto }),
  );
