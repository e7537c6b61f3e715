import { BUCKETS, bucketOf, DigestOver, emptyDigest, lineHash, normalDay, normalFields, normalKey, type ComparedField, type Digest, type Json, type Line, type Range } from '#wire'; // prettier-ignore
import type { LineSource, TakeLines } from '../lines/line-source.js';
import { isWithin } from './days-of.js';
import { LineTooLong, linesIn } from './lines-in.js';
import { asRefused, type PartnerFiles } from './partner-files.js';
import { refused } from './refusals.js';
import { Spool } from './spool.js';

const HASH = /^[0-9a-f]{64}$/;
const MOST_DIGESTS = 8 * 1_048_576;
const MOST_LINES = 2_048 * 1_048_576;
const LONGEST_LINE = 65_536;
const MOST_TRIES = 3;

interface Told {
  lines: number;
  digest: string;
}

/**
 * A partner that serves the digest API (docs/reconcile/digest-api.md). What it gives as lines must be what its digests were
 * made of: books that moved in between are asked again, a digest that still doesn't match has lied.
 */
export class ByDigest implements LineSource {
  readonly coverage = 'both';
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly url: string,
    private readonly compares: readonly ComparedField[],
    private readonly partner: PartnerFiles,
  ) {}

  get exchanged(): number {
    return this.partner.exchanged;
  }

  close(): Promise<void> {
    return this.partner.close();
  }

  /** One request for all single days, one for all buckets of a day. */
  async digest(ranges: readonly Range[], signal: AbortSignal): Promise<Digest[]> {
    const days = ranges.filter(isDay).map(({ from }) => from).sort(); // prettier-ignore
    if (days.length > 0) await this.askDays(days[0]!, days.at(-1)!, signal);
    const inBuckets = new Map(
      ranges.filter(({ bucket }) => bucket !== undefined).map((range) => [spanOf(range), range]),
    );
    for (const range of inBuckets.values()) await this.askBuckets(range, signal);
    for (const range of ranges) if (!isDay(range) && range.bucket === undefined) await this.askWhole(range, signal);
    return ranges.map((range) => ({ range, ...(this.told.get(nameOf(range)) ?? { lines: 0, digest: emptyDigest }) }));
  }

  async lines(range: Range, take: TakeLines, signal: AbortSignal): Promise<void> {
    for (let tried = 1; ; tried++) {
      const spool = new Spool();
      try {
        const given = await this.read(range, spool, signal);
        // A digest from before these lines were read may be of other books; one that is asked for now isn't.
        if (tried > 1 || !this.told.has(nameOf(range))) await this.askFor(range, signal);
        if (isSame(this.told.get(nameOf(range)), given)) return await spool.handOn(take, signal);
        if (tried === 1) {
          await this.askFor(range, signal);
          if (isSame(this.told.get(nameOf(range)), given)) return await spool.handOn(take, signal);
        }
        if (tried >= MOST_TRIES) throw refused('digest-lies', { at: spanOf(range) });
      } finally {
        await spool.close();
      }
    }
  }

  private async read(range: Range, spool: Spool, signal: AbortSignal): Promise<Told> {
    const over = new DigestOver();
    let row = 0;
    try {
      for await (const texts of linesIn(await this.partner.stream(this.at('lines', range), signal, MOST_LINES), {
        longest: LONGEST_LINE,
      })) {
        // prettier-ignore
        const lines = texts.map((text) => this.lineIn(text, range, ++row));
        lines.forEach(({ key, hash }, n) => {
          if (!over.add(key, hash)) throw refused('out-of-order', { row: row - texts.length + n + 1 });
        });
        await spool.add(lines);
      }
    } catch (error) {
      if (error instanceof LineTooLong) throw refused('not-a-line', { row: row + 1 });
      throw asRefused(error, signal);
    }
    return { lines: over.lines, digest: over.digest() };
  }

  private lineIn(text: string, range: Range, row: number): Line {
    const said = parsed(text);
    const key = normalKey(said?.['key']);
    const receivedOn = said && normalDay(said['receivedOn'] ?? null);
    const hash = said?.['hash'];
    if (key === undefined || key !== said?.['key'] || receivedOn === undefined) throw refused('not-a-line', { row });
    if (typeof hash !== 'string' || !HASH.test(hash)) throw refused('not-a-line', { row });
    if (!isWithin(receivedOn, range) || (range.bucket !== undefined && bucketOf(key) !== range.bucket))
      throw refused('out-of-range', { row });
    const fields = said['fields'];
    if (fields === undefined || fields === null) return { key, receivedOn, hash };
    const read = normalFields(fields as Record<string, Json>, this.compares);
    if (read.kind === 'faulty') throw refused('not-a-line', { row, at: read.field });
    if (lineHash(key, read.fields, this.compares) !== hash) throw refused('hash-lies', { row });
    return { key, receivedOn, hash, fields: read.fields };
  }

  private askFor(range: Range, signal: AbortSignal): Promise<void> {
    if (range.bucket !== undefined) return this.askBuckets(range, signal);
    return isDay(range) ? this.askDays(range.from, range.to, signal) : this.askWhole(range, signal);
  }

  private async askDays(from: string, to: string, signal: AbortSignal): Promise<void> {
    const digests = await this.ask({ from, to }, 'day', signal);
    for (const [name] of this.told)
      if (isDayName(name) && isWithin(name.slice(0, 10), { from, to })) this.told.delete(name);
    for (const said of digests) {
      const day = normalDay(said['day'] ?? null);
      if (day === undefined || !isWithin(day, { from, to })) throw refused('not-a-digest');
      this.told.set(nameOf({ from: day, to: day }), toldIn(said));
    }
  }

  /** A day's buckets add up to the day, or one of the two isn't true. */
  private async askBuckets({ from, to }: Range, signal: AbortSignal): Promise<void> {
    const digests = await this.ask({ from, to }, 'bucket', signal);
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      this.told.set(nameOf({ from, to, bucket }), { lines: 0, digest: emptyDigest });
    let lines = 0;
    for (const said of digests) {
      const bucket = Number(said['bucket']);
      if (!Number.isInteger(bucket) || bucket < 0 || bucket >= BUCKETS) throw refused('not-a-digest');
      const told = toldIn(said);
      lines += told.lines;
      this.told.set(nameOf({ from, to, bucket }), told);
    }
    const whole = this.told.get(nameOf({ from, to }));
    if (!whole || whole.lines === lines) return;
    await this.askFor({ from, to }, signal);
    if (this.told.get(nameOf({ from, to }))?.lines !== lines)
      throw refused('digest-lies', { at: spanOf({ from, to }) });
  }

  private async askWhole({ from, to }: Range, signal: AbortSignal): Promise<void> {
    const [said, ...others] = await this.ask({ from, to }, undefined, signal);
    if (!said || others.length > 0) throw refused('not-a-digest');
    this.told.set(nameOf({ from, to }), toldIn(said));
  }

  private async ask(range: Range, by: 'day' | 'bucket' | undefined, signal: AbortSignal): Promise<Said[]> {
    const url = this.at('digests', range);
    if (by) url.searchParams.set('by', by);
    const digests = parsed(await this.partner.text(url, signal, MOST_DIGESTS))?.['digests'];
    if (!Array.isArray(digests) || !digests.every((one) => one !== null && typeof one === 'object'))
      throw refused('not-a-digest');
    return digests as Said[];
  }

  private at(what: 'digests' | 'lines', { from, to, bucket }: Range): URL {
    const url = new URL(this.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${what}`;
    url.searchParams.set('from', from);
    url.searchParams.set('to', to);
    if (bucket !== undefined) url.searchParams.set('bucket', String(bucket));
    return url;
  }
}

type Said = Record<string, Json | undefined>;

const isDay = ({ from, to, bucket }: Range): boolean => from === to && bucket === undefined;
const spanOf = ({ from, to }: Range): string => (from === to ? from : `${from}/${to}`);
const nameOf = (range: Range): string => `${spanOf(range)}${range.bucket === undefined ? '' : `#${range.bucket}`}`;
const isDayName = (name: string): boolean => name.length === 10;
const isSame = (told: Told | undefined, given: Told): boolean =>
  told === undefined ? given.lines === 0 : told.lines === given.lines && told.digest === given.digest;

function toldIn({ lines, digest }: Said): Told {
  if (!Number.isSafeInteger(lines) || (lines as number) < 0) throw refused('not-a-digest');
  if (typeof digest !== 'string' || !HASH.test(digest)) throw refused('not-a-digest');
  return { lines: lines as number, digest };
}

function parsed(text: string): Said | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Said) : undefined;
  } catch {
    return undefined;
  }
}
