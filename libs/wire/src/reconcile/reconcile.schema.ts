import { webAddress, valuePath } from '../agency-endpoint.schema.js';
import type { Template } from '../mapping.js';
import { choice, integer, list, matching, object, tag, text, type Schema } from '../schema.js';
import { lineDiscrepancies, repairs, type RepairPolicy } from './discrepancy.js';
import type { ReplyRule } from '../reply-rule.js';
import { comparedFields, type ComparedField } from './line.js';
import type { Charset, Reconcile, ReconcileLines, Row, Table } from './reconcile-by.js';

type When = ReplyRule['when'];
type By<B extends Reconcile['by']> = Extract<Reconcile, { by: B }>;

const template: Schema<Template> = { type: ['string', 'number', 'boolean', 'null', 'array', 'object'] };
const comparedField: Schema<ComparedField> = { type: 'string', enum: comparedFields };

const row: Schema<NonNullable<Row['row']>> = {
  type: 'object',
  additionalProperties: false,
  required: ['key'],
  properties: Object.fromEntries(['key', 'receivedOn', ...comparedFields].map((name) => [name, template])),
};

const policy: Schema<RepairPolicy> = {
  type: 'object',
  minProperties: 1,
  propertyNames: { enum: lineDiscrepancies },
  additionalProperties: object<NonNullable<RepairPolicy[keyof RepairPolicy]>>(
    { repair: { type: 'string', enum: repairs }, atMostADay: integer(1, 100_000) },
    {},
  ),
};

const compares = { compares: list(comparedField, comparedFields.length, { minItems: 1, uniqueItems: true }) };
const common = {
  at: matching('^(?:[01][0-9]|2[0-3]):[0-5][0-9]$', 5),
  days: matching('^[1-9][0-9]{0,4}d$', 6),
  repairs: policy,
};
const secret = matching('^[A-Z][A-Z0-9_]{0,99}$', 100);
const columns: Schema<Record<string, string>> = {
  type: 'object',
  minProperties: 1,
  maxProperties: 200,
  propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_]*$' },
  additionalProperties: text(500),
};
const table = {
  row,
  format: choice<NonNullable<Table['format']>>({ xlsx: true, csv: true }),
  sheet: text(100),
  columns,
  delimiter: choice<NonNullable<Table['delimiter']>>({ ',': true, ';': true, tab: true }),
  charset: choice<Charset>({ 'utf-8': true, 'utf-16le': true, 'windows-1258': true, 'windows-1252': true }),
  end: text(200),
  leastMatch: integer(0, 100),
};

const listed = (replyWhen: Schema<When>, operation: Schema<string>) => ({
  operation,
  page: replyWhen,
  rows: valuePath,
  cursor: {
    oneOf: [
      object<{ answer: string }>({ answer: valuePath }, {}),
      object<{ lastRow: string }>({ lastRow: valuePath }, {}),
      object<{ page: number }>({ page: integer(0, 1) }, {}),
    ],
  },
  more: replyWhen,
  total: valuePath,
  keysAtOnce: integer(1, 10_000),
  row,
});

/** One way, or several: a stand-in keeps a journal beside what it lists. */
export function reconcile(replyWhen: Schema<When>, operation: Schema<string>): Schema<Reconcile | Reconcile[]> {
  const ways: Schema<Reconcile> = {
    type: 'object',
    discriminator: { propertyName: 'by' },
    oneOf: [
      object<By<'books'>>({ by: tag('books'), url: webAddress }, {}),
      object<By<'digest'>>({ by: tag('digest'), url: webAddress, ...compares }, { ...common, secret }),
      ...(['paged-list', 'status-list'] as const).map((by) => listOf(by, replyWhen, operation)),
      object<By<'look-up'>>(
        { by: tag('look-up'), ...compares },
        { ...common, operation, shows: replyWhen, absent: replyWhen, rows: valuePath, row },
      ),
      object<By<'daily-file'>>(
        { by: tag('daily-file'), file: text(1_000), ...compares },
        { ...common, ...table, secret },
      ),
      object<By<'spreadsheet'>>({ by: tag('spreadsheet'), ...compares }, { ...common, ...table }),
    ],
  };
  return { anyOf: [ways, { type: 'array', items: ways, minItems: 1, maxItems: 4 }] };
}

const listOf = (by: 'paged-list' | 'status-list', replyWhen: Schema<When>, operation: Schema<string>) =>
  object<Extract<ReconcileLines, { by: typeof by }>>(
    { by: tag(by), ...compares },
    { ...common, ...listed(replyWhen, operation) },
  );
