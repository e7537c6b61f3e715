import type { DeclaredLines, LinesAsk, RowReader } from '#connectors';
import { bucketOf, sha256, type ContractVersion, type Line, type Range, type ReconcileLines } from '#wire';
import { SourceRefused, type LineSource, type TakeLines } from '../lines/line-source.js';
import { daysOf, isWithin } from './days-of.js';
import type { OurCases } from './our-cases.js';
import { Pace } from './pace.js';
import { refused } from './refusals.js';
import { SeenKeys } from './seen-keys.js';
import { Spool } from './spool.js';

type ListWay = Extract<ReconcileLines, { by: 'paged-list' | 'status-list' }>;
export interface ListParts {
  contract: ContractVersion;
  way: ListWay;
  asks: DeclaredLines;
  reader: RowReader;
  secret: (name: string) => string;
  ourCases: OurCases;
}

/** While one is read the other is compared; more would lie in memory. */
const DAYS_AT_ONCE = 2;
const MOST_PAGES = 50_000;
const MOST_REPEATS = 10_000;

interface End {
  cursor: string | undefined;
  page: string;
}

/** What one reading of a list came to. `content`: of all its rows, whatever their order. */
interface Reading {
  spool: Spool;
  repeats: Line[];
  content: bigint;
  moved: boolean;
  /** Its own count says that rows were passed over, or that it changed meanwhile. */
  isShort: boolean;
  total: number | undefined;
  rows: number;
}

/**
 * A list of the partner's, read page by page. One that moves meanwhile repeats rows or passes some over: where anything
 * looks like it, it is read once more, and refused unless both readings hold the same.
 */
export class ByList implements LineSource {
  readonly coverage: 'both' | 'ours only';
  exchanged = 0;
  private readonly pace: Pace;

  constructor(private readonly parts: ListParts) {
    this.coverage = parts.way.keysAtOnce === undefined ? 'both' : 'ours only';
    this.pace = new Pace(parts.contract);
  }

  async lines(range: Range, take: TakeLines, signal: AbortSignal): Promise<void> {
    const { way } = this.parts;
    const kept: TakeLines = (lines) => {
      const wanted = lines.filter(({ key, receivedOn }) => isWithin(receivedOn, range) && isIn(range, key));
      return wanted.length > 0 ? take(wanted) : Promise.resolve();
    };
    if (way.keysAtOnce !== undefined) return this.named(range, way.keysAtOnce, kept, signal);
    if (way.by === 'status-list') return this.whole({ from: range.from, to: range.to }, kept, signal);
    await this.pace.each(daysOf(range), (day) => this.whole({ from: day, to: day }, kept, signal), DAYS_AT_ONCE);
  }

  close(): Promise<void> {
    return this.parts.asks.close();
  }

  private async whole(range: Range, take: TakeLines, signal: AbortSignal): Promise<void> {
    const first = await this.read(range, signal);
    try {
      if (!first.moved) return await handOn(first, take, signal);
    } finally {
      await first.spool.close();
    }
    const second = await this.read(range, signal);
    try {
      if (second.isShort || (second.moved && second.content !== first.content))
        throw refused('list-moved', { at: placeOf(range) });
      await handOn(second, take, signal);
    } finally {
      await second.spool.close();
    }
  }

  private async read(range: Range, signal: AbortSignal): Promise<Reading> {
    const { way } = this.parts;
    const reading: Reading = {
      spool: new Spool(),
      repeats: [],
      content: 0n,
      moved: false,
      isShort: false,
      total: undefined,
      rows: 0,
    };
    const seen = new SeenKeys();
    const cursors = new Set<string | undefined>();
    let [first, last]: (End | undefined)[] = [];
    try {
      let cursor = way.cursor && 'page' in way.cursor ? String(way.cursor.page) : undefined;
      for (let page = 1; ; page++) {
        if (cursors.has(cursor) || page > MOST_PAGES) throw refused('goes-round', { at: placeOf(range) });
        cursors.add(cursor);
        const { rows, next, total } = await this.page({ range, cursor }, signal);
        const lines = this.linesOf(rows, reading.rows, range);
        if (reading.total !== undefined && total !== reading.total) reading.isShort = true;
        reading.total = total;
        await addPage(reading, lines, seen, page);
        if (lines.length > 0) last = { cursor, page: pageDigest(lines) };
        first ??= last;
        if (next === undefined) break;
        cursor = next;
      }
      if (reading.total !== undefined) judgeByTotal(reading, reading.total);
      else if (first && last && first !== last && !reading.moved)
        reading.moved = !(await this.stands([first, last], range, signal));
      return reading;
    } catch (error) {
      await reading.spool.close();
      throw error;
    }
  }

