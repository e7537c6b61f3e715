import type { Discrepant } from '#domain';
import { sha256, type Digest, type Line, type Range } from '#wire';
import type { PoolClient } from 'pg';
import { daysOf, type Compares } from './compares.js';
import { findInKeys } from './find-in-keys.js';
import { findInPairs, type ClockOff } from './find-in-pairs.js';
import { keyShare, type KeyShare } from './key-share.js';
import * as sql from './comparison.statements.js';

/** Types that whoever is only asked for our keys can't show. */
const oursOnlyHides: readonly Discrepant[] = ['missing-here', 'other-code', 'two-under-one', 'doubled-there'];

export interface ComparedLines {
  found: number;
  /** Open lanes of the agency. */
  inTransit: number;
  clockOff: ClockOff | null;
}

/**
 * One comparison of an agency's lines with ours: begin, hand over what the source shows of the ranges that were opened, then
 * finish. Their lines stay in temporary tables of one connection: memory doesn't grow with them, and a crash leaves nothing.
 */
export class LineComparison {
  private constructor(
    private readonly client: PoolClient,
    private readonly of: Compares,
  ) {}

  /** On a connection of its own, which the caller gives and ends. */
  static async begin(client: PoolClient, of: Compares): Promise<LineComparison> {
    await client.query(`set work_mem = '64MB'; set temp_buffers = '64MB'; set jit = off; ${sql.TABLES}`);
    return new LineComparison(client, of);
  }

  async add(lines: readonly Line[]): Promise<void> {
    const { rows } = await this.client.query<{ place: number }>({
      name: 'compare.add-equal',
      text: sql.ADD_EQUAL,
      values: [this.of.agency, ...[lines.map((l) => l.key), lines.map((l) => l.receivedOn), lines.map((l) => l.hash)]],
    });
    if (rows.length === 0) return;
    const others = rows.map(({ place }) => lines[place]!);
    await this.client.query({
      name: 'compare.add',
      text: sql.ADD_LINES,
      values: [
        ...[others.map((l) => l.key), others.map((l) => l.receivedOn), others.map((l) => l.hash)],
        others.map((l) => (l.fields === undefined ? null : JSON.stringify(l.fields))),
      ],
    });
  }

  /** These were read: a line of ours in them that the source doesn't show is missing there. */
  async opened(ranges: readonly Range[]): Promise<void> {
    const days = ranges.flatMap((range) => daysOf(range).map((day) => [day, range.bucket ?? null] as const));
    await this.client.query(sql.ADD_OPENED, [days.map(([day]) => day), days.map(([, bucket]) => bucket)]);
  }

  /** Their digests of whole days, from the lines that they gave. */
  async theirDigests(days: readonly string[]): Promise<Digest[]> {
    await this.client.query('analyze theirs');
    const { rows } = await this.client.query<{ lines: number; digest: string }>(sql.THEIR_DIGESTS, [days]);
    return rows.map((row, i) => ({ range: { from: days[i]!, to: days[i]! }, ...row }));
  }

  /**
   * Types, counts and keeps what differs, in one transaction with the end of the comparison that `ending` writes. `weigh` throws
   * where what was found says that these aren't the agency's books: then nothing is kept.
   */
  async finish(
    sameElsewhere: number,
    ending: (client: PoolClient, result: ComparedLines) => Promise<void>,
    weigh?: (share: KeyShare) => void,
  ): Promise<ComparedLines> {
    const { client, of } = this;
    const days = [of.agency, of.from, of.to];
    await client.query('analyze theirs; analyze opened');
    for (const statement of [sql.DOUBLED, sql.DOUBLED_ELSEWHERE, sql.PAIRS, sql.ONLY_HERE, sql.ONLY_THERE])
      await client.query(statement, days);
    await client.query('analyze pairs; analyze only_here; analyze only_there');
    await client.query(sql.MOVING, [of.agency, of.cut]);
    await client.query(sql.SKIP_MOVING);
    const off = await findInPairs(client, of, sameElsewhere);
    await findInKeys(client, of);
    if (weigh) weigh(await keyShare(client, of));
    if (of.coverage === 'ours only') await client.query(sql.UNASKED, [of.agency]);
    const { rows } = await client.query<{ n: number }>(sql.IN_TRANSIT, [of.agency]);
    await client.query('begin');
    await client.query(sql.KEEP, [of.agency, of.id]);
    await client.query(sql.SETTLE_GONE, [
      of.agency,
      of.id,
      of.from,
      of.to,
      of.coverage === 'both' ? [] : oursOnlyHides,
      of.compares,
    ]);
    if (of.isWhole) await client.query(sql.SETTLE_OLD, [of.agency, of.id, of.from]);
    const kept = await client.query<{ n: number }>(
      `select count(*)::int as n from discrepancies where agency_id = $1 and last_comparison = $2 and settled_at is null`,
      [of.agency, of.id],
    );
    const result = { found: kept.rows[0]!.n, inTransit: rows[0]!.n, clockOff: off };
    await ending(client, result);
    await client.query('commit');
    return result;
  }
}

/** sha-256 over `day LF digest LF` of each day: both sides can tell it from what the digests' protocol gives. */
export const digestOfDays = (days: readonly Digest[]): Buffer =>
  sha256(days.map(({ range, digest }) => `${range.from}\n${digest}\n`).join(''));
