import {
  canonicalJson,
  countsByType,
  discrepancyList,
  textHash,
  withSections,
  type ContractVersion,
  type Drafted,
  type ListedDiscrepancy,
  type Party,
  type Statement,
} from '#wire';
import type { Database, Runner } from '../database.js';
import { chainHeads, type Heads } from './chain-heads.js';
import { ledgerEpoch } from './ledger-epoch.js';
import { statementKeys } from './statement-keys.js';

export interface StatementAsk {
  agency: string;
  day: string;
  /** The hub as a party. */
  hub: Party;
  /** Made although the day's books were not compared. */
  withoutComparison: boolean;
}

export type Made =
  | { outcome: 'made'; statement: Statement; hash: string }
  | { outcome: 'already'; hash: string }
  | { outcome: 'day-not-closed' | 'no-contract' | 'not-compared' }
  /** It can't be put into the chain any more. */
  | { outcome: 'later-one-made'; day: string };

/** Made once: whoever comes second, at the same time too, gets the first one's. Signing is another step. */
export async function makeStatement(
  db: Database,
  ask: StatementAsk,
  progress: (streams: number) => void = () => {},
): Promise<Made> {
  const early = refusalOf(ask, await groundsOf(db.pool, ask));
  if (early) return early;
  // What the tree is over doesn't change any more: it is read before the lock is taken.
  const heads = await chainHeads(db, ask.agency, ask.day, progress);
  return db.transaction(async (client) => {
    await client.query(`select pg_advisory_xact_lock(7121, hashtext($1))`, [ask.agency]);
    const grounds = await groundsOf(client, ask);
    const refused = refusalOf(ask, grounds);
    if (refused) return refused;
    const { statement, list } = await drafted(client, ask, grounds!, heads);
    const text = canonicalJson(statement);
    await client.query(
      `insert into statements (agency_id, day, document, discrepancies, hash, previous_hash)
       values ($1, $2, $3, $4, sha256(convert_to($3, 'UTF8')), decode($5, 'hex'))`,
      [ask.agency, ask.day, text, list, statement.previous?.hash ?? null],
    );
    return { outcome: 'made', statement, hash: textHash(text) };
  });
}

interface Grounds {
  held: string | null;
  later: string | null;
  cutAt: Date | null;
  isClosed: boolean;
  previous: Statement['previous'];
  name: Party['name'] | null;
  contract: { serial: number; versions: ContractVersion[] } | null;
  counts: Statement['counts'] | null;
  comparison: Comparison | null;
}

interface Comparison {
  source: string;
  coverage: 'both' | 'ours only';
  at: string;
  ours: Statement['lines']['ours'];
  theirs: Statement['lines']['theirs'];
}

const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const book = (lines: string, digest: string): string =>
  `case when ${digest} is not null then json_build_object('count', ${lines}, 'digest', encode(${digest}, 'hex')) end`;

/**
 * One look at all that decides, and at all that is said. The contract is the one that was applied last before the cut; of a
 * day's comparisons the one that saw most: a repair compares a few days once more, a look-up only what is ours.
 */
const GROUNDS = `
select (select encode(hash, 'hex') from statements where agency_id = $1 and day = $2) as held,
  (select min(day)::text from statements where agency_id = $1 and day > $2) as later,
  d.cut_at as "cutAt", d.closed_at is not null as "isClosed",
  (select json_build_object('day', day::text, 'hash', encode(hash, 'hex')) from statements where agency_id = $1 and day < $2
    order by day desc limit 1) as previous,
  (select name from agencies where id = $1) as name,
  (select json_build_object('serial', h.serial, 'versions', h.versions) from contract_history h
    where h.agency_id = $1 and h.applied_at <= d.cut_at order by h.serial desc limit 1) as contract,
  (select json_build_object('opening', c.opening, 'planned', c.planned, 'reopened', c.reopened, 'acknowledged', c.acknowledged,
    'superseded', c.superseded, 'closed', c.closed, 'carried', c.carried) from day_counts c where c.agency_id = $1 and c.day = $2) as counts,
  (select json_build_object('source', c.source, 'coverage', c.coverage, 'at', ${iso('coalesce(c.cut_at, c.began_at)')},
    'ours', ${book('c.lines_ours', 'c.our_digest')}, 'theirs', ${book('c.lines_theirs', 'c.their_digest')})
    from comparisons c where c.agency_id = $1 and c.day = $2 and c.state = 'done'
    order by c.coverage = 'both' desc, c.range_to - c.range_from desc nulls last, c.id desc limit 1) as comparison
from ledger_days d where d.day = $2`;

