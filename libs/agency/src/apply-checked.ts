import { applyAgencies, readAgencies, today, type Applied, type By, type Database, type UnmappedValue } from '#ledger';
import type { Fault, LocatedFault } from '#wire';
import { lostCodes } from './lost-codes.js';
import type { ReadAgency } from './read-agency-text.js';
import { unmappedCodes } from './unmapped-codes.js';

/** So far back a code counts as in use; what hasn't ended counts whatever its age. */
export const IN_USE_DAYS = 90;

export type AppliedChecked =
  Applied | { outcome: 'loses-codes'; agencies: { agency: string; faults: LocatedFault[] }[] };

/** Applies files that were read: all, or none. A code table that loses a code still in use is refused; nothing forces it. */
export async function applyChecked(db: Database, read: readonly ReadAgency[], by: By): Promise<AppliedChecked> {
  const agencies = [];
  for (const one of read) {
    const faults = one.located(await codesLostInUse(db, one));
    if (faults.length > 0) agencies.push({ agency: one.file.id, faults });
  }
  if (agencies.length > 0) return { outcome: 'loses-codes', agencies };
  return applyAgencies(
    db,
    read.map(({ file }) => file),
    by,
  );
}

async function codesLostInUse(db: Database, { file }: ReadAgency): Promise<Fault[]> {
  const inForce = (await readAgencies(db)).find(({ id }) => id === file.id)?.versions ?? [];
  const faults: Fault[] = [];
  for (const { version, table, codes, path, on } of lostCodes(inForce, file.versions, today())) {
    // Usually nothing is lost, and no event is read.
    const period = { days: IN_USE_DAYS, on };
    const after = hit((await unmappedCodes(db, file.id, period, { file })).values, table, codes);
    if (after.size === 0) continue;
    // What has no meaning by the contract in force, either, isn't lost by this file.
    const before = hit((await unmappedCodes(db, file.id, period)).values, table, codes);
    for (const [code, { cases, examples }] of after) {
      const lost = cases - (before.get(code)?.cases ?? 0);
      const detail = `${code}: ${lost} hồ sơ · cases (${examples.slice(0, 3).join(', ')}), phiên bản · version ${version}`;
      if (lost > 0) faults.push({ path, rule: `in-use:${code}`, detail });
    }
  }
  return faults;
}

const hit = (values: readonly UnmappedValue[], table: string, codes: ReadonlySet<string>): Map<string, UnmappedValue> =>
  new Map(
    values
      .filter((one) => one.table === table && !one.stoodIn && one.code !== null && codes.has(one.code))
      .map((one) => [one.code!, one]),
  );
