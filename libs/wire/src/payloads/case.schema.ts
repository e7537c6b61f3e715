import { shortType, type EventPayloads, type EventType, type FactType } from '../events.js';
import {
  choice,
  formatted,
  integer,
  list,
  matching,
  numberChoice,
  object,
  openRecord,
  text,
  type Schema,
} from '../schema.js';
import { comparedFields } from '../reconcile/line.js';
import type { PublishedType, SecondPayloads } from '../event-versions.js';
import type * as payload from './case.js';
import type { ApplicantV2, CaseApplicationV2, Identity } from './case-v2.js';
import { declaration, recordNumber } from './declaration.schema.js';
import { factSchemas } from './facts.schema.js';
import { coded, email, phone } from './person.schema.js';

const instant = formatted('date-time');

const status = numberChoice<payload.CaseStatus>({
  1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true, 10: true,
}); // prettier-ignore

const file = object<payload.FileReference>(
  {
    sha256: matching('^[0-9a-f]{64}$', 64),
    // The portal takes names up to 4,000 and labels up to 2,000 characters.
    name: text(4_000),
    mediaType: matching('^[a-z0-9.+-]+/[a-z0-9.+-]+$', 127),
    size: integer(0, 2 ** 40),
  },
  { componentCode: text(64), label: text(2_000) },
);
const files = list(file, 200);

const fee = object<payload.Fee>(
  { code: text(64), name: text(500), amount: integer(0, 1e12) },
  { method: text(64), kind: text(64) },
);

const applicant = object<payload.Applicant>(
  {
    name: text(300),
    kind: choice<payload.ApplicantKind>({ citizen: true, business: true, 'state-body': true, other: true }),
  },
  { idNumber: text(30), phone, email, portalAccount: text(100) },
);

const applicantV2 = object<ApplicantV2>(
  {
    name: text(300),
    kind: choice<payload.ApplicantKind>({ citizen: true, business: true, 'state-body': true, other: true }),
  },
  {
    identity: object<Identity>(
      {
        kind: choice<Identity['kind']>({
          'personal-number': true,
          'former-id-card': true,
          'enterprise-code': true,
          other: true,
        }),
        number: text(30),
      },
      {},
    ),
    phone,
    email,
    portalAccount: text(100),
  },
);

/** The code's form has its own check and its own problem; here only its bound. */
const application = object<payload.CaseApplication>(
  {
    code: text(100),
    procedure: coded,
    channel: choice<payload.Channel>({ counter: true, online: true, post: true }),
    province: coded,
    unit: coded,
    submittedAt: instant,
    receivedAt: instant,
    summary: text(1_000),
    applicant,
    returnBy: choice<'counter' | 'post'>({ counter: true, post: true }),
  },
  {
    field: coded,
    dueAt: instant,
    returnAddress: text(500),
    status,
    fees: list(fee, 100),
    documents: files,
    declaration,
    supplement: object<NonNullable<payload.CaseApplication['supplement']>>(
      { receivedAt: instant },
      { requestedAt: instant, request: text(4_000), note: text(4_000), previousDueAt: instant },
    ),
  },
);

/** The same case with another applicant. */
const applicationV2: Schema<CaseApplicationV2> = {
  ...application,
  properties: { ...(application.properties as object), applicant: applicantV2 },
};

const statusChange = object<payload.StatusChange>(
  { status, at: instant },
  {
    officer: object<NonNullable<payload.StatusChange['officer']>>(
      { name: text(200) },
      { position: text(200), department: text(300) },
    ),
    note: text(4_000),
    reason: text(4_000),
    startedAt: instant,
    dueAt: instant,
    finishedAt: instant,
  },
);

const judicialRecord = object<payload.JudicialRecordResult>(
  {
    number: text(100),
    issuedOn: formatted('date'),
    recordNumber,
    convictionStatus: coded,
    convictions: list(openRecord, 200),
    bans: list(openRecord, 200),
  },
  { preparedBy: text(200), signedBy: text(200), signerPosition: text(200), banFromOffice: coded },
);

const resultIssued = object<payload.ResultIssued>(
  { status: numberChoice<9>({ 9: true }), at: instant, documents: files },
  { judicialRecord },
);

