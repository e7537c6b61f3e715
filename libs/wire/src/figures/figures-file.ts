import { checkOf } from '../check.js';
import { choice, formatted, list, matching, object, tag, text, type Schema } from '../schema.js';

/** What the ledger can count of a period. Amounts are in đồng. */
export type Measure =
  | 'cases-received'
  | 'cases-received-online'
  | 'cases-carried-over'
  | 'cases-resolved'
  | 'cases-resolved-early'
  | 'cases-resolved-on-time'
  | 'cases-resolved-overdue'
  | 'cases-open'
  | 'payments-requested'
  | 'payments-succeeded'
  | 'amount-requested'
  | 'amount-succeeded'
  | 'petitions-received'
  | 'petitions-answered'
  | 'petitions-answered-in-time';

/** The one dimension of a figure's table; cases only. `outcome`: early, on time, overdue. */
export type FigureGroup = 'unit' | 'procedure' | 'outcome';

export interface FigureVersion {
  /** First day of the periods that it defines. */
  validFrom: string;
  name: { vi: string; en: string };
  definition: { vi: string; en: string };
  unit: string;
  measure: Measure;
  /** The figure is `measure` as a percentage of this, two places. */
  of?: Measure;
  by?: FigureGroup;
  every: 'day' | 'month' | 'quarter' | 'year';
  /** Cells of fewer are suppressed; 5 unless said, 0: nothing of people is counted. */
  suppressBelow?: number;
}

export interface FigureDefinition {
  id: string;
  versions: FigureVersion[];
}

/** Dated definitions of figures: a changed one is a new version, and the figures published by the old one keep it. */
export interface FiguresFile {
  apiVersion: 'lienthong/v1';
  kind: 'Figures';
  figures: FigureDefinition[];
}

const both = object<{ vi: string; en: string }>({ vi: text(1_000), en: text(1_000) }, {});
const measure = choice<Measure>({
  'cases-received': true,
  'cases-received-online': true,
  'cases-carried-over': true,
  'cases-resolved': true,
  'cases-resolved-early': true,
  'cases-resolved-on-time': true,
  'cases-resolved-overdue': true,
  'cases-open': true,
  'payments-requested': true,
  'payments-succeeded': true,
  'amount-requested': true,
  'amount-succeeded': true,
  'petitions-received': true,
  'petitions-answered': true,
  'petitions-answered-in-time': true,
});

export const figuresFileSchema: Schema<FiguresFile> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:figures-file.v1',
  title: 'Định nghĩa chỉ số của Liên Thông · Figure definitions of Liên Thông',
  ...object<FiguresFile>(
    {
      apiVersion: tag('lienthong/v1'),
      kind: tag('Figures'),
      figures: list(
        object<FigureDefinition>(
          {
            id: matching('^[a-z][a-z0-9-]{1,59}$', 60),
            versions: list(
              object<FigureVersion>(
                {
                  validFrom: formatted('date'),
                  name: both,
                  definition: both,
                  unit: text(40),
                  measure,
                  every: choice<FigureVersion['every']>({ day: true, month: true, quarter: true, year: true }),
                },
                {
                  of: measure,
                  by: choice<FigureGroup>({ unit: true, procedure: true, outcome: true }),
                  // Below 3 a hidden number would be known: it can only be 1.
                  suppressBelow: {
                    anyOf: [
                      { type: 'integer', const: 0 },
                      { type: 'integer', minimum: 3, maximum: 1_000 },
                    ],
                  },
                },
              ),
              50,
              { minItems: 1 },
            ),
          },
          {},
        ),
        500,
      ),
    },
    {},
  ),
};

export const validateFiguresFile = checkOf(figuresFileSchema, ({ figures }: FiguresFile) => [
  ...figures.flatMap(({ id }, n) =>
    figures.findIndex((other) => other.id === id) < n ? [{ path: `/figures/${n}/id`, rule: 'unique' }] : [],
  ),
  ...figures.flatMap(({ versions }, n) =>
    versions.flatMap((version, m) => {
      const path = `/figures/${n}/versions/${m}`;
      const { measure: counted, of, by } = version;
      const faults = [];
      if (m > 0 && version.validFrom <= versions[m - 1]!.validFrom)
        faults.push({ path: `${path}/validFrom`, rule: `after:/figures/${n}/versions/${m - 1}/validFrom` });
      if (by !== undefined && !counted.startsWith('cases-')) faults.push({ path: `${path}/by`, rule: 'only of cases' });
      if (by === 'outcome' && (counted !== 'cases-resolved' || of !== undefined))
        faults.push({ path: `${path}/by`, rule: 'only of cases-resolved' });
      if (of !== undefined && (wholesOf[counted] ?? []).includes(of) !== true)
        faults.push({ path: `${path}/of`, rule: `enum:${(wholesOf[counted] ?? []).join('|')}` });
      return faults;
    }),
  ),
]);

/** What each is a part of: a percentage of anything else would say nothing. */
const wholesOf: { readonly [part in Measure]?: readonly Measure[] } = {
  'cases-received-online': ['cases-received'],
  'cases-carried-over': ['cases-received'],
  'cases-resolved': ['cases-received'],
  'cases-open': ['cases-received'],
  'cases-resolved-early': ['cases-resolved', 'cases-received'],
  'cases-resolved-on-time': ['cases-resolved', 'cases-received'],
  'cases-resolved-overdue': ['cases-resolved', 'cases-received'],
  'payments-succeeded': ['payments-requested'],
  'amount-succeeded': ['amount-requested'],
  'petitions-answered': ['petitions-received'],
  'petitions-answered-in-time': ['petitions-answered', 'petitions-received'],
};
