import {
  choice,
  formatted,
  integer,
  list,
  matching,
  numberChoice,
  object,
  text,
  yesNo,
  type Schema,
} from '../schema.js';
import { lineDiscrepancies, type LineDiscrepancy } from '../reconcile/discrepancy.js';
import type * as file from './report-file.js';

const version = choice<'lienthong/v1'>({ 'lienthong/v1': true });
const report = matching('^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$', 32);
const name = object<file.BothWords>({ vi: text(200), en: text(200) }, {});
const verdict = choice<file.Verdict>({ early: true, 'on-time': true, overdue: true });
const validFrom = formatted('date');
const source = text(1_000);
const words = list(text(1_000), 20);

const form = object<file.ReportForm>(
  {
    number: text(100),
    letterhead: list(object<{ left: string; right: string }>({ left: text(300), right: text(300) }, {}), 10),
    title: list(text(500), 10, { minItems: 1 }),
    head: list(
      list(object<file.FormCell>({ text: text(300) }, { columns: integer(1, 13), rows: integer(1, 10) }), 13),
      10,
      { minItems: 1 },
    ),
    signatures: words,
    notes: words,
  },
  {},
);

export const caseReportFileSchema: Schema<file.CaseReportFile> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:case-report-file.v1',
  title: 'CaseReport',
  ...object<file.CaseReportFile>(
    {
      apiVersion: version,
      kind: choice<'CaseReport'>({ CaseReport: true }),
      report,
      name,
      versions: list(
        object<file.CaseReportVersion>(
          {
            validFrom,
            source,
            endedAt: list(
              choice<file.EndOf>({ '9.finishedAt': true, '10.finishedAt': true, '9.at': true, '10.at': true }),
              4,
              { minItems: 1, uniqueItems: true },
            ),
            refused: choice<'excluded' | 'resolved'>({ excluded: true, resolved: true }),
            withdrawn: verdict,
            withoutDue: verdict,
            pauses: list(numberChoice<5 | 6 | 8>({ 5: true, 6: true, 8: true }), 3, { uniqueItems: true }),
            form,
          },
          {},
        ),
        100,
        { minItems: 1 },
      ),
    },
    {},
  ),
};

const termUnits: Schema<Record<string, file.TermUnit>> = {
  type: 'object',
  maxProperties: 100,
  additionalProperties: choice<file.TermUnit>({ hours: true, days: true, 'working-days': true, months: true }),
};

const discrepancies = list(
  choice<LineDiscrepancy>(
    Object.fromEntries(lineDiscrepancies.map((type) => [type, true])) as Record<LineDiscrepancy, true>,
  ),
  lineDiscrepancies.length,
  { uniqueItems: true },
);

export const serviceIndexFileSchema: Schema<file.ServiceIndexFile> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:service-index-file.v1',
  title: 'ServiceIndex',
  ...object<file.ServiceIndexFile>(
    {
      apiVersion: version,
      kind: choice<'ServiceIndex'>({ ServiceIndex: true }),
      report,
      name,
      versions: list(
        object<file.ServiceIndexVersion>(
          {
            validFrom,
            source,
            portal: matching('^[a-z0-9-]+$', 32),
            finishedBy: list(numberChoice<9 | 10>({ 9: true, 10: true }), 2, { minItems: 1, uniqueItems: true }),
            mostSupplements: integer(0, 100),
            waitingEnds: yesNo,
            deduct: choice<file.ServiceIndexVersion['deduct']>({ elapsed: true, 'working-days': true, nothing: true }),
            withdrawn: choice<'on-time' | 'overdue'>({ 'on-time': true, overdue: true }),
            termUnits,
            progress: object<file.ServiceIndexVersion['progress']>(
              { most: integer(1, 1_000), digits: integer(0, 6) },
              {},
            ),
          },
          {
            sync: object<NonNullable<file.ServiceIndexVersion['sync']>>(
              { notThere: discrepancies, onlyThere: discrepancies, doubledThere: discrepancies },
              {},
            ),
          },
        ),
        100,
        { minItems: 1 },
      ),
    },
    {},
  ),
};
