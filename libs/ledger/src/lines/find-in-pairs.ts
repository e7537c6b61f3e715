import { clockOff, explainHash, ownerOf, rowsLacking, settlingOf, typeOfPair } from '#domain';
import { lineHash, type Compared, type ComparedField } from '#wire';
import type { PoolClient } from 'pg';
import { addFound, type Found } from './add-found.js';
import * as sql from './comparison.statements.js';
import { dayAfter, type Compares } from './compares.js';
import { maskedFields } from './masked.js';

const PAGE = 2_000;

export interface ClockOff {
  days: 'a day earlier' | 'a day later';
  lines: number;
}

interface Pair {
  stream: string;
  key: string;
  receivedOn: string;
  ours: Compared;
  theirs: Compared | null;
  theirHash: string;
  theirDay: string;
}

/** Types what both sides have under one key. Told once, not a line each: a clock that is off by a day. */
export async function findInPairs(client: PoolClient, of: Compares, sameElsewhere: number): Promise<ClockOff | null> {
  const { rows } = await client.query<{ same: number; dayEarlier: number; dayLater: number }>(sql.DAYS_APART, [
    of.agency,
  ]);
  const apart = rows[0]!;
  const days = clockOff({ ...apart, same: apart.same + sameElsewhere });
  let lines = 0;
  for await (const page of pages(client)) {
    const found = page.flatMap((pair) => {
      const one = typed(of, pair, days);
      if (one === 'clock-off') lines++;
      return one === null || one === 'clock-off' ? [] : [one];
    });
    await addFound(client, found);
  }
  return days === undefined ? null : { days, lines };
}

async function* pages(client: PoolClient): AsyncGenerator<Pair[]> {
  await client.query('create index on pairs (key)');
  for (let after = ''; ;) {
    const { rows } = await client.query<Pair>({
      name: 'compare.pairs',
      text: `select stream_id as stream, key, received_on::text as "receivedOn", ours, theirs, encode(their_hash, 'hex') as "theirHash",
          their_day::text as "theirDay" from pairs where key > $1 and key not in (select key from skipped) order by key limit ${PAGE}`,
      values: [after],
    });
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.key;
  }
}

function typed(
  { compares, party }: Compares,
  pair: Pair,
  off: ClockOff['days'] | undefined,
): Found | 'clock-off' | null {
  const { key, stream, receivedOn, ours } = pair;
  const shifted = off !== undefined && pair.theirDay === dayAfter(receivedOn, off === 'a day later' ? 1 : -1);
  const makesTheirs = (fields: Compared): boolean => lineHash(key, fields, compares) === pair.theirHash;
  // Their day is told beside the hash, or it is ours by another reckoning.
  const base = shifted ? { ...ours, receivedOn: pair.theirDay } : ours;
  const theirs =
    pair.theirs ?? (makesTheirs(base) ? base : (explainHash(base, compares, makesTheirs) as Compared | undefined));
  const compared = shifted ? compares.filter((field) => field !== 'receivedOn') : compares;
  const difference = theirs ? typeOfPair(ours, theirs, compared) : { type: 'field-differs' as const, fields: [] };
  // All that differs is the day that their clock is off by.
  if (difference === null) return shifted ? 'clock-off' : null;
  const { type, fields } = difference;
  const settle = settlingOf(type, fields, party, (ours.dueOn ?? null) !== null);
  const lackingRows = compared.includes('progress') ? { rows: rowsLacking(ours.progress, theirs?.progress) } : {};
  const detail = theirs
    ? { fields: maskedFields(fields as ComparedField[], ours, theirs), ...lackingRows, settle }
    : { fields: {}, hash: pair.theirHash.slice(0, 12), settle };
  return { type, key, stream, receivedOn, detail, side: ownerOf(settle) };
}
