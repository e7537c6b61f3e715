import type {
  AgencyFile,
  Breaker,
  ContractVersion,
  Endpoint,
  Protocol,
  ReplyRule,
  Subscription,
} from './agency-file.js';
import { eventTypes, reportedTypes, shortType } from './events.js';
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

const replyRule = object<ReplyRule>(
  {
    when: {
      ...object<ReplyRule['when']>(
        {},
        {
          status: { anyOf: [httpStatus, { type: 'array', items: httpStatus, minItems: 1, maxItems: 50 }] },
          json: {
            type: 'object',
            minProperties: 1,
            maxProperties: 20,
            additionalProperties: { type: ['string', 'number'] },
          },
          text: text(500),
          contentType: text(100),
          operation: text(100),
        },
      ),
      // A row that matches everything would make an unknown answer something else than doubt.
      minProperties: 1,
    },
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
      {},
    ),
    lookUp: object<LookUp>({ proves: choice<LookUp['proves']>({ event: true, state: true }) }, {}),
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
