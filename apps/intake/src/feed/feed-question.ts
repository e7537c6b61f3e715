import { refusal, Refused } from '../admit/refusal.js';

export const MOST_EVENTS = 1_000;
const USUAL_EVENTS = 100;
/** Seconds. */
export const LONGEST_WAIT = 30;
const WHOLE = /^\d{1,15}$/;

/** What a reader asks for; `after` undefined: after what it has acknowledged. `wait` in seconds. */
export function readQuestion(query: { after?: unknown; limit?: unknown; wait?: unknown }): {
  after: number | undefined;
  limit: number;
  wait: number;
} {
  const after = wholeIn(query.after, 'after', 0, Number.MAX_SAFE_INTEGER);
  const limit = wholeIn(query.limit, 'limit', 1, MOST_EVENTS) ?? USUAL_EVENTS;
  return { after, limit, wait: wholeIn(query.wait, 'wait', 0, LONGEST_WAIT) ?? 0 };
}

function wholeIn(text: unknown, name: string, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = typeof text === 'string' && WHOLE.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new Refused(refusal('invalid-envelope', `query:${name}`, `integer:${least}-${most}`));
}

/** The position in an acknowledgement. */
export function positionIn(body: unknown): number {
  if (body === undefined) throw new Refused(refusal('malformed-json', '/', 'not-empty'));
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new Refused(refusal('invalid-envelope', '/', 'type:object'));
  const { position } = body as { position?: unknown };
  if (position === undefined) throw new Refused(refusal('invalid-envelope', '/position', 'required'));
  if (!Number.isSafeInteger(position) || (position as number) < 0)
    throw new Refused(refusal('invalid-envelope', '/position', `integer:0-${Number.MAX_SAFE_INTEGER}`));
  return position as number;
}
