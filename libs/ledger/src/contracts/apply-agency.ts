import type { PoolClient } from 'pg';
import type { AgencyFile, ContractVersion } from '#wire';
import type { Database } from '../database.js';
import { isSame, isSameOrder } from './compare-contracts.js';

/** Who changes a contract, and why. */
export interface By {
  author: string;
  note: string | null;
  /** The serial whose document is applied again. */
  rolledBackTo?: number;
}

/** A version that an agency's file no longer has, and that so many deliveries which haven't ended are bound to. */
export interface NeededVersion {
  agency: string;
  validFrom: string;
  open: number;
}

/** One agency's part; `serial` is its newest in the history. */
export interface AppliedAgency {
  agency: string;
  serial: number;
  isChanged: boolean;
  /** First days of versions that were taken away. */
  removed: string[];
}

/** All of the files are in force, or none is and everything stands as it did. */
export type Applied =
  { outcome: 'applied'; agencies: AppliedAgency[] } | { outcome: 'still-needed'; versions: NeededVersion[] };

/** Contracts change one at a time, so that serials have no gap and no two changes mix. */
export const ONE_AT_A_TIME = `select pg_advisory_xact_lock(7107)`;

/** Makes each file its agency's whole contract, and keeps it as history; one that changes nothing gets no new serial. */
export function applyAgencies(db: Database, files: readonly AgencyFile[], by: By): Promise<Applied> {
  return db.transaction(async (client) => {
    await client.query(ONE_AT_A_TIME);
    const versions: NeededVersion[] = [];
    for (const file of files) versions.push(...(await stillNeeded(client, file)));
    if (versions.length > 0) return { outcome: 'still-needed', versions };
    const agencies: AppliedAgency[] = [];
    for (const file of files) agencies.push(await applyOne(client, file, by));
    return { outcome: 'applied', agencies };
  });
}

/** The same for one. */
export const applyAgency = (
  db: Database,
  file: AgencyFile,
  by: By = { author: 'lienthong', note: null },
): Promise<Applied> => applyAgencies(db, [file], by);

/**
 * What is open under a version settles at that version's endpoint. A request that is under way isn't bound before its
 * outcome commits: it counts for the version in force.
 */
async function stillNeeded(client: PoolClient, file: AgencyFile): Promise<NeededVersion[]> {
  const { rows: gone } = await client.query<{ day: string; isInForce: boolean }>({
    name: 'contracts.gone',
    text: `select c.valid_from::text as day, c.valid_from = (
        select max(n.valid_from) from contracts n where n.agency_id = $1 and n.valid_from <= (now() at time zone 'Asia/Ho_Chi_Minh')::date) as "isInForce"
      from contracts c where c.agency_id = $1 and c.valid_from <> all ($2::date[])`,
    values: [file.id, file.versions.map(({ validFrom }) => validFrom)],
  });
  // Usually a file takes nothing away, and deliveries have no index by version.
  if (gone.length === 0) return [];
  const { rows } = await client.query<NeededVersion>({
    name: 'contracts.still-needed',
    text: `with d as (
        select coalesce(d.contract_version, case when l.worker is not null and l.sending = d.sequence then $3::date end) as day
        from deliveries d join lanes l on l.agency_id = d.agency_id and l.stream_id = d.stream_id
        where d.agency_id = $1 and d.state in ('open', 'parked'))
      select $1 as agency, day::text as "validFrom", count(*)::int as open from d where day = any ($2::date[]) group by 2 order by 2`,
    values: [file.id, gone.map(({ day }) => day), gone.find(({ isInForce }) => isInForce)?.day ?? null],
  });
  return rows;
}

async function applyOne(client: PoolClient, file: AgencyFile, by: By): Promise<AppliedAgency> {
  const before = await client.query<{ name: unknown; versions: ContractVersion[]; serial: number }>({
    name: 'contracts.before',
    text: `select a.name, coalesce(json_agg(c.document order by c.valid_from) filter (where c.agency_id is not null), '[]') as versions,
        coalesce((select max(serial) from contract_history where agency_id = $1), 0) as serial
      from agencies a left join contracts c on c.agency_id = a.id where a.id = $1 group by a.id`,
    values: [file.id],
  });
  const { name, versions, serial } = before.rows[0] ?? { name: null, versions: [], serial: 0 };
  if (serial > 0 && isSame(name, file.name) && isSame(versions, file.versions) && isSameOrder(versions, file.versions))
    return { agency: file.id, serial, isChanged: false, removed: [] };
  const kept = new Set(file.versions.map(({ validFrom }) => validFrom));
  const removed = versions.map(({ validFrom }) => validFrom).filter((day) => !kept.has(day));
  const { rows } = await write(client, file, by);
  return { agency: file.id, serial: rows[0]!.serial, isChanged: true, removed };
}

async function write(client: PoolClient, file: AgencyFile, by: By): Promise<{ rows: { serial: number }[] }> {
  await client.query({
    name: 'contracts.name',
    text: `insert into agencies (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name`,
    values: [file.id, file.name],
  });
  await client.query({
    name: 'contracts.remove',
    text: `delete from contracts where agency_id = $1 and valid_from <> all ($2::date[])`,
    values: [file.id, file.versions.map(({ validFrom }) => validFrom)],
  });
  for (const version of file.versions)
    await client.query({
      name: 'contracts.put',
      text: `insert into contracts (agency_id, valid_from, document) values ($1, $2, $3)
        on conflict (agency_id, valid_from) do update set document = excluded.document, applied_at = now()
        where contracts.document::text <> excluded.document::text`,
      values: [file.id, version.validFrom, version],
    });
  return client.query<{ serial: number }>({
    name: 'contracts.keep',
    text: `insert into contract_history (agency_id, serial, name, versions, author, note, rolled_back_to)
      select $1, coalesce(max(serial), 0) + 1, $2, $3, $4, $5, $6 from contract_history where agency_id = $1 returning serial`,
    values: [file.id, file.name, JSON.stringify(file.versions), by.author, by.note, by.rolledBackTo ?? null],
  });
}
