import fc from 'fast-check';

import { validatePayload, type CaseApplication } from '#wire';

import { pdfHash } from './case.fixture.js';

const said = (most = 30) =>
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: most }).map((text) => `Ổ${text}`.slice(0, most));
const coded = fc.record({ code: said(10), name: said() });
const iso = (from: string, to: string) =>
  fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true }).map((date) => date.toISOString());
const day = iso('1900-01-01', '2099-12-31').map((text) => text.slice(0, 10));
const partialDate = fc.tuple(day, fc.constantFrom(4, 7, 10)).map(([text, length]) => text.slice(0, length));
const instant = fc
  .tuple(iso('2000-01-01', '2090-12-31'), fc.constantFrom('Z', '+07:00', '-11:30', '.123456Z'))
  .map(([text, end]) => text.slice(0, 19) + end);
const optional = { freq: 2, nil: undefined } as const;
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, optional);
const address = fc.record(
  {
    province: coded,
    district: coded,
    commune: coded,
    detail: said(),
    country: fc.constantFrom('VN', 'việt nam', 'Lào'),
  },
  { requiredKeys: [] },
);
const kin = fc.record({ name: said(), born: partialDate }, { requiredKeys: ['name'] });
const file = fc.record(
  {
    sha256: fc.constantFrom(pdfHash, 'ab'.repeat(32)),
    name: said(),
    mediaType: fc.constant('application/pdf'),
    size: fc.nat(),
    componentCode: said(9),
    label: said(),
  },
  { requiredKeys: ['sha256', 'name', 'mediaType', 'size'] },
);

const declaration = fc.record(
  {
    recordNumber: fc.constantFrom(1 as const, 2 as const),
    banFromOffice: fc.boolean(),
    purpose: coded,
    otherPurpose: said(),
    copies: fc.integer({ min: 1, max: 100 }),
    name: said(),
    otherName: said(),
    sex: fc.constantFrom('male' as const, 'female' as const),
    born: partialDate,
    birthPlace: address,
    nationality: coded,
    ethnicity: coded,
    permanentResidence: address,
    temporaryResidence: address,
    identityPaper: fc.record({ type: coded, number: said(12), issuedOn: partialDate, issuedBy: said() }),
    phone: said(12),
    father: kin,
    mother: kin,
    spouse: kin,
    residences: fc.array(fc.record({ from: fc.constant('2001'), to: fc.constant('2004-09'), place: said() }), { maxLength: 3 }),
    payerClass: coded,
    convictions: said(),
    mandate: fc.record({ name: said(), born: partialDate, relation: coded, residence: said(), signedOn: day }, { requiredKeys: ['name'] }),
  },
  {
    requiredKeys: [
      'recordNumber', 'banFromOffice', 'purpose', 'copies', 'name', 'sex', 'born', 'birthPlace', 'nationality',
      'ethnicity', 'permanentResidence', 'identityPaper', 'residences', 'payerClass',
    ],
  },
); // prettier-ignore

/** Applications that intake would take: the wire's own check decides. */
export const validApplication: fc.Arbitrary<CaseApplication> = fc
  .record(
    {
      code: fc.constant('H56.14-241112-0009'),
      procedure: fc.record({ code: fc.constantFrom('2.000488', '1.001193'), name: said() }),
      field: coded,
      channel: fc.constantFrom('counter' as const, 'online' as const, 'post' as const),
      province: coded,
      unit: coded,
      submittedAt: instant,
      receivedAt: instant,
      dueAt: instant,
      summary: said(1_000),
      applicant: fc.record(
        {
          name: said(),
          kind: fc.constantFrom('citizen' as const, 'business' as const, 'state-body' as const, 'other' as const),
          idNumber: fc.constantFrom('038190000123', '123456789', 'B1234567'),
          phone: said(12),
          portalAccount: said(),
        },
        { requiredKeys: ['name', 'kind'] },
      ),
      returnBy: fc.constantFrom('counter' as const, 'post' as const),
      fees: fc.array(fc.record({ code: said(9), name: said(), amount: fc.nat({ max: 1e9 }) }), { maxLength: 2 }),
      documents: fc.array(file, { maxLength: 3 }),
      declaration: some(declaration),
      supplement: some(fc.record({ receivedAt: instant, request: said() }, { requiredKeys: ['receivedAt'] })),
    },
    {
      requiredKeys: [
        'code',
        'procedure',
        'channel',
        'province',
        'unit',
        'submittedAt',
        'receivedAt',
        'summary',
        'applicant',
        'returnBy',
      ],
    },
  )
  .map(inOrder)
  .filter((application) => validatePayload('vn.lienthong.case.received.v1', application).length === 0);

/** Submitted, received, due: in the order in which they can happen. */
function inOrder(drawn: Record<string, unknown>): CaseApplication {
  const application = JSON.parse(JSON.stringify(drawn)) as CaseApplication;
  const times = [application.submittedAt, application.receivedAt, application.dueAt ?? application.receivedAt];
  const [submittedAt = '', receivedAt = '', dueAt = ''] = times.sort((a, b) => Date.parse(a) - Date.parse(b));
  return { ...application, submittedAt, receivedAt, ...(application.dueAt === undefined ? {} : { dueAt }) };
}
