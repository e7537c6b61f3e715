import {
  caseColumns,
  dataFaults,
  judgedColumns,
  judgementReasons,
  reportBys,
  type CaseReport,
  type CaseRow,
  type DataFault,
  type JudgedReport,
  type JudgedRow,
  type JudgementReason,
  type Score,
  type ShownReport,
  type SyncReport,
  type SyncRow,
  syncBys,
  syncColumns,
} from '#ledger';
import { shape, type Schema } from '#wire';
import {
  appealColumnsShown,
  caseColumnsShown,
  faultColumnsShown,
  judgedColumnsShown,
  type ListColumn,
} from '../../reports/lists.js';
import { count, counts, day, instant, inTwoLanguages, oneOf, orNull, period, rowsOf, says, words, type Sent } from './sent.js'; // prettier-ignore

const cases = 'hồ sơ · cases';
const reasons = Object.keys(judgementReasons) as JudgementReason[];
const share = says(
  orNull<number>({ type: 'number', minimum: 0 }),
  '0 đến 1; null: không có gì để chia · 0 to 1; null: nothing to divide by',
);

/** A row of a report: its code (empty: the cases name none), its name, a number a column. */
const rowOf = <R>(columns: readonly string[]): Schema<R> => ({
  type: 'object',
  additionalProperties: false,
  required: ['row', 'name', ...columns],
  properties: { row: words, name: orNull(words), ...Object.fromEntries(columns.map((column) => [column, count])) },
});

const score = shape.object<Score>(
  {
    onTime: count,
    received: count,
    ratio: share,
    score: says(orNull<number>({ type: 'number' }), 'điểm · points'),
    most: says(count, 'điểm · points'),
  },
  {},
);
const definition = { serial: count, validFrom: day, source: words };

/** A list's members are its columns: what a file shows, JSON shows. */
const listOf = <T>(columns: readonly ListColumn<T>[]): object => ({
  type: 'object',
  additionalProperties: false,
  required: ['title', 'cases'],
  properties: {
    title: words,
    cases: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: columns.map(({ key }) => key),
        properties: Object.fromEntries(
          columns.map(({ key, title, kind }) => [
            key,
            { description: title, anyOf: [{ type: 'null' }, byKind[kind] ?? words] },
          ]),
        ),
      },
    },
  },
});
const byKind: Readonly<Record<string, object>> = {
  integer: { type: 'integer' },
  number: { type: 'number' },
  percent: { type: 'number' },
  instant,
  date: instant,
};

const rates = { denominator: count, syncRate: share, onlineRate: share, onlineRateCounted: share };
const syncRow: Schema<SyncRow> = {
  type: 'object',
  additionalProperties: false,
  required: ['row', 'name', ...syncColumns, ...Object.keys(rates)],
  properties: {
    row: words,
    name: orNull(words),
    ...Object.fromEntries(syncColumns.map((column) => [column, count])),
    ...rates,
  },
};

export const reportShapes = {
  ReportShown: shape.object<Sent<ShownReport>>(
    {
      report: words,
      kind: oneOf(['CaseReport', 'ServiceIndex']),
      name: inTwoLanguages,
      serial: count,
      appliedAt: instant,
      author: words,
      versions: rowsOf(shape.object<{ validFrom: string; source: string }>({ validFrom: day, source: words }, {})),
    },
    {},
  ),
  CaseReport: shape.object<Sent<CaseReport>>(
    {
      report: words,
      name: inTwoLanguages,
      period,
      by: oneOf(reportBys),
      definition: shape.object<CaseReport['definition']>(definition, {}),
      asOn: says(day, 'ngày xét hồ sơ đang giải quyết · on which what is open is judged'),
      at: instant,
      rows: rowsOf(rowOf<CaseRow>(caseColumns)),
      total: counts(caseColumns, cases),
      withoutReceipt: says(count, 'hồ sơ không kỳ nào đếm được · cases that no period can count'),
    },
    {},
  ),
  JudgedReport: shape.object<Sent<JudgedReport>>(
    {
      report: words,
      name: inTwoLanguages,
      period,
      by: oneOf(reportBys),
      definitions: rowsOf(shape.object<JudgedReport['definitions'][number]>({ report: words, ...definition }, {})),
      at: instant,
      portals: says(rowsOf(words), 'những cơ quan là Cổng · agencies that are the portal'),
      rows: rowsOf(rowOf<JudgedRow>(judgedColumns)),
      total: counts(judgedColumns, cases),
      reasons: {
        type: 'object',
        description: cases,
        additionalProperties: false,
        properties: Object.fromEntries(
          reasons.map((reason) => [
            reason,
            says(count, `${judgementReasons[reason].vi} · ${judgementReasons[reason].en}`),
          ]),
        ),
      },
      progress: shape.object<JudgedReport['progress']>({ practice: score, portal: score }, {}),
    },
    {},
  ),
  SyncReport: shape.object<Sent<SyncReport>>(
    {
      period,
      by: oneOf(syncBys),
      at: instant,
      portals: rowsOf(words),
      received: says(count, cases),
      online: says(count, cases),
      synced: says(count, cases),
      notSynced: says(count, cases),
      compared: says(count, 'hồ sơ của những ngày đã đối soát · cases of days that were compared'),
      lostThere: says(count, cases),
      onlyThere: says(count, 'dòng chỉ Cổng có · lines that only the portal has'),
      doubledThere: says(count, 'dòng Cổng có thừa · lines that the portal has once too often'),
      reported: orNull(count),
      atPortal: shape.object<SyncReport['atPortal']>(
        {
          count,
          by: says(oneOf(['told', 'compared', 'partly-compared', 'acknowledged']), 'từ đâu · where it comes from'),
          counted: says(count, 'theo các dòng, dù ai nói gì · what the lines say, whatever was told'),
        },
        {},
      ),
      days: shape.object<SyncReport['days']>({ compared: count, of: count }, {}),
      rows: rowsOf(syncRow),
      ...rates,
    },
    {},
  ),
  FaultCounts: shape.object<Sent<{ period: SyncReport['period'] | null; at: Date; faults: Record<DataFault, number> }>>(
    { period: orNull(period), at: instant, faults: counts(Object.keys(dataFaults) as DataFault[], cases) },
    {},
  ),
  CaseList: listOf(caseColumnsShown),
  JudgedList: listOf(judgedColumnsShown),
  AppealList: listOf(appealColumnsShown),
  FaultList: listOf(faultColumnsShown),
} as const;
