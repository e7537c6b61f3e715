import { belowAddress, duration, endpoint, valuePath } from './agency-endpoint.schema.js';
import type {
  AgencyFile,
  Breaker,
  CatalogueCollect,
  Collect,
  Consuming,
  ContractVersion,
  ListCollect,
  Protocol,
  Subscription,
} from './agency-file.js';
import { eventTypes, reportedTypes, shortType } from './events.js';
import type { CodeTable, Condition, Decode, Operation, ReadRule, Template } from './mapping.js';
import { reconcile } from './reconcile/reconcile.schema.js';
import type { ReplyRule } from './reply-rule.js';
import { choice, formatted, integer, list, matching, object, tag, text, textMap, type Schema } from './schema.js';

type LookUp = NonNullable<ContractVersion['lookUp']>;

const durationOrNone = matching('^(?:0|[1-9][0-9]{0,5})(?:ms|s|m|h|d)$', 8);
const procedure = matching('^(?:\\*|[0-9]\\.[0-9]{6}(?:\\.[0-9A-Z]+)*)$', 50);
const eventName: Schema<string> = { type: 'string', enum: eventTypes.map(shortType) };
const reportedName: Schema<string> = { type: 'string', enum: reportedTypes.map(shortType) };

const subscription = object<Subscription>(
  {
    procedures: list(procedure, 5_000, { minItems: 1, uniqueItems: true }),
    events: list(eventName, eventTypes.length, { minItems: 1, uniqueItems: true }),
  },
  { cases: choice<NonNullable<Subscription['cases']>>({ own: true, all: true, routed: true }) },
);

const httpStatus: Schema<number | string> = {
  anyOf: [
    { type: 'integer', minimum: 100, maximum: 599 },
    { type: 'string', pattern: '^[1-5](?:xx|[0-9]{2})$' },
  ],
};

const replyWhen: Schema<ReplyRule['when']> = {
  ...object<ReplyRule['when']>(
    {},
    {
      status: { anyOf: [httpStatus, { type: 'array', items: httpStatus, minItems: 1, maxItems: 50 }] },
      json: {
        type: 'object',
        minProperties: 1,
        maxProperties: 20,
        additionalProperties: { type: ['string', 'number', 'boolean'] },
      },
      text: text(500),
      contentType: text(100),
      operation: text(100),
    },
  ),
  // A row that matches everything would make an unknown answer something else than doubt.
  minProperties: 1,
};

const replyRule = object<ReplyRule>(
  {
    when: replyWhen,
    means: choice<ReplyRule['means']>({
      accepted: true,
      'already-held': true,
      refused: true,
      busy: true,
      'session-expired': true,
    }),
  },
  {
    reason: list(text(100), 10, { minItems: 1 }),
    proves: choice<NonNullable<ReplyRule['proves']>>({ 'not-held': true }),
  },
);

/** Templates are compiled, and checked by that, when the connector is made. */
const template: Schema<Template> = { type: ['string', 'number', 'boolean', 'null', 'array', 'object'] };
const templates: Schema<Record<string, Template>> = {
  type: 'object',
  maxProperties: 500,
  additionalProperties: template,
};
const scalar = { type: ['string', 'number', 'boolean'] };
const condition = object<Condition>(
  { path: valuePath },
  { like: text(200), is: { anyOf: [scalar, { type: 'array', items: scalar, minItems: 1, maxItems: 500 }] } },
);
const operationName = matching('^[A-Za-z][A-Za-z0-9_-]*$', 100);
const operation = object<Operation>(
  {},
  {
    events: list(eventName, eventTypes.length, { minItems: 1, uniqueItems: true }),
    where: condition,
    update: operationName,
    method: choice<NonNullable<Operation['method']>>({ GET: true, POST: true, PUT: true, PATCH: true }),
    path: belowAddress,
    query: templates,
    headers: templates,
    item: template,
    body: template,
    encoding: choice<NonNullable<Operation['encoding']>>({ json: true, form: true, xml: true, multipart: true }),
    decodes: {
      type: 'object',
      minProperties: 1,
      maxProperties: 20,
      propertyNames: valuePath,
      additionalProperties: choice<Decode>({
        json: true,
        xml: true,
        base64: true,
        'base64-json': true,
        'base64-xml': true,
      }),
    },
    names: templates,
    rows: object<NonNullable<Operation['rows']>>(
      { key: valuePath, itemKey: valuePath },
      { at: valuePath, status: valuePath },
    ),
  },
);
const named = <T>(pattern: string, members: Schema<T>): Schema<Record<string, T>> => ({
  type: 'object',
  minProperties: 1,
  maxProperties: 200,
  propertyNames: { pattern },
  additionalProperties: members,
});
const code = { type: ['string', 'number'], maxLength: 200 };
const codeTable = object<CodeTable>(
  {
    validFrom: formatted('date'),
    codes: { type: 'object', minProperties: 1, maxProperties: 20_000, additionalProperties: code },
  },
  { unmapped: code },
);
const readRule = object<ReadRule>(
  { when: replyWhen },
  {
    notYet: { type: 'boolean', const: true },
    reports: list(object<{ type: string; data: Template }>({ type: reportedName, data: template }, {}), 20, {
      minItems: 1,
    }),
  },
);

