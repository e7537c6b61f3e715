import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical.js';
import {
  endingHeaders,
  eventVersions,
  hasEndedOn,
  publishedTypes,
  spokenAs,
  spokenTerms,
  toVersion,
} from './event-versions.js';
import { eventTypes, shortType } from './events.js';
import { publishedSchemas } from './payloads/case.schema.js';
import { fullPayloads as payloads } from './payloads/case.fixture.js';
import type { CaseApplication } from './payloads/case.js';
import { toFirst, toSecond } from './payloads/case-v2.js';
import { validatePublished } from './payloads/validate.js';

const received = 'vn.lienthong.case.received.v1';
const application = payloads[received] as CaseApplication;
const digits = (n: number) => fc.stringMatching(new RegExp(`^[0-9]{${n}}$`));
const applicants = fc.record(
  {
    name: fc.string({ minLength: 1 }),
    kind: fc.constantFrom('citizen', 'business', 'state-body', 'other'),
    idNumber: fc.oneof(digits(9), digits(10), digits(12), digits(13), fc.string({ minLength: 1, maxLength: 30 })),
    phone: fc.string(),
    email: fc.string(),
    portalAccount: fc.string(),
  },
  { requiredKeys: ['name', 'kind'] },
) as fc.Arbitrary<CaseApplication['applicant']>;

describe('the second version of a case', () => {
  it('loses nothing that the first had, and keeps its number to the letter', () => {
    fc.assert(
      fc.property(applicants, (applicant) => {
        const first: CaseApplication = { ...application, applicant };
        const second = toSecond(first);
        expect(canonicalJson(toFirst(second))).toBe(canonicalJson(first));
        expect(second.applicant.identity?.number).toBe(applicant.idNumber);
        expect(second.applicant).not.toHaveProperty('idNumber');
        expect(toSecond(toFirst(second))).toEqual(second);
      }),
    );
  });

  it.each([
    ['citizen', '072090000001', 'personal-number'],
    ['citizen', '012345678', 'former-id-card'],
    ['business', '0101234567', 'enterprise-code'],
    ['business', '0101234567-001', 'enterprise-code'],
    ['business', '072090000001', 'other'],
    ['citizen', 'C1234567', 'other'],
    ['other', '072090000001', 'other'],
    ['citizen', '٠١٢٣٤٥٦٧٨', 'other'],
  ] as const)('of a %s, %s is of the kind %s', (kind, idNumber, expected) => {
    const { applicant } = toSecond({ ...application, applicant: { name: 'a', kind, idNumber } });
    expect(applicant.identity).toEqual({ kind: expected, number: idNumber });
  });

  it('has the schema that is published, and the first doesn’t fit it', () => {
    const second = toSecond(application);
    expect(validatePublished('vn.lienthong.case.received.v2', second)).toEqual([]);
    expect(validatePublished('vn.lienthong.case.received.v2', application)).toMatchObject([
      { path: '/applicant/idNumber' },
    ]);
    expect(validatePublished(received, second)).toMatchObject([{ path: '/applicant/identity' }]);
    const late = { ...second, receivedAt: '2000-01-01T00:00:00Z' };
    expect(validatePublished('vn.lienthong.case.received.v2', late)).toMatchObject([{ path: '/receivedAt' }]);
  });
});

describe('the catalogue of event versions', () => {
  it('has a row and a schema for each type that is published, and an end only where there is a next', () => {
    expect(Object.keys(publishedSchemas).sort()).toEqual([...publishedTypes].sort());
    expect(eventVersions.map(({ type }) => type)).toEqual(publishedTypes);
    const ending = eventVersions.filter(({ until }) => until !== null);
    expect(ending.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'case.received v1',
      'case.supplemented v1',
    ]);
  });

  it('gives a reader of v2 what hasn’t changed as v1, and a reader of v1 everything as it is kept', () => {
    for (const type of eventTypes) {
      expect(spokenAs('v1', type, payloads[type] as never)).toEqual({ type, data: payloads[type] });
      const { type: spoken } = spokenAs('v2', type, payloads[type] as never);
      expect(spoken === type).toBe(!['case.received', 'case.supplemented'].includes(shortType(type)));
    }
  });

  it('ends a version after its last day in Asia/Ho_Chi_Minh, and says so as HTTP does', () => {
    const { until } = spokenTerms.v1;
    expect(hasEndedOn('v1', new Date(`${until}T23:59:59+07:00`))).toBe(false);
    expect(hasEndedOn('v1', new Date(Date.parse(`${until}T23:59:59+07:00`) + 1_000))).toBe(true);
    expect(hasEndedOn('v2', new Date('2999-01-01T00:00:00Z'))).toBe(false);
    expect(endingHeaders('v2')).toEqual({});
    const { sunset, deprecation } = endingHeaders('v1');
    expect(new Date(sunset!).toISOString()).toBe('2027-12-31T17:00:00.000Z');
    expect(deprecation).toMatch(/^@\d{10}$/);
  });

  it('turns a CloudEvent into either version under the same id, and back', () => {
    const event = { specversion: '1.0', id: 'a', source: '/a', type: received, subject: `case/${application.code}`, time: '2026-01-01T00:00:00Z', datacontenttype: 'application/json', data: application } as const; // prettier-ignore
    const second = toVersion('v2', event);
    expect(second).toMatchObject({ id: 'a', type: 'vn.lienthong.case.received.v2' });
    expect(toVersion('v1', second)).toEqual(event);
    expect(toVersion('v2', second)).toEqual(second);
  });
});
