import { applyAgency, openLanes, readAgencies, type AppliedAgency, type Database, type OpenLanes } from '#ledger';
import type { AgencyFile, ContractVersion } from '#wire';

export type Retired =
  | { outcome: 'no-such-agency' }
  /** `left`: what was planned before, and still ends as it would have. */
  | { outcome: 'retired'; applied: AppliedAgency; left: OpenLanes };

/**
 * Nothing new is planned for the agency, it may report nothing, and nobody asks it. Its versions stay, so what is open ends at
 * its endpoint; a rollback brings it back.
 */
export async function retireAgency(db: Database, id: string, reason: string, author: string): Promise<Retired> {
  const agency = (await readAgencies(db)).find((one) => one.id === id);
  if (!agency) return { outcome: 'no-such-agency' };
  const { name } = agency;
  const file: AgencyFile = {
    apiVersion: 'lienthong/v1',
    kind: 'Agency',
    id,
    name,
    versions: agency.versions.map(retired),
  };
  const applied = await applyAgency(db, file, { author, note: reason });
  // No version goes, so none can be needed.
  if (applied.outcome !== 'applied') throw new Error('a retirement takes no version away');
  return { outcome: 'retired', applied: applied.agencies[0]!, left: await openLanes(db, id) };
}

function retired({ collect: _, ...version }: ContractVersion): ContractVersion {
  return { ...version, receives: [], sends: [] };
}