const resultRevoked = object<payload.ResultRevoked>(
  {
    at: instant,
    reason: text(4_000),
    decision: object<payload.ResultRevoked['decision']>(
      { number: text(100), date: formatted('date') },
      { summary: text(1_000) },
    ),
  },
  { document: file },
);

const withdrawn = object<payload.CaseWithdrawn>(
  { status: numberChoice<7>({ 7: true }), at: instant },
  { reason: text(4_000) },
);

const merged = object<payload.CaseMerged>(
  { code: text(100), sequence: integer(1, 2 ** 31 - 1), headHash: matching('^[0-9a-f]{64}$', 64) },
  {},
);

const valueOfOne: Schema<string | null> = { type: ['string', 'null'], maxLength: 300 };

const correctionAsked = object<payload.CorrectionAsked>(
  {
    discrepancy: matching('^[1-9][0-9]{0,18}$', 19),
    agency: text(100),
    key: text(300),
    fields: list(
      object<payload.CorrectionAsked['fields'][number]>(
        { name: { type: 'string', enum: comparedFields }, ours: valueOfOne, theirs: valueOfOne },
        {},
      ),
      comparedFields.length,
    ),
    reason: object<payload.CorrectionAsked['reason']>({ vi: text(1_000), en: text(1_000) }, {}),
  },
  { note: text(1_000) },
);

const published = <S>(type: PublishedType, schema: Schema<S>): Schema<S> => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:lienthong:schema:${type.slice('vn.lienthong.'.length)}`,
  title: shortType(type),
  ...schema,
});

const publishedFact = <T extends FactType>(type: T): Schema<EventPayloads[T]> => published(type, factSchemas[type]);

/** JSON Schema of each event type's payload: what is checked, and what is published. */
export const payloadSchemas: { readonly [T in EventType]: Schema<EventPayloads[T]> } = {
  'vn.lienthong.case.received.v1': published('vn.lienthong.case.received.v1', application),
  'vn.lienthong.case.supplemented.v1': published('vn.lienthong.case.supplemented.v1', application),
  'vn.lienthong.case.status-changed.v1': published('vn.lienthong.case.status-changed.v1', statusChange),
  'vn.lienthong.case.result-issued.v1': published('vn.lienthong.case.result-issued.v1', resultIssued),
  'vn.lienthong.case.result-revoked.v1': published('vn.lienthong.case.result-revoked.v1', resultRevoked),
  'vn.lienthong.case.withdrawn.v1': published('vn.lienthong.case.withdrawn.v1', withdrawn),
  'vn.lienthong.case.merged.v1': published('vn.lienthong.case.merged.v1', merged),
  'vn.lienthong.case.correction-asked.v1': published('vn.lienthong.case.correction-asked.v1', correctionAsked),
  'vn.lienthong.payment.requested.v1': publishedFact('vn.lienthong.payment.requested.v1'),
  'vn.lienthong.payment.settled.v1': publishedFact('vn.lienthong.payment.settled.v1'),
  'vn.lienthong.petition.received.v1': publishedFact('vn.lienthong.petition.received.v1'),
  'vn.lienthong.petition.answered.v1': publishedFact('vn.lienthong.petition.answered.v1'),
  'vn.lienthong.procedure.listed.v1': publishedFact('vn.lienthong.procedure.listed.v1'),
  'vn.lienthong.account.opened.v1': publishedFact('vn.lienthong.account.opened.v1'),
  'vn.lienthong.unit.listed.v1': publishedFact('vn.lienthong.unit.listed.v1'),
  'vn.lienthong.figure.published.v1': publishedFact('vn.lienthong.figure.published.v1'),
};

/** The same for every type that a consumer may read. */
export const publishedSchemas: typeof payloadSchemas & {
  readonly [T in keyof SecondPayloads]: Schema<SecondPayloads[T]>;
} = {
  ...payloadSchemas,
  'vn.lienthong.case.received.v2': published('vn.lienthong.case.received.v2', applicationV2),
  'vn.lienthong.case.supplemented.v2': published('vn.lienthong.case.supplemented.v2', applicationV2),
};
