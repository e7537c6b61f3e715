import type { FastifyReply } from 'fastify';
import { portalFieldOf, type PortalFault } from '#connectors';
import { problems } from '#wire';
import type { Refusal } from '../admit/refusal.js';
import { filedRefusal, type FiledAnswer } from './take-filed.js';
import { filled, words } from './wording.js';

/** What became of one item or row. `known`: an add of a case that is there already. `busy`: the same again is safe. */
export type RowOutcome =
  { kind: 'taken' } | { kind: 'known'; code: string } | { kind: 'refused'; reason: string } | { kind: 'busy' };

export interface DoorAnswer {
  status: 200 | 503;
  body: { error_code: string | number; message?: string; session?: string; result?: object[] };
}

export const refusedAs = (message: string): DoorAnswer => ({
  status: 200,
  body: { error_code: words.refusedCode, message },
});

/** As the portal's own proxies answer: nothing is known to be written. */
const busy: DoorAnswer = { status: 503, body: { error_code: words.busyCode, message: words.busy } };

export const sessionEnded: DoorAnswer = {
  status: 200,
  body: { error_code: words.sessionEndedCode, message: words.sessionEnded },
};

const MOST_TOLD = 5;

/**
 * One answer for the request, as the portal gives it; where it had several rows, also one a row, which the portal has
 * not: a row that was taken stays taken whatever became of its neighbours.
 */
export function answerOf(codes: readonly string[], outcomes: readonly RowOutcome[], taken: string): DoorAnswer {
  const rows = outcomes.map((outcome) => rowAnswer(outcome, taken));
  const [only] = rows;
  if (rows.length === 1 && only) return { status: outcomes[0]!.kind === 'busy' ? 503 : 200, body: only };
  const result = rows.map((row, i) => ({ MAHOSO: codes[i] ?? '', ...row }));
  const about = (kind: RowOutcome['kind']): string => {
    const told = rows.flatMap(({ message }, i) =>
      outcomes[i]!.kind === kind ? [filled(words.row, { n: i + 1, reason: message })] : [],
    );
    const more = told.length > MOST_TOLD ? [filled(words.moreRows, { n: told.length - MOST_TOLD })] : [];
    return [...told.slice(0, MOST_TOLD), ...more].join('; ');
  };
  const has = (kind: RowOutcome['kind']): boolean => outcomes.some((outcome) => outcome.kind === kind);
  if (has('busy')) return { status: 503, body: { ...busy.body, result } };
  if (has('refused')) return { status: 200, body: { ...refusedAs(about('refused')).body, result } };
  if (has('known')) return { status: 200, body: { error_code: words.knownCode, message: about('known'), result } };
  return { status: 200, body: { error_code: words.takenCode, message: taken, result } };
}

function rowAnswer(outcome: RowOutcome, taken: string): { error_code: string; message: string } {
  switch (outcome.kind) {
    case 'taken':
      return { error_code: words.takenCode, message: taken };
    case 'known':
      return { error_code: words.knownCode, message: filled(words.known, { code: outcome.code }) };
    case 'refused':
      return { error_code: words.refusedCode, message: outcome.reason };
    case 'busy':
      return { error_code: words.busyCode, message: words.busy };
  }
}

export const refusedFor = (faults: readonly PortalFault[]): RowOutcome => ({
  kind: 'refused',
  reason: faults.map(({ field, rule }) => filled(words[rule], { field })).join('; '),
});

/** A refusal of the hub in the portal's field names; what failed here is told as busy, and may be sent again. */
export function outcomeOf(what: Parameters<typeof portalFieldOf>[0], refusal: Refusal, code: string): RowOutcome {
  const refused = (reason: string): RowOutcome => ({ kind: 'refused', reason });
  const field = portalFieldOf(what, '/status');
  switch (refusal.code) {
    case 'unavailable':
    case 'internal':
      return { kind: 'busy' };
    case 'invalid-payload': {
      const fields = new Set((refusal.faults ?? []).map(({ path }) => portalFieldOf(what, path)));
      return refused([...fields].map((each) => filled(words.malformed, { field: each })).join('; '));
    }
    case 'invalid-case-code':
      return refused(filled(words.malformed, { field: 'MaHoSo' }));
    case 'unknown-case':
      return refused(filled(words.unknownCase, { code }));
    case 'undeclared-procedure':
      return refused(words.badProcedure);
    case 'status-cannot-follow':
      return refused(filled(words.cannotFollow, { field }));
    case 'not-your-event':
      return refused(filled(words.notYourEvent, { field }));
    default:
      return refused(problems[refusal.code].vi);
  }
}

/** A refusal that comes before the door has anything to do with it: a body that can't be read, a ledger that is away. */
export function answerDoor(reply: FastifyReply, { code }: Refusal): void {
  const answer = code === 'unavailable' || code === 'internal' ? busy : refusedAs(problems[code].vi);
  sendDoor(reply, answer);
}

/** The same at the door where forms are filed, whose codes are others. */
export function answerFiledDoor(reply: FastifyReply, refusal: Refusal): void {
  sendFiled(reply, filedRefusal(refusal));
}

export function sendFiled(reply: FastifyReply, { status, body }: FiledAnswer): void {
  if (status === 503) void reply.header('retry-after', '1');
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

export function sendDoor(reply: FastifyReply, { status, body }: DoorAnswer): void {
  if (status === 503) void reply.header('retry-after', '1');
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