const reading = { operation: operationName, reads: list(readRule, 100, { minItems: 1 }) };
type Afterwards = NonNullable<Extract<Collect, { ask: 'per-case' }>['afterwards']>;
const collect: Schema<Collect> = {
  type: 'object',
  discriminator: { propertyName: 'ask' },
  oneOf: [
    object<Extract<Collect, { ask: 'per-case' }>>(
      { ask: tag('per-case'), until: list(integer(1, 10), 10, { minItems: 1, uniqueItems: true }), every: duration },
      { afterwards: object<Afterwards>({ every: duration, for: duration }, {}), ...reading },
    ),
    object<ListCollect>(
      { ask: tag('list'), every: duration },
      {
        ...reading,
        page: replyWhen,
        rows: valuePath,
        code: template,
        cursor: {
          oneOf: [
            object<{ answer: string }>({ answer: valuePath }, {}),
            object<{ lastRow: string }>({ lastRow: valuePath }, {}),
            object<{ page: number }>({ page: integer(0, 1) }, {}),
          ],
        },
        more: replyWhen,
        acknowledge: operationName,
      },
    ),
    object<CatalogueCollect>(
      { ask: tag('catalogue'), every: duration },
      { losesAtMost: matching('^(?:100|[0-9]{1,2}(?:\\.[0-9]{1,2})?)%$', 6), details: duration },
    ),
  ],
};

const version = object<ContractVersion>(
  {
    validFrom: formatted('date'),
    owner: matching('^[A-Z][0-9]{2}(?:\\.[0-9A-Z]+)*$', 35),
    protocol: choice<Protocol>({
      'lltp-gen1': true,
      'lltp-gen2': true,
      'lltp-vneid': true,
      'national-portal': true,
      'one-stop': true,
      topic: true,
      'http-json': true,
      http: true,
      'ministry-central': true,
      'procedures-portal': true,
      'procedures-2026': true,
      webhook: true,
      feed: true,
    }),
    receives: list(subscription, 100),
    sends: list(reportedName, reportedTypes.length, { uniqueItems: true }),
    limits: object<ContractVersion['limits']>(
      { inFlight: integer(1, 1_000), timeout: duration },
      {
        settle: durationOrNone,
        connect: duration,
        firstByte: duration,
        perSecond: { type: 'number', minimum: 0.01, maximum: 100_000 },
        itemsPerRequest: integer(1, 1_000),
        fileSize: matching('^(?:[1-9]|[1-5][0-9]|6[0-4])MiB$|^[1-9][0-9]{0,3}KiB$', 8),
      },
    ),
    retry: object<ContractVersion['retry']>(
      {
        first: duration,
        factor: { type: 'number', minimum: 1, maximum: 10 },
        atMost: duration,
        giveUpAfter: duration,
      },
      {},
    ),
    replies: list(replyRule, 200),
    onDuplicate: choice<ContractVersion['onDuplicate']>({ update: true, refuse: true }),
  },
  {
    fullStates: list(eventName, eventTypes.length, { minItems: 1, uniqueItems: true }),
    breaker: object<Breaker>({}, { opensAfter: integer(1, 1_000), probeFirst: duration, probeAtMost: duration }),
    endpoint,
    collect,
    lookUp: object<LookUp>(
      { proves: choice<LookUp['proves']>({ event: true, state: true }) },
      { operation: operationName, held: replyWhen, notHeld: replyWhen, equals: templates },
    ),
    operations: named(operationName['pattern'] as string, operation),
    codeTables: named('^[A-Za-z][A-Za-z0-9_-]*$', list(codeTable, 100, { minItems: 1 })),
    discloses: object<NonNullable<ContractVersion['discloses']>>(
      { fields: list(valuePath, 500, { minItems: 1, uniqueItems: true }), basis: text(500) },
      {},
    ),
    reconcile: reconcile(replyWhen, operationName),
    consumes: object<Consuming>(
      {},
      {
        speaks: choice<NonNullable<Consuming['speaks']>>({ v1: true, v2: true }),
        keep: duration,
        group: matching('^[A-Za-z0-9._-]+$', 100),
      },
    ),
    settings: textMap(100, 2_000),
  },
);

/** JSON Schema of an agency file: what isn't known is refused, not ignored. */
export const agencyFileSchema: Schema<AgencyFile> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:agency-file.v1',
  title: 'Agency',
  ...object<AgencyFile>(
    {
      apiVersion: choice<AgencyFile['apiVersion']>({ 'lienthong/v1': true }),
      kind: choice<AgencyFile['kind']>({ Agency: true }),
      id: matching('^[a-z0-9]+(?:-[a-z0-9]+)*$', 32),
      name: object<AgencyFile['name']>({ vi: text(200), en: text(200) }, {}),
      versions: list(version, 100, { minItems: 1 }),
    },
    {},
  ),
};
