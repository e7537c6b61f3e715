import { MOST_DAYS, USUAL_DAYS, type Period } from '#agency';
import { Refused, refusal } from '#wire';

/** `?days=30&on=2025-03-01`, as the verbs take them. */
export function periodOf({ days, on }: Record<string, unknown>): Period {
  const many = days === undefined ? USUAL_DAYS : Number(days);
  if (!Number.isInteger(many) || many < 1 || many > MOST_DAYS)
    throw new Refused(refusal('invalid-envelope', 'query:days', `1 to ${MOST_DAYS}`));
  if (on !== undefined && !isDay(on)) throw new Refused(refusal('invalid-envelope', 'query:on', 'format:date'));
  return { days: many, on };
}

function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** A flag of an address; anything but `true` and `false` is a mistake, not a no. */
export function flagOf(query: Record<string, unknown>, name: string): boolean {
  const value = query[name];
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new Refused(refusal('invalid-envelope', `query:${name}`, 'true|false'));
}
