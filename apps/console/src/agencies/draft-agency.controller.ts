import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { draftFor, pastedTable } from '#agency';
import { languageOf, type CodeTableRequest, type NewAgencyRequest } from '#wire';
import { refuse, shaped } from './agency-office.js';

/** What an engineer begins with. Nothing is read from the ledger, nothing is written. */
@Controller('v1/agencies')
export class DraftAgencyController {
  @Post('new')
  @HttpCode(200)
  @Header('content-type', 'application/yaml; charset=utf-8')
  draft(@Body() body: unknown): string {
    const { id, url, request, answer, status = 200 } = shaped<NewAgencyRequest>('NewAgency', body);
    const draft = draftFor({ id, url, request, ...(answer === undefined ? {} : { answer: { status, body: answer } }) });
    if (draft.outcome === 'drafted') return draft.yaml;
    const path = draft.outcome === 'wrong-id' ? '/id' : '/url';
    return refuse({ code: 'invalid-envelope', faults: [{ path, rule: draft.outcome }] });
  }

  @Post('tables')
  @HttpCode(200)
  @Header('content-type', 'application/yaml; charset=utf-8')
  table(@Body() body: unknown, @Req() request: FastifyRequest): string {
    const { name, columns, from } = shaped<CodeTableRequest>('CodeTable', body);
    const pasted = pastedTable(name, columns, from);
    if (pasted.outcome === 'table') return pasted.yaml;
    const language = languageOf(request.headers['accept-language']);
    const faults = pasted.faults.map((fault) => ({
      path: '/columns',
      rule: 'two-columns',
      detail: fault[language],
      line: fault.line,
    }));
    return refuse({ code: 'invalid-envelope', faults });
  }
}
