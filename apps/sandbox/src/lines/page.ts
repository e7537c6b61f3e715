import { within, type Days } from './digests.js';
import { rowOf } from './row.js';
import type { StandingBooks } from './standing.js';

interface Asked {
  limit: number;
  /** `day:n` of the first row that is wanted. */
  cursor: string | undefined;
  /** From 0; instead of a cursor. */
  page: string | undefined;
}

/** Rows in the order of their days and codes. The cursor counts rows: what comes or goes between pages is repeated or skipped. */
export function pageOf(books: StandingBooks, days: Days, { limit, cursor, page }: Asked): object {
  const asked = within(books, days);
  const total = asked.reduce((all, day) => all + countOf(books, day), 0);
  const start = page === undefined ? placeOf(cursor, asked) : placeAt(books, asked, Number(page) * limit);
  const rows: object[] = [];
  let skip = start.row;
  for (let at = start.day; at < asked.length; at += 1) {
    const lines = [...books.ofDay(asked[at]!)];
    const from = Math.min(skip, lines.length);
    skip -= from;
    const some = lines.slice(from, from + limit - rows.length);
    rows.push(...some.map(rowOf));
    if (rows.length === limit) {
      const next = from + some.length;
      const isEnd = at === asked.length - 1 && next >= lines.length;
      return { rows, total, next: isEnd ? null : `${asked[at]}:${next}` };
    }
  }
  return { rows, total, next: null };
}

interface Place {
  day: number;
  row: number;
}

function placeOf(cursor: string | undefined, days: readonly string[]): Place {
  const [day = '', row = '0'] = (cursor ?? '').split(':');
  return {
    day: Math.max(
      0,
      days.findIndex((one) => one >= day),
    ),
    row: Number(row),
  };
}

function placeAt(books: StandingBooks, days: readonly string[], row: number): Place {
  let left = row;
  for (const [at, day] of days.entries()) {
    const count = countOf(books, day);
    if (left < count) return { day: at, row: left };
    left -= count;
  }
  return { day: days.length, row: 0 };
}

const counts = new WeakMap<StandingBooks, { version: number; days: Map<string, number> }>();

function countOf(books: StandingBooks, day: string): number {
  let kept = counts.get(books);
  if (kept?.version !== books.version) counts.set(books, (kept = { version: books.version, days: new Map() }));
  const count = kept.days.get(day) ?? [...books.ofDay(day)].length;
  kept.days.set(day, count);
  return count;
}
