import type { CaseReportFile, ReportFile, ServiceIndexFile } from '#wire';
import { ONE_AT_A_TIME, type By } from '../contracts/apply-agency.js';
import { isSame } from '../contracts/compare-contracts.js';
import type { Database, Runner } from '../database.js';

export interface AppliedReport {
  report: string;
  serial: number;
  isChanged: boolean;
}

/** A definition with the one version that a day goes by. */
export type DefinitionOn<F extends ReportFile> = Omit<F, 'versions'> & {
  version: F['versions'][number];
  serial: number;
};

/** Each file is in force whole from now on, for every period of the past, too: its versions say which. */
export function applyReports(db: Database, files: readonly ReportFile[], by: By): Promise<AppliedReport[]> {
  return db.transaction(async (client) => {
    await client.query(ONE_AT_A_TIME);
    const applied: AppliedReport[] = [];
    for (const file of files) {
      const before = await newest(client, file.report);
      const isChanged = before === undefined || !isSame(before.document, file);
      const serial = (before?.serial ?? 0) + (isChanged ? 1 : 0);
      if (isChanged)
        await client.query({
          name: 'reports.keep-definition',
          text: `insert into report_definitions (report, serial, document, author, note) values ($1, $2, $3, $4, $5)`,
          values: [file.report, serial, JSON.stringify(file), by.author, by.note],
        });
      applied.push({ report: file.report, serial, isChanged });
    }
    return applied;
  });
}

export interface ShownReport {
  report: string;
  kind: ReportFile['kind'];
  name: { vi: string; en: string };
  serial: number;
  appliedAt: Date;
  author: string;
  versions: { validFrom: string; source: string }[];
}

export async function listReports(db: Database): Promise<ShownReport[]> {
  const { rows } = await db.query<{ serial: number; document: ReportFile; appliedAt: Date; author: string }>(
    'reports.list',
    `select distinct on (report) serial, document, applied_at as "appliedAt", author from report_definitions order by report, serial desc`,
  );
  return rows.map(({ serial, document: { report, kind, name, versions }, appliedAt, author }) => {
    const shown = versions.map(({ validFrom, source }) => ({ validFrom, source }));
    return { report, kind, name, serial, appliedAt, author, versions: shown };
  });
}

/** `before`: the report is known, and none of its versions is as old as that day. */
export type FoundDefinition<F extends ReportFile> =
  | { outcome: 'found'; definition: DefinitionOn<F> }
  | { outcome: 'unknown-report' }
  | { outcome: 'before'; first: string };

export async function caseReportOn(
  db: Database,
  report: string,
  day: string,
): Promise<FoundDefinition<CaseReportFile>> {
  const found = await newest(db.pool, report);
  if (found?.document.kind !== 'CaseReport') return { outcome: 'unknown-report' };
  const { versions, ...file } = found.document;
  const version = inForce(versions, day);
  if (version === undefined) return { outcome: 'before', first: versions[0]!.validFrom };
  return { outcome: 'found', definition: { ...file, version, serial: found.serial } };
}

/** By which rules cases are counted on a day, wherever they are: those of II.06a. Undefined: none were applied. */
export async function practiceOn(db: Runner, day: string): Promise<CaseReportFile['versions'][number] | undefined> {
  const found = await newest(db, 'II.06a');
  return found?.document.kind === 'CaseReport' ? inForce(found.document.versions, day) : undefined;
}

export async function serviceIndexOn(
  db: Database,
  report: string,
  day: string,
): Promise<FoundDefinition<ServiceIndexFile>> {
  const found = await newest(db.pool, report);
  if (found?.document.kind !== 'ServiceIndex') return { outcome: 'unknown-report' };
  const { versions, ...file } = found.document;
  const version = inForce(versions, day);
  if (version === undefined) return { outcome: 'before', first: versions[0]!.validFrom };
  return { outcome: 'found', definition: { ...file, version, serial: found.serial } };
}

const inForce = <V extends { validFrom: string }>(versions: readonly V[], day: string): V | undefined =>
  versions.findLast(({ validFrom }) => validFrom <= day);

async function newest(client: Runner, report: string): Promise<{ serial: number; document: ReportFile } | undefined> {
  const { rows } = await client.query<{ serial: number; document: ReportFile }>({
    name: 'reports.definition',
    text: `select serial, document from report_definitions where report = $1 order by serial desc limit 1`,
    values: [report],
  });
  return rows[0];
}
