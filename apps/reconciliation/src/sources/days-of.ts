import type { Range } from '#wire';

const DAY_MS = 86_400_000;

/** Every day of a range, in order. */
export function daysOf({ from, to }: Pick<Range, 'from' | 'to'>): string[] {
  const days: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

export const isWithin = (receivedOn: string, { from, to }: Pick<Range, 'from' | 'to'>): boolean =>
  receivedOn >= from && receivedOn <= to;
