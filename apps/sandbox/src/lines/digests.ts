import { createHash } from 'node:crypto';

import { BUCKETS, bucketOf, lineHash, type ComparedField, type Line } from '#wire';

import { byKeyBytes, type StandingBooks } from './standing.js';

export interface Days {
  from: string;
  to: string;
}

/** Of a day, a bucket, or all that was asked for. */
export interface Told {
  day?: string;
  bucket?: number;
  lines: number;
  digest: string;
}

export type By = 'day' | 'bucket' | 'all';

/** Digests are kept until something stands otherwise, as a partner would that answers every evening. */
export class Digests {
  private readonly kept = new Map<string, Told[]>();
  /** Lines of one day: its buckets are asked for one after another. */
  private day: { name: string; buckets: Line[][] } | undefined;
  private version = -1;

  constructor(private readonly books: StandingBooks) {}

  lines(asked: Days, compares: readonly ComparedField[], bucket?: number): Line[] {
    if (bucket === undefined || asked.from !== asked.to) return linesOf(this.books, asked, compares, bucket);
    this.forgetChanged();
    const name = `${asked.from} ${compares.join()}`;
    if (this.day?.name !== name) this.day = { name, buckets: inBuckets(linesOf(this.books, asked, compares)) };
    return this.day.buckets[bucket] ?? [];
  }

  /** A day or bucket without lines isn't named. */
  of(days: Days, by: By, compares: readonly ComparedField[]): Told[] {
    this.forgetChanged();
    if (by === 'day') return within(this.books, days).flatMap((day) => this.of1({ from: day, to: day }, by, compares));
    return this.of1(days, by, compares);
  }

  private of1(days: Days, by: By, compares: readonly ComparedField[]): Told[] {
    const name = `${days.from} ${days.to} ${by} ${compares.join()}`;
    const told = this.kept.get(name) ?? tell(linesOf(this.books, days, compares), days, by);
    this.kept.set(name, told);
    return told;
  }

  private forgetChanged(): void {
    if (this.version === this.books.version) return;
    this.kept.clear();
    this.day = undefined;
    this.version = this.books.version;
  }
}

function tell(lines: readonly Line[], { from }: Days, by: By): Told[] {
  if (by === 'all') return [digestOf(lines)];
  if (by === 'day') return [{ day: from, ...digestOf(lines) }];
  return inBuckets(lines).flatMap((some, bucket) => (some.length > 0 ? [{ bucket, ...digestOf(some) }] : []));
}

function inBuckets(lines: readonly Line[]): Line[][] {
  const buckets = Array.from({ length: BUCKETS }, (): Line[] => []);
  for (const line of lines) buckets[bucketOf(line.key)]!.push(line);
  return buckets;
}

export const within = (books: StandingBooks, { from, to }: Days): string[] =>
  books.days().filter((day) => day >= from && day <= to);

/**
 * In the byte order of their keys; of one bucket where it is given, and only those are hashed.
 * @public The bench asks for them, from what is built.
 */
export function linesOf(
  books: StandingBooks,
  asked: Days,
  compares: readonly ComparedField[],
  bucket?: number,
): Line[] {
  const days = within(books, asked);
  const all = days.flatMap((day) => [...books.ofDay(day)]);
  const lines = bucket === undefined ? all : all.filter(({ key }) => bucketOf(key) === bucket);
  return (days.length > 1 ? lines.sort(byKeyBytes) : lines).map(({ key, receivedOn, fields }) => ({
    key,
    receivedOn,
    hash: lineHash(key, fields, compares),
    fields: Object.fromEntries(compares.map((field) => [field, fields[field] ?? null])),
  }));
}

function digestOf(lines: readonly Line[]): { lines: number; digest: string } {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line.key}\n${line.hash}\n`);
  return { lines: lines.length, digest: hash.digest('hex') };
}
