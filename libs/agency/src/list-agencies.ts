import { newestContracts, readAgencies, today, versionOn, type Database } from '#ledger';

export interface ListedAgency {
  id: string;
  name: { vi: string; en: string };
  paused: boolean;
  /** First day of the version in force; null: none is yet. */
  inForce: string | null;
  protocol: string | null;
  owner: string | null;
  versions: string[];
  /** What was applied last. */
  serial: number | null;
  appliedAt: Date | null;
  author: string | null;
}

export async function listAgencies(db: Database): Promise<ListedAgency[]> {
  const newest = await newestContracts(db);
  return (await readAgencies(db)).map((agency) => {
    const inForce = versionOn(agency, today());
    const kept = newest.get(agency.id);
    return {
      id: agency.id,
      name: agency.name,
      paused: agency.paused,
      inForce: inForce?.validFrom ?? null,
      protocol: inForce?.protocol ?? null,
      owner: inForce?.owner ?? null,
      versions: agency.versions.map(({ validFrom }) => validFrom),
      serial: kept?.serial ?? null,
      appliedAt: kept?.appliedAt ?? null,
      author: kept?.author ?? null,
    };
  });
}
