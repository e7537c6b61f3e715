import type { AgencyFile, Breaker, ContractVersion, Endpoint, Protocol, Subscription } from './agency-file.js';
import { eventTypes, reportedTypes, shortType } from './events.js';
import type { CodeTable, Condition, Operation, ReadRule, Template } from './mapping.js';
import type { ReplyRule } from './reply-rule.js';
import {
  choice,
  formatted,
  integer,
  list,
  matching,
  object,
  oneKind,
  tag,
  text,
  textMap,
  type Schema,
} from './schema.js';

type Login = NonNullable<Endpoint['login']>;
type Collect = NonNullable<ContractVersion['collect']>;
type LookUp = NonNullable<ContractVersion['lookUp']>;
type Reconcile = NonNullable<ContractVersion['reconcile']>;

/** The smallest is 1: an interval of nothing is a loop. */
const duration = matching('^[1-9][0-9]{0,5}(?:ms|s|m|h|d)$', 8);
const durationOrNone = matching('^(?:0|[1-9][0-9]{0,5})(?:ms|s|m|h|d)$', 8);
const webAddress = matching('^https?://[^\\s/?#]+[^\\s]*$', 2_000);
/** A file's name inside the secrets folder, never a way out of it. */
const secretName = matching('^[A-Za-z0-9][A-Za-z0-9._-]*$', 100);
const procedure = matching('^(?:\\*|[0-9]\\.[0-9]{6}(?:\\.[0-9A-Z]+)*)$', 50);
const eventName: Schema<string> = { type: 'string', enum: eventTypes.map(shortType) };
const reportedName: Schema<string> = { type: 'string', enum: reportedTypes.map(shortType) };

const headerName = matching("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", 100);
/** Always below the endpoint's own address. */
const belowAddress = matching('^/[^\\s#]*$', 2_000);
const valuePath = matching('^\\.?[^\\s{}]+$', 300);

const login = oneKind<Login>({
  'body-key': object<Extract<Login, { kind: 'body-key' }>>(
    { kind: tag('body-key'), field: text(100), secret: secretName },
    {},
  ),
  session: object<Extract<Login, { kind: 'session' }>>(
    { kind: tag('session'), username: text(200), secret: secretName },
    {},
  ),
  bearer: object<Extract<Login, { kind: 'bearer' }>>({ kind: tag('bearer'), secret: secretName }, {}),
  header: object<Extract<Login, { kind: 'header' }>>({ kind: tag('header'), name: headerName, secret: secretName }, {}),
  query: object<Extract<Login, { kind: 'query' }>>({ kind: tag('query'), name: text(100), secret: secretName }, {}),
  basic: object<Extract<Login, { kind: 'basic' }>>({ kind: tag('basic'), username: text(200), secret: secretName }, {}),
  token: object<Extract<Login, { kind: 'token' }>>(
    {
      kind: tag('token'),
      path: belowAddress,
      fields: textMap(20, 500),
      secretField: text(100),
      secret: secretName,
      at: valuePath,
      lasts: duration,
      send: {
        oneOf: [
          object<{ as: 'bearer' }>({ as: choice<'bearer'>({ bearer: true }) }, {}),
          object<{ as: 'header' | 'body' | 'query'; name: string }>(
            { as: choice<'header' | 'body' | 'query'>({ header: true, body: true, query: true }), name: headerName },
            {},
          ),
        ],
      },
    },
    { encoding: choice<'json' | 'form'>({ json: true, form: true }) },
  ),
  webhook: object<Extract<Login, { kind: 'webhook' }>>(
    { kind: tag('webhook'), secrets: list(secretName, 2, { minItems: 1, uniqueItems: true }) },
    {},
  ),
});

const subscription = object<Subscription>(
  {
    procedures: list(procedure, 5_000, { minItems: 1, uniqueItems: true }),
    events: list(eventName, eventTypes.length, { minItems: 1, uniqueItems: true }),
  },
  { cases: choice<'own' | 'all'>({ own: true, all: true }) },
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
    encoding: choice<'json' | 'form'>({ json: true, form: true }),
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

const version = object<ContractVersion>(
  {
    validFrom: formatted('date'),
    owner: matching('^[A-Z][0-9]{2}(?:\\.[0-9A-Z]+)*$', 35),
    protocol: choice<Protocol>({
      'lltp-gen2': true,
      'national-portal': true,
      'one-stop': true,
      topic: true,
      'http-json': true,
      http: true,
      'ministry-central': true,
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
    endpoint: object<Endpoint>({ baseUrl: webAddress }, { login }),
    collect: object<Collect>(
      {
        ask: choice<Collect['ask']>({ 'per-case': true }),
        until: list(integer(1, 10), 10, { minItems: 1, uniqueItems: true }),
        every: duration,
      },
      { operation: operationName, reads: list(readRule, 100, { minItems: 1 }) },
    ),
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
    reconcile: object<Reconcile>({ by: choice<Reconcile['by']>({ books: true }), url: webAddress }, {}),
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
