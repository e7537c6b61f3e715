import { ownerOf, settlingOf, typeOfKeys, type Link } from '#domain';
import { lineHash, type Compared, type ComparedField } from '#wire';
import type { PoolClient } from 'pg';
import { addFound, type Found } from './add-found.js';
import * as sql from './comparison.statements.js';
import type { Compares } from './compares.js';

/** What a case is told apart by, when all else is equal. */
const identifying: readonly ComparedField[] = ['applicantId', 'resultNumber', 'resultFile', 'applicantName'];
/** Keys that only they have, and lines of ours that are tried against them, where they give hashes only. */
const MOST_TRIED = 100_000;

/** Keys that one side lacks: the same case under another code, two under one, or missing. */
export async function findInKeys(client: PoolClient, of: Compares): Promise<void> {
  await client.query(sql.MERGED_AWAY, [of.agency]);
  await client.query(sql.DOUBLED_BY_CODE, [of.agency, of.from, of.to]);
  await client.query(`delete from only_there t using found f where f.type = 'doubled-there' and f.key = t.key`);
  const links = (await hasBoth(client)) ? await linksOf(client, of) : [];
  const typed = typeOfKeys(links);
  const here = await ownOf(
    client,
    typed.flatMap((one) => one.ours),
  );
  const used: ['o' | 't', string][] = [];
  const found: Found[] = [];
  for (const one of typed) {
    const ours = [one.ours].flat();
    used.push(['t', one.theirs], ...ours.map((key): ['o', string] => ['o', key]));
    if (ours.some((key) => here.get(key)!.isMoving)) continue;
    const settle = settlingOf(one.type, [], of.party);
    const first = here.get(ours[0]!)!;
    const named = one.type === 'other-code' ? { there: one.theirs } : { ours };
    const key = one.type === 'other-code' ? one.ours : one.theirs;
    const stream = one.type === 'other-code' ? first.stream : null;
    found.push({
      type: one.type,
      key,
      stream,
      receivedOn: first.receivedOn,
      detail: { ...named, settle },
      side: ownerOf(settle),
    });
  }
  await addFound(client, found);
  await client.query(`create temp table used as select * from unnest($1::text[], $2::text[]) as u(side, key)`, [
    used.map(([side]) => side),
    used.map(([, key]) => key),
  ]);
  const settles = (['missing-there', 'missing-here'] as const).map((type) => settlingOf(type, [], of.party));
  await client.query(sql.MISSING, [settles.map(ownerOf), settles]);
}

async function hasBoth(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ both: boolean }>(
    `select exists (select from only_here) and exists (select from only_there) as both`,
  );
  return rows[0]!.both;
}

async function linksOf(client: PoolClient, of: Compares): Promise<Link[]> {
  await client.query(sql.LINK_WRITTEN);
  await client.query(sql.LINK_ALIASES, [of.agency]);
  await client.query(sql.LINK_PREFIXES);
  const identity = identifying.filter((field) => of.compares.includes(field));
  if (identity.length > 0) await client.query(sql.LINK_CONTENTS, [of.compares, identity]);
  const { rows } = await client.query<Link>(`select distinct ours, theirs, by from links order by ours, theirs, by`);
  return [...rows, ...(identity.length > 0 ? await linksByHash(client, of, identity) : [])];
}

/** Hashes only: a line of ours under their key makes their hash. Of the same day, and once on either side. */
async function linksByHash(client: PoolClient, of: Compares, identity: readonly ComparedField[]): Promise<Link[]> {
  const { rows } = await client.query<{ theirs: string; hash: string; ours: string; fields: Compared }>(
    `select t.key as theirs, encode(t.hash, 'hex') as hash, o.key as ours, o.fields from only_there t join only_here o on o.received_on = t.received_on
     where t.fields is null and exists (select from unnest($1::text[]) as i(field) where o.fields ->> field is not null) limit ${MOST_TRIED}`,
    [identity],
  );
  const links = rows
    .filter(({ theirs, hash, fields }) => lineHash(theirs, fields, of.compares) === hash)
    .map(({ ours, theirs }): Link => ({ ours, theirs, by: 'content' }));
  const once = (side: 'ours' | 'theirs', key: string): boolean => links.filter((l) => l[side] === key).length === 1;
  return links.filter(({ ours, theirs }) => once('ours', ours) && once('theirs', theirs));
}

async function ownOf(
  client: PoolClient,
  keys: readonly string[],
): Promise<Map<string, { stream: string; receivedOn: string; isMoving: boolean }>> {
  const { rows } = await client.query<{ key: string; stream: string; receivedOn: string; isMoving: boolean }>(
    `select key, stream_id as stream, received_on::text as "receivedOn", stream_id in (select stream_id from moving) as "isMoving"
     from only_here where key = any($1)`,
    [keys],
  );
  return new Map(rows.map((row) => [row.key, row]));
}
