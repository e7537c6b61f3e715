import { codeTables } from '#connectors';
import type { CodeTable, ContractVersion } from '#wire';

/** Codes of one table that a contract in force knows, on some day of a case, and that another wouldn't any more. */
export interface LostCodes {
  /** First day of the version that loses them. */
  version: string;
  /** The first day on which it sends. */
  on: string;
  table: string;
  codes: ReadonlySet<string>;
  /** The table in the file, as a pointer. */
  path: string;
}

/** Compared for each version that sends today or later with the one that would send then. A table that says what stands in loses nothing. */
export function lostCodes(
  before: readonly ContractVersion[],
  after: readonly ContractVersion[],
  today: string,
): LostCodes[] {
  const at = (versions: readonly ContractVersion[], day: string): ContractVersion | undefined =>
    versions.findLast(({ validFrom }) => validFrom <= day);
  const sending = at(after, today);
  return after.flatMap((version, n) => {
    if (version !== sending && version.validFrom <= today) return [];
    const on = version.validFrom > today ? version.validFrom : today;
    const old = at(before, on);
    return Object.entries(old?.codeTables ?? {}).flatMap(([table, was]): LostCodes[] => {
      const codes = lostFrom(was, version.codeTables?.[table] ?? []);
      if (codes.size === 0) return [];
      const path = `/versions/${n}/codeTables/${table}`;
      return [{ version: version.validFrom, on, table, codes, path }];
    });
  });
}

function lostFrom(was: readonly CodeTable[], is: readonly CodeTable[]): Set<string> {
  const [old, next] = [codeTables({ t: was }).get('t')!, codeTables({ t: is }).get('t')!];
  const days = [...was, ...is].map(({ validFrom }) => validFrom);
  const codes = new Set(was.flatMap((table) => Object.keys(table.codes)));
  return new Set(
    [...codes].filter((code) => days.some((day) => old(code, day) !== undefined && next(code, day) === undefined)),
  );
}
