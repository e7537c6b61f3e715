import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../admit/authenticate.hook.js';
import { refusal, Refused } from '../admit/refusal.js';
import { Answers, cloudEventSchema } from '../describe/answers.js';
import { EnterReport, type EntryAnswer } from '../enter/enter-report.js';
import { readEnvelope } from './cloud-event.dto.js';

@ApiTags('cases')
@ApiBearerAuth()
@Controller('v1/cases')
export class ReportEventController {
  constructor(private readonly enterReport: EnterReport) {}

  @Post(':code/events')
  @ApiOperation({
    summary: 'Báo tình trạng, kết quả · Report an event of a case',
    description: 'A CloudEvent. Its source and id make it the same event wherever it comes in.',
  })
  @ApiParam({ name: 'code', example: 'H53.14-260531-0001' })
  @ApiConsumes('application/cloudevents+json', 'application/json')
  @ApiBody({ schema: cloudEventSchema })
  @Answers.entry(
    'malformed-json',
    'invalid-envelope',
    'unknown-event-type',
    'invalid-payload',
    'invalid-case-code',
    'not-your-event',
    'not-your-case',
    'unknown-case',
    'conflicting-body',
    'status-cannot-follow',
  )
  async report(
    @Caller() sender: string,
    @Param('code') code: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EntryAnswer> {
    if (body === undefined) throw new Refused(refusal('malformed-json', '/', 'not-empty'));
    const read = readEnvelope(body);
    if (read.kind === 'faults') throw new Refused({ code: 'invalid-envelope', faults: read.faults });
    const { key, type, code: subject, data } = read.envelope;
    if (subject !== undefined && subject !== code)
      throw new Refused(refusal('invalid-envelope', '/subject', 'same-as:path:code'));
    const outcome = await this.enterReport.run(
      { sender, key, type, code, data, at: { data: '/data', code: 'path:code' } },
      'event',
    );
    if (outcome.kind === 'refused') throw new Refused(outcome.refusal);
    void reply.code(outcome.status);
    return outcome.answer;
  }
}
