import { checkOf } from '../check.js';
import { locateFile, type LocatedFile } from '../parse-agency-file.js';
import type { Fault } from '../problem.js';
import type { CaseReportFile, CaseReportVersion, ReportFile, ServiceIndexFile } from './report-file.js';
import { caseReportFileSchema, serviceIndexFileSchema } from './report-file.schema.js';

/** STT, the row's name, and the columns of the figures. */
export const FORM_COLUMNS = 13;

const checks = {
  CaseReport: checkOf<CaseReportFile>(caseReportFileSchema, ({ versions }) => [
    ...inOrder(versions),
    ...versions.flatMap(headFaults),
  ]),
  ServiceIndex: checkOf<ServiceIndexFile>(serviceIndexFileSchema, ({ versions }) => inOrder(versions)),
};

export function validateReportFile(value: unknown): Fault[] {
  const kind = (value as { kind?: unknown } | null)?.kind;
  return kind === 'CaseReport' || kind === 'ServiceIndex'
    ? checks[kind](value)
    : [{ path: '/kind', rule: 'enum:CaseReport|ServiceIndex' }];
}

/** Reads a report's definition, as agency files are read. Throws AgencyFileError. */
export const locateReportFile = (
  yamlText: string,
  env: Readonly<Record<string, string | undefined>>,
): LocatedFile<ReportFile> => locateFile<ReportFile>(yamlText, env, validateReportFile);

const inOrder = (versions: readonly { validFrom: string }[]): Fault[] =>
  versions.flatMap(({ validFrom }, i) =>
    i > 0 && validFrom <= versions[i - 1]!.validFrom ? [{ path: `/versions/${i}/validFrom`, rule: 'in-order' }] : [],
  );

/** A head that leaves a column without a name, or names one too many, would shift every figure. */
function headFaults({ form: { head } }: CaseReportVersion, v: number): Fault[] {
  const taken = head.map(() => 0);
  head.forEach((cells, r) => {
    for (const { columns = 1, rows = 1 } of cells)
      for (let y = r; y < r + rows; y++) taken[y] = (taken[y] ?? 0) + columns;
  });
  const isWhole = taken.length === head.length && taken.every((columns) => columns === FORM_COLUMNS);
  return isWhole ? [] : [{ path: `/versions/${v}/form/head`, rule: `columns:${FORM_COLUMNS}` }];
}
