import type { ContractVersion } from '#wire';
import type { Database, Runner } from './database.js';

/** An agency as the ledger has it: its dated contract versions, oldest first. */
export interface Agency {
  id: string;
  name: { vi: string; en: string };
  paused: boolean;
  versions: ContractVersion[];
}

export const readAgencies = (db: Database): Promise<Agency[]> => agenciesIn(db.pool);

/** The same as a transaction sees them. */
export async function agenciesIn(db: Runner): Promise<Agency[]> {
  const { rows } = await db.query<Agency>({
    name: 'agencies.read',
    text: `select a.id, a.name, a.paused, coalesce(json_agg(c.document order by c.valid_from) filter (where c.agency_id is not null), '[]') as versions
     from agencies a left join contracts c on c.agency_id = a.id group by a.id order by a.id`,
  });
  return rows;
}

/** The version in force on a day (ISO date, Asia/Ho_Chi_Minh); undefined before the first. */
export function versionOn(agency: Agency, day: string): ContractVersion | undefined {
  return agency.versions.findLast((version) => version.validFrom <= day);
}
