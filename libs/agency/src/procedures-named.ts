import { hasCatalogue, knownProcedures, type Database } from '#ledger';
import type { AgencyFile, ContractVersion, RoutesFile } from '#wire';

/** A procedure that a file speaks of; `name`: what the file calls it. */
export interface NamedProcedure {
  code: string;
  name?: string;
}

export type ProcedureFinding = { code: string } &
  /** `until`: when a list had it last; null: none ever had. */
  ({ kind: 'unlisted'; until: Date | null } | { kind: 'other-name'; says: string; catalogue: string });

/** Those of versions in force on that day or later: what ended may speak of procedures that ended. */
export function proceduresOf({ versions }: Pick<AgencyFile, 'versions'>, day: string): NamedProcedure[] {
  const current = versions.filter((_, n) => (versions[n + 1]?.validFrom ?? '9999') > day);
  return unique(current.flatMap((version) => [...received(version), ...inSettings(version)]));
}

export const proceduresOnRoutes = (file: RoutesFile | undefined): NamedProcedure[] =>
  unique((file?.routes ?? []).map(({ procedure: code }) => ({ code })));

const received = ({ receives }: ContractVersion): NamedProcedure[] =>
  receives.flatMap(({ procedures }) => procedures.filter((code) => code !== '*').map((code) => ({ code })));

/** `field.CODE`, `result.CODE`, `service.CODE`; with a name `filed.procedure.CODE: NAME`, `lltp.procedure: CODE; NAME`. */
function inSettings({ settings = {} }: ContractVersion): NamedProcedure[] {
  return Object.entries(settings).flatMap(([member, value]): NamedProcedure[] => {
    const [, family, code] = /^(field|result|service|filed\.procedure)\.([0-9]\.[0-9]{6}.*)$/.exec(member) ?? [];
    if (code !== undefined) return [family === 'filed.procedure' ? { code, name: value } : { code }];
    const [, named, name] = member === 'lltp.procedure' ? (/^\s*([^;\s]+)\s*;\s*(.+)$/.exec(value) ?? []) : [];
    return named === undefined || name === undefined ? [] : [{ code: named, name }];
  });
}

/** What the newest catalogue says of them. Nothing, while no catalogue was taken. */
export async function compareWithCatalogue(
  db: Database,
  named: readonly NamedProcedure[],
): Promise<ProcedureFinding[]> {
  if (named.length === 0 || !(await hasCatalogue(db))) return [];
  const known = await knownProcedures(
    db,
    named.map(({ code }) => catalogued(code)),
  );
  return named.flatMap(({ code, name }): ProcedureFinding[] => {
    const found = known.get(catalogued(code));
    if (!found || found.until) return [{ kind: 'unlisted', code, until: found?.until ?? null }];
    const says = name?.normalize('NFC').replace(/\s+/gu, ' ').trim();
    if (says === undefined || says === found.name) return [];
    return [{ kind: 'other-name', code, says, catalogue: found.name }];
  });
}

/** Provinces write more groups after a national code: 1.000656.000.00.00.H49. */
const catalogued = (code: string): string => code.slice(0, '0.000000'.length);

/** A code that comes with a name says more than the same without. */
function unique(named: readonly NamedProcedure[]): NamedProcedure[] {
  const kept = new Map<string, NamedProcedure>();
  for (const one of named) {
    const key = `${one.code} ${one.name ?? ''}`;
    if (one.name !== undefined) kept.delete(`${one.code} `);
    if (one.name !== undefined || ![...kept.values()].some(({ code }) => code === one.code)) kept.set(key, one);
  }
  return [...kept.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}
