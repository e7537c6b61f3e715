import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '../admit/authenticate.hook.js';
import { refusal, Refused } from '../admit/refusal.js';
import { Answers, payloadRef } from '../describe/answers.js';
import { EnterReport, type EntryAnswer } from '../enter/enter-report.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

@ApiTags('cases')
@ApiBearerAuth()
@Controller('v1/cases')
export class SubmitCaseController {
  constructor(private readonly enterReport: EnterReport) {}

  /** The same case again gets the earlier answer; 202 means committed. */
  @Post()
  @ApiOperation({
    summary: 'Gửi hồ sơ mới · Submit a case',
    description: 'The case in full, as it stands at the counter (`case.received`).',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Default: one key a case code. The same key with another body is a conflict.',
  })
  @ApiBody({ schema: payloadRef('vn.lienthong.case.received.v1') })
  @Answers.entry(
    'malformed-json',
    'invalid-payload',
    'invalid-case-code',
    'undeclared-procedure',
    'not-your-event',
    'not-your-case',
    'conflicting-body',
    'status-cannot-follow',
  )
  async submit(
    @Caller() sender: string,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EntryAnswer> {
    if (body === undefined) throw new Refused(refusal('malformed-json', '/', 'not-empty'));
    if (key !== undefined && !KEY.test(key))
      throw new Refused(refusal('invalid-envelope', 'header:idempotency-key', 'printable:1-255'));
    const code = codeIn(body);
    const report = {
      sender,
      key: key ?? `case:${code}`,
      type: 'vn.lienthong.case.received.v1',
      code,
      data: body,
      at: { data: '', code: '/code' },
    } as const;
    const outcome = await this.enterReport.run(report, 'case');
    if (outcome.kind === 'refused') throw new Refused(outcome.refusal);
    void reply.code(outcome.status).header('location', `/v1/cases/${encodeURIComponent(code)}`);
    return outcome.answer;
  }
}

/** '' where there is none: the payload's own check says so. */
function codeIn(body: unknown): string {
  const code = (body as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
