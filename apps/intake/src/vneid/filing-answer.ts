import type { FastifyReply } from 'fastify';
import type { PortalFault } from '#connectors';
import { problems } from '#wire';
import { filled } from '../portal/wording.js';
import type { Refusal } from '../admit/refusal.js';
import { words } from './wording.js';

export interface FilingAnswer {
  /** 401: the key; 503: the same again is safe. */
  status: 200 | 401 | 503;
  body: { statusCode: string; data: null; errorDetail: string };
}

const said = (status: FilingAnswer['status'], statusCode: string, errorDetail: string): FilingAnswer => ({
  status,
  body: { statusCode, data: null, errorDetail },
});

export const taken = said(200, words.takenCode, '');
export const busy = said(503, words.busyCode, words.busy);
export const refusedAs = (errorDetail: string): FilingAnswer => said(200, words.refusedCode, errorDetail);

/** Names fields, never what stood in them. */
export const refusedFor = (faults: readonly PortalFault[]): FilingAnswer =>
  refusedAs(faults.map(({ field, rule }) => filled(words[rule], { field })).join('; '));

/** A refusal of the hub in this interface's words; what failed here is told as "again". */
export function answerTo({ code }: Refusal): FilingAnswer {
  switch (code) {
    case 'unavailable':
    case 'internal':
      return busy;
    case 'wrong-credentials':
      return said(401, words.refusedCode, words.badKey);
    case 'undeclared-procedure':
      return refusedAs(words.badProcedure);
    case 'status-cannot-follow':
    case 'conflicting-body':
      return refusedAs(words.notWaiting);
    case 'not-your-case':
      return refusedAs(words.notYours);
    case 'invalid-case-code':
      return refusedAs(words.badCode);
    case 'too-large':
      return refusedAs(words.tooLarge);
    default:
      return refusedAs(problems[code].vi);
  }
}

export function sendFiling(reply: FastifyReply, { status, body }: FilingAnswer): void {
  if (status === 503) void reply.header('retry-after', '1');
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