async function groundsOf(client: Runner, { agency, day }: StatementAsk): Promise<Grounds | undefined> {
  const { rows } = await client.query<Grounds>({ name: 'statements.grounds', text: GROUNDS, values: [agency, day] });
  return rows[0];
}

function refusalOf(
  { day, withoutComparison }: StatementAsk,
  grounds: Grounds | undefined,
): Exclude<Made, { outcome: 'made' }> | undefined {
  if (grounds?.held) return { outcome: 'already', hash: grounds.held };
  if (!grounds?.isClosed) return { outcome: 'day-not-closed' };
  if (grounds.later !== null) return { outcome: 'later-one-made', day: grounds.later };
  if (!versionsOn(grounds, day).length) return { outcome: 'no-contract' };
  if (grounds.comparison === null && !withoutComparison) return { outcome: 'not-compared' };
  return undefined;
}

const versionsOn = ({ contract }: Grounds, day: string): ContractVersion[] =>
  (contract?.versions ?? []).filter(({ validFrom }) => validFrom <= day);

const NOTHING: Statement['counts'] = {
  opening: 0,
  planned: 0,
  reopened: 0,
  acknowledged: 0,
  superseded: 0,
  closed: 0,
  carried: 0,
};

async function drafted(
  client: Runner,
  { agency, day, hub }: StatementAsk,
  grounds: Grounds,
  chainHeads: Heads,
): Promise<{ statement: Statement; list: string }> {
  const { previous, name, contract, counts, comparison } = grounds;
  const versions = versionsOn(grounds, day);
  const listed = await openDiscrepancies(client, agency);
  const list = discrepancyList(listed);
  const keys = (await statementKeys(client)).filter(({ validUntil }) => validUntil === null);
  const draft: Drafted = {
    apiVersion: 'lienthong/v1',
    kind: 'Statement',
    parties: { ours: hub, theirs: { id: agency, name: name!, code: versions.at(-1)!.owner } },
    day,
    cutOff: grounds.cutAt!.toISOString(),
    epoch: await ledgerEpoch(client),
    previous,
    counts: counts ?? NOTHING,
    lines: { ours: comparison?.ours ?? null, theirs: comparison?.theirs ?? null },
    coverage: comparison?.coverage ?? 'none',
    comparison: comparison && { source: comparison.source, at: comparison.at },
    discrepancies: { counts: countsByType(listed), list: textHash(list) },
    contracts: versions.map((version) => ({
      validFrom: version.validFrom,
      serial: contract!.serial,
      hash: textHash(canonicalJson(version)),
    })),
    codeTables: versions.flatMap(tablesOf),
    chainHeads,
    keys: {
      ours: keys.filter(({ agencyId }) => agencyId === null).map(({ keyId }) => keyId),
      theirs: keys.filter(({ agencyId }) => agencyId === agency).map(({ keyId }) => keyId),
    },
  };
  return { statement: withSections(draft), list };
}

const tablesOf = ({ codeTables = {} }: ContractVersion): Statement['codeTables'] =>
  Object.entries(codeTables).flatMap(([name, tables]) =>
    tables.map((table) => ({ name, validFrom: table.validFrom, hash: textHash(canonicalJson(table)) })),
  );

/** Seen twice, and not settled by now. */
async function openDiscrepancies(db: Runner, agency: string): Promise<ListedDiscrepancy[]> {
  const { rows } = await db.query<ListedDiscrepancy>({
    name: 'statements.discrepancies',
    text: `select type, key, side, ${iso('first_seen_at')} as "firstSeenAt" from discrepancies
     where agency_id = $1 and counted and settled_at is null`,
    values: [agency],
  });
  return rows;
}