  /** Its first and last page once more: whatever came in or went meanwhile has moved one of them. */
  private async stands(ends: readonly End[], range: Range, signal: AbortSignal): Promise<boolean> {
    for (const { cursor, page } of ends) {
      const { rows } = await this.page({ range, cursor }, signal);
      if (pageDigest(this.linesOf(rows, 0, range)) !== page) return false;
    }
    return true;
  }

  private async named(range: Range, atOnce: number, take: TakeLines, signal: AbortSignal): Promise<void> {
    for await (const batch of this.parts.ourCases(range)) {
      const groups: (typeof batch)[] = [];
      for (let i = 0; i < batch.length; i += atOnce) groups.push(batch.slice(i, i + atOnce));
      await this.pace.each(groups, async (group) => {
        const received = new Map(group.map(({ key, receivedOn }) => [key, receivedOn]));
        const { rows } = await this.page({ range, keys: group.map(({ key }) => key) }, signal);
        const lines = this.linesOf(rows, 0, range, received);
        await take(lines);
      });
    }
  }

  private async page(ask: LinesAsk, signal: AbortSignal) {
    const { asks, contract, secret } = this.parts;
    const context = { contract, timeoutMs: this.pace.timeoutMs, secret };
    const page = await this.pace.asked(() => asks.page(ask, context), placeOf(ask.range), signal);
    this.exchanged += page.bytes;
    return page;
  }

  /** `before`: rows of earlier pages. `received`: of keys that were asked for, our own day. */
  private linesOf(
    rows: readonly unknown[],
    before: number,
    range: Range,
    received?: ReadonlyMap<string, string>,
  ): Line[] {
    return rows.map((row, n) => {
      const place = { row: before + n + 1, at: placeOf(range) };
      const read = this.parts.reader.read(row, received ? { received: range.from } : {});
      if (read.kind === 'faulty')
        throw new SourceRefused(read.rule, `${place.at}: ${read.vi}`, `${place.at}: ${read.en}`, place.row);
      if (!received) return read.line;
      const ours = received.get(read.line.key);
      if (ours === undefined) throw refused('not-asked', place);
      return this.parts.reader.readsDay ? read.line : { ...read.line, receivedOn: ours };
    });
  }
}

async function addPage(reading: Reading, lines: readonly Line[], seen: SeenKeys, page: number): Promise<void> {
  const fresh: Line[] = [];
  // Rows that a page begins with and the page before it ended with: pages that overlap, and no case that is there twice.
  let isOverlap = page > 1;
  for (const line of lines) {
    const how = seen.see(line.key, line.hash, page);
    if (how === 'new' || how === 'again-here') fresh.push(line);
    else if (how === 'changed') {
      fresh.push(line);
      reading.moved = true;
    } else {
      reading.repeats.push(line);
      if (!isOverlap) reading.moved = true;
    }
    if (how !== 'again-elsewhere') isOverlap = false;
    reading.content = (reading.content + contentOf(line)) & MASK;
  }
  if (reading.repeats.length > MOST_REPEATS) throw refused('goes-round');
  reading.rows += lines.length;
  await reading.spool.add(fresh);
}

/** The partner's own count tells a case that is there twice from a row that came twice. */
function judgeByTotal(reading: Reading, total: number): void {
  const { rows, repeats } = reading;
  if (rows !== total && rows - repeats.length !== total) reading.isShort = true;
  reading.moved = reading.isShort;
  if (rows !== total) reading.repeats = [];
}

async function handOn(
  { spool, repeats, total, rows, moved }: Reading,
  take: TakeLines,
  signal: AbortSignal,
): Promise<void> {
  await spool.handOn(take, signal);
  // Two readings that agree, or its own count: then the rows are there more than once.
  if (repeats.length > 0 && (moved || total === rows)) await take(repeats);
}

const MASK = (1n << 128n) - 1n;
/** A line's hash is over its key too. */
const contentOf = ({ hash }: Line): bigint => BigInt(`0x${hash.slice(0, 32)}`);

const pageDigest = (lines: readonly Line[]): string =>
  sha256(lines.map(({ key, hash }) => `${key}\n${hash}\n`).join('')).toString('hex');

const isIn = ({ bucket }: Range, key: string): boolean => bucket === undefined || bucketOf(key) === bucket;
const placeOf = ({ from, to }: Range): string => (from === to ? from : `${from}/${to}`);
