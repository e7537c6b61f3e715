import type { AgencyFile, ContractVersion } from '#wire';
import type { Database } from './database.js';

/** An agency as the ledger has it: its dated contract versions, oldest first. */
export interface Agency {
  id: string;
  name: { vi: string; en: string };
  paused: boolean;
  versions: ContractVersion[];
}

/** Makes a file the agency's contract: versions are added or replaced by their first day, none is taken away. */
export async function applyAgency(db: Database, file: AgencyFile): Promise<void> {
  await db.transaction(async (client) => {
    await client.query({
      text: `insert into agencies (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name`,
      values: [file.id, file.name],
    });
    for (const version of file.versions)
      await client.query({
        text: `insert into contracts (agency_id, valid_from, document) values ($1, $2, $3)
          on conflict (agency_id, valid_from) do update set document = excluded.document, applied_at = now()
          where contracts.document <> excluded.document`,
        values: [file.id, version.validFrom, version],
      });
  });
}

export async function readAgencies(db: Database): Promise<Agency[]> {
  const { rows } = await db.query<Agency>(
    'agencies.read',
    `select a.id, a.name, a.paused, coalesce(json_agg(c.document order by c.valid_from) filter (where c.agency_id is not null), '[]') as versions
     from agencies a left join contracts c on c.agency_id = a.id group by a.id order by a.id`,
  );
  return rows;
}

/** The version in force on a day (ISO date, Asia/Ho_Chi_Minh); undefined before the first. */
export function versionOn(agency: Agency, day: string): ContractVersion | undefined {
  return agency.versions.findLast((version) => version.validFrom <= day);
}
