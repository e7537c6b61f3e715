/** What came back over the wire, before anybody says what it means. */
export type PartnerAnswer =
  | {
      kind: 'answered';
      status: number;
      contentType: string;
      text: string;
      /** Present only where the body is JSON. */
      json?: unknown;
      /** Seconds, from Retry-After. */
      retryAfter?: number;
      /** Which call it answers, where a delivery takes several; absent: the item's own operation. */
      call?: string;
    }
  /** Provably never left us: refused connection, unknown host, failed handshake. */
  | { kind: 'unsent'; reason: string }
  /** Left us, no whole answer came: time-out, reset, cut off. The partner may have done it. */
  | { kind: 'no-answer'; reason: string };

/** What an attempt's answer means for its delivery. `reason` is the partner's own words, for a person; never logged. */
export type Reply =
  | { kind: 'accepted' }
  | { kind: 'already-held' }
  /** `settlesDoubt`: it also proves that no earlier attempt of the item arrived. */
  | { kind: 'refused'; reason: string; settlesDoubt?: true }
  | { kind: 'busy'; reason: string; retryAfter?: number }
  | { kind: 'session-expired' }
  /** `answered`: the partner did answer, in words that no rule knows. */
  | { kind: 'doubt'; reason: string; answered?: true };

export interface ReplyWhen {
  status?: number | string | (number | string)[];
  json?: Record<string, string | number | boolean>;
  text?: string;
  contentType?: string;
  operation?: string;
}

export interface ReplyRow {
  when: ReplyWhen;
  means: Reply['kind'];
  reason?: string[];
  proves?: 'not-held';
}

/** The first row that matches decides. An answer that no row knows is doubt, never success. */
export function classifyReply(answer: PartnerAnswer, operation: string, rows: readonly ReplyRow[]): Reply {
  if (answer.kind === 'unsent') return { kind: 'busy', reason: answer.reason };
  if (answer.kind === 'no-answer') return { kind: 'doubt', reason: answer.reason };
  const row = rows.find(({ when }) => matches(when, answer, answer.call ?? operation));
  // Whoever sends us elsewhere has taken nothing that we know of, whatever words or members come along.
  if (isRedirect(answer) && row?.when.status === undefined)
    return { kind: 'doubt', reason: redirected(answer), answered: true };
  switch (row?.means) {
    case undefined:
    case 'doubt':
      return { kind: 'doubt', reason: isRedirect(answer) ? redirected(answer) : unrecognised(answer), answered: true };
    case 'refused':
      return {
        kind: 'refused',
        reason: reasonOf(answer, row?.reason ?? []),
        ...(row?.proves === 'not-held' ? { settlesDoubt: true as const } : {}),
      };
    case 'busy': {
      const reason = `HTTP ${answer.status}`;
      return answer.retryAfter === undefined
        ? { kind: 'busy', reason }
        : { kind: 'busy', reason, retryAfter: answer.retryAfter };
    }
    case 'accepted':
    case 'already-held':
    case 'session-expired':
      return { kind: row.means };
  }
}

type Answered = Extract<PartnerAnswer, { kind: 'answered' }>;

const isRedirect = ({ status }: Answered): boolean => status >= 300 && status < 400;
const redirected = ({ status }: Answered): string => `redirected, not followed (HTTP ${status})`;
const unrecognised = ({ status, contentType }: Answered): string =>
  `unrecognised answer (HTTP ${status}, ${contentType || 'no content type'})`;

const fold = (text: string): string => text.normalize('NFC').toLocaleLowerCase('vi');

/** What a row of an agency file asks of an answer. */
export function matches(when: ReplyWhen, answer: Answered, operation: string): boolean {
  if (when.operation !== undefined && when.operation !== operation) return false;
  if (when.status !== undefined && ![when.status].flat().some((s) => statusMatches(s, answer.status))) return false;
  if (when.contentType !== undefined && !fold(answer.contentType).startsWith(fold(when.contentType))) return false;
  if (when.json !== undefined) {
    for (const [member, expected] of Object.entries(when.json)) {
      const found = memberOf(answer.json, member);
      if (!isScalar(found) || String(found) !== String(expected)) return false;
    }
  }
  return when.text === undefined || fold(said(answer)).includes(fold(when.text));
}

/** The answer's text, and what its JSON says: many systems write every letter of Vietnamese as an escape (\u0111). */
const said = (answer: Answered): string =>
  answer.json !== undefined && answer.text.includes('\\u')
    ? `${answer.text}\n${JSON.stringify(answer.json)}`
    : answer.text;

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const statusMatches = (wanted: number | string, status: number): boolean =>
  String(wanted).endsWith('xx') ? Number(String(wanted)[0]) === Math.floor(status / 100) : Number(wanted) === status;

/** A member of that very name, else what stands at the path `a.b[0].c`. */
export function memberOf(json: unknown, member: string): unknown {
  if (json === null || typeof json !== 'object') return undefined;
  const found = (json as Record<string, unknown>)[member];
  if (found !== undefined || !/[.[]/.test(member)) return found;
  return member
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .reduce<unknown>(
      (at, part) => (at === null || typeof at !== 'object' ? undefined : (at as Record<string, unknown>)[part]),
      json,
    );
}

/** The partner's own words, at most 500 characters; storable (PostgreSQL's text takes no NUL). */
function reasonOf(answer: Answered, members: readonly string[]): string {
  const words = members.map((m) => memberOf(answer.json, m)).filter((v) => typeof v === 'string' && v !== '');
  const all = words.length > 0 ? words.join(': ') : `HTTP ${answer.status}`;
  return all.replaceAll('\0', '\uFFFD').slice(0, 500).toWellFormed();
}
