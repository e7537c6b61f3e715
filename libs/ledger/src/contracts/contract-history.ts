import type { AgencyFile, ContractVersion } from '#wire';
import type { Database } from '../database.js';
import { applyAgency, type Applied } from './apply-agency.js';
import { isSame } from './compare-contracts.js';

/** One contract as it was applied, whole. */
export interface KeptContract {
  serial: number;
  name: AgencyFile['name'];
  versions: ContractVersion[];
  appliedAt: Date;
  author: string;
  note: string | null;
  rolledBackTo: number | null;
}

/** Newest first; empty: no such agency. */
export async function contractHistory(db: Database, agency: string): Promise<KeptContract[]> {
  const { rows } = await db.query<KeptContract>(
    'contracts.history',
    `select serial, name, versions, applied_at as "appliedAt", author, note, rolled_back_to as "rolledBackTo"
     from contract_history where agency_id = $1 order by serial desc`,
    [agency],
  );
  return rows;
}

export type Chosen = { outcome: 'chosen'; serial: number; file: AgencyFile } | { outcome: 'no-such-serial' };

/** What a rollback would apply: the serial that is named, else the newest that differs from the last one applied. */
export async function earlierContract(db: Database, agency: string, serial?: number): Promise<Chosen> {
  const [newest, ...earlier] = await contractHistory(db, agency);
  const all = newest ? [newest, ...earlier] : [];
  const kept =
    serial === undefined
      ? earlier.find((one) => !isSame([one.name, one.versions], [newest?.name, newest?.versions]))
      : all.find((one) => one.serial === serial);
  if (!kept) return { outcome: 'no-such-serial' };
  const { name, versions } = kept;
  return {
    outcome: 'chosen',
    serial: kept.serial,
    file: { apiVersion: 'lienthong/v1', kind: 'Agency', id: agency, name, versions },
  };
}

/** Applies an earlier contract again, as a new serial. What was kept stays: a rollback can be rolled back. */
export const rollBack = (
  db: Database,
  { file, serial }: Extract<Chosen, { outcome: 'chosen' }>,
  author: string,
  reason: string,
): Promise<Applied> => applyAgency(db, file, { author, note: reason, rolledBackTo: serial });

/** By agency: which of its contracts was applied last. */
export async function newestContracts(
  db: Database,
): Promise<ReadonlyMap<string, Pick<KeptContract, 'serial' | 'appliedAt' | 'author'>>> {
  const { rows } = await db.query<KeptContract & { agency: string }>(
    'contracts.newest',
    `select distinct on (agency_id) agency_id as agency, serial, applied_at as "appliedAt", author
     from contract_history order by agency_id, serial desc`,
  );
  return new Map(rows.map(({ agency, ...kept }) => [agency, kept]));
}
