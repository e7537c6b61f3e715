import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Controller, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf, type Language } from '#wire';
import { problemOf } from '../admit/answer-problem.js';
import { Caller } from '../admit/authenticate.hook.js';
import type { BodyKind } from '../admit/read-body.js';
import { refusal, type Refusal } from '../admit/refusal.js';
import { Answers, cloudEventSchema } from '../describe/answers.js';
import { EnterReport } from '../enter/enter-report.js';
import { answerInOrder } from './answer-in-order.js';
import { readEvent } from './read-event.js';
import { splitLines, type Line } from './split-lines.js';

const MAX_LINE_BYTES = 1_048_576;
const SILENCE_MS = 60_000;

@ApiTags('batches')
@ApiBearerAuth()
@Controller('v1/batches')
export class SubmitBatchController {
  constructor(private readonly enterReport: EnterReport) {}

  /** Lines of one case are entered in their order, others side by side. Each line is committed by itself. */
  @Post()
  @RouteConfig({ body: 'lines' satisfies BodyKind })
  @ApiOperation({
    summary: 'Gửi nhiều sự kiện, mỗi dòng một sự kiện · Submit many events, a line each',
    description:
      'A CloudEvent a line (`subject` says which case), at most 1 MiB a line. Answers come while lines are still being sent, one a line and in their order: read them as you write.',
  })
  @ApiConsumes('application/x-ndjson')
  @ApiProduces('application/x-ndjson')
  @ApiBody({ schema: cloudEventSchema })
  @Answers.lines()
  submit(@Caller() sender: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const language = languageOf(request.headers['accept-language']);
    const body = request.body as Readable | undefined;
    const lines = this.asRoomAllows(splitLines(body ?? Readable.from([]), MAX_LINE_BYTES));
    const answers = answerInOrder(
      lines,
      (line) => ('bytes' in line ? line.bytes.length : 0),
      async (line) => `${JSON.stringify(await this.answer(sender, line, language))}\n`,
    );
    endWhenSilent(request.raw.socket, reply);
    void reply.code(200).type('application/x-ndjson; charset=utf-8').send(Readable.from(answers));
  }

  /** One after the other, so that waiting for room doesn't change the lines' order. */
  private async *asRoomAllows(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
    for await (const line of lines) {
      await this.enterReport.room();
      yield line;
    }
  }

  private async answer(sender: string, line: Line, language: Language): Promise<object> {
    const { number } = line;
    const refused = (r: Refusal): object => ({ line: number, ...problemOf(r, language) });
    if ('tooLong' in line) return refused(refusal('too-large', '/', `maxBytes:${MAX_LINE_BYTES}`));
    const read = readEvent(line.bytes);
    if (read.kind === 'refused') return refused(read.refusal);
    const outcome = await this.enterReport.run(
      { sender, ...read.event, at: { data: '/data', code: '/subject' } },
      'batch',
    );
    return outcome.kind === 'held'
      ? { line: number, status: outcome.status, ...outcome.answer }
      : refused(outcome.refusal);
  }
}

/** A client that neither sends nor reads any more loses its connection; what was entered stays. */
function endWhenSilent(socket: Socket, reply: FastifyReply): void {
  const end = (): void => void socket.destroy();
  socket.setTimeout(SILENCE_MS, end);
  reply.raw.once('close', () => socket.off('timeout', end));
}
