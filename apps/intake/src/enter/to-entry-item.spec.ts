import { describe, expect, it } from '@jest/globals';
import { dayOf, stateOf, toEntryItem, type Contracts, type Report } from './to-entry-item.js';

const code = '000.17.22.H53-210531-0001';
const application = {
  code,
  procedure: { code: '2.000488', name: 'Cấp Phiếu lý lịch tư pháp' },
  channel: 'counter',
  province: { code: '72', name: 'Tây Ninh' },
  unit: { code: '000.17.22.H53', name: 'Trung tâm' },
  submittedAt: '2021-05-31T08:00:00+07:00',
  receivedAt: '2021-05-31T08:15:00+07:00',
  dueAt: '2021-06-14T17:00:00+07:00',
  summary: 'Đề nghị cấp Phiếu',
  applicant: { name: 'Nguyễn Văn Thử', kind: 'citizen' },
  returnBy: 'counter',
};
const contracts: Contracts = {
  maySend: (agency) => agency !== 'reader',
  declares: (procedure, day) => procedure === '2.000488' && day < '2025-03-01',
  isAsked: (agency) => agency === 'lltp',
};
const received = (data: unknown, more: Partial<Report> = {}): Report => ({
  sender: 'mot-cua',
  key: 'k',
  type: 'vn.lienthong.case.received.v1',
  code: (data as { code: string }).code,
  data,
  at: { data: '', code: '/code' },
  ...more,
});
const event = (type: string, data: unknown, more: Partial<Report> = {}): Report => ({
  sender: 'lltp',
  key: 'k',
  type,
  code,
  data,
  at: { data: '/data', code: '/subject' },
  ...more,
});
const refused = (report: Report): object => {
  const checked = toEntryItem(report, contracts);
  if (checked.kind === 'item') throw new Error('was taken');
  return { code: checked.refusal.code, ...checked.refusal.faults![0] };
};
const at = '2021-06-01T08:00:00+07:00';

describe('checking a report', () => {
  it('opens a stream on the day of reception in Vietnam, with the procedure in its short form', () => {
    const long = {
      ...application,
      procedure: { code: '2.000488.000.00.00.H56', name: 'x' },
      receivedAt: '2021-05-31T23:30:00Z',
      dueAt: '2021-06-14T17:00:00Z',
    };
    expect(toEntryItem(received(long), contracts)).toEqual({
      kind: 'item',
      item: {
        sender: 'mot-cua',
        key: 'k',
        type: 'vn.lienthong.case.received.v1',
        caseCode: code,
        data: long,
        opens: {
          procedure: '2.000488',
          openedOn: '2021-06-01',
          dueAt: '2021-06-14T17:00:00Z',
          unit: '000.17.22.H53',
        },
        status: 2,
      },
    });
  });

  it.each<[string, Report, object]>([
    [
      'text that is not NFC',
      received({ ...application, summary: 'Nguyễn'.normalize('NFD') }),
      { code: 'text-not-nfc', path: '/summary', rule: 'nfc' },
    ],
    ['NUL', received({ ...application, summary: 'a\0' }), { code: 'invalid-payload', path: '/summary', rule: 'nul' }],
    [
      'half a surrogate pair',
      received({ ...application, summary: '\ud800' }),
      { code: 'invalid-payload', path: '/summary', rule: 'unpaired-surrogate' },
    ],
    ['an unknown type', event('vn.lienthong.case.burnt.v1', {}), { code: 'unknown-event-type', path: '/type' }],
    [
      'a member nobody knows',
      received({ ...application, extra: 1 }),
      { code: 'invalid-payload', path: '/extra', rule: 'additionalProperties' },
    ],
    [
      'a date that isn’t one',
      received({ ...application, submittedAt: '2021-02-30T08:00:00Z' }),
      { code: 'invalid-payload', path: '/submittedAt', rule: 'format:date-time' },
    ],
    [
      'a code of no form',
      received({ ...application, code: 'H53/1' }),
      { code: 'invalid-case-code', path: '/code', rule: 'form' },
    ],
    [
      'a code with a day that isn’t one',
      received({ ...application, code: '000.17.22.H53-210231-0001' }),
      { code: 'invalid-case-code', rule: 'date' },
    ],
    [
      'a code dated after its reception',
      received({ ...application, code: '000.17.22.H53-210603-0001' }),
      { code: 'invalid-case-code', rule: 'date' },
    ],
    [
      'a form that was not yet in force',
      received({ ...application, code: 'H53.14-20210531-0001' }),
      { code: 'invalid-case-code', rule: 'not-in-force' },
    ],
    [
      'another code in the data than in the address',
      event('vn.lienthong.case.supplemented.v1', application, { code: '000.17.22.H53-210531-0002' }),
      { code: 'invalid-payload', path: '/data/code', rule: 'same-as:/subject' },
    ],
    [
      'a type that the contract doesn’t let it send',
      event('vn.lienthong.case.withdrawn.v1', { status: 7, at }, { sender: 'reader' }),
      { code: 'not-your-event', path: '/type' },
    ],
    [
      'a procedure that nobody receives',
      received({ ...application, procedure: { code: '1.000001', name: 'x' } }),
      { code: 'undeclared-procedure', path: '/procedure/code' },
    ],
  ])('refuses %s', (_what, report, fault) => {
    expect(refused(report)).toMatchObject(fault);
  });

  it('names the first thing that is wrong, so that the order of checks is part of the answer', () => {
    expect(
      refused(received({ ...application, code: 'x', summary: 'Nguyễn'.normalize('NFD'), channel: 'pigeon' })),
    ).toMatchObject({ code: 'text-not-nfc' });
    expect(refused(received({ ...application, code: 'x', channel: 'pigeon' }))).toMatchObject({
      code: 'invalid-payload',
      path: '/channel',
    });
  });

  it('takes an event’s status from its type where the type says it', () => {
    const taken = (report: Report): unknown => {
      const checked = toEntryItem(report, contracts);
      return checked.kind === 'item' ? checked.item.status : checked.refusal;
    };
    expect(taken(event('vn.lienthong.case.status-changed.v1', { status: 5, at }))).toBe(5);
    expect(taken(event('vn.lienthong.case.result-issued.v1', { status: 9, at, documents: [] }))).toBe(9);
    expect(taken(event('vn.lienthong.case.withdrawn.v1', { status: 7, at }))).toBe(7);
    expect(taken(event('vn.lienthong.case.supplemented.v1', application))).toBe(4);
    expect(taken(event('vn.lienthong.case.supplemented.v1', { ...application, status: 2 }))).toBe(2);
    expect(
      taken(
        event('vn.lienthong.case.result-revoked.v1', {
          at,
          reason: 'r',
          decision: { number: '1', date: '2021-06-01' },
        }),
      ),
    ).toBeUndefined();
  });

  it('compares states only of an agency that is asked as well', () => {
    const state = (report: Report): unknown => {
      const checked = toEntryItem(report, contracts);
      return checked.kind === 'item' && checked.item.state;
    };
    expect(state(event('vn.lienthong.case.status-changed.v1', { status: 4, at }))).toBe('4');
    expect(
      state(event('vn.lienthong.case.status-changed.v1', { status: 4, at }, { sender: 'mot-cua' })),
    ).toBeUndefined();
    expect(
      state(event('vn.lienthong.case.status-changed.v1', { status: 4, at }, { sender: 'mot-cua', state: '4 x' })),
    ).toBe('4 x');
  });

  it('tells a result by its number and documents, a refusal by its reason', () => {
    const document = { sha256: 'b1'.repeat(32), name: 'a.pdf', mediaType: 'application/pdf', size: 1 };
    expect(
      stateOf('vn.lienthong.case.result-issued.v1', {
        status: 9,
        at,
        documents: [document],
        judicialRecord: { number: '12/LLTP' },
      }),
    ).toBe(`9 result 12/LLTP ${'b1'.repeat(32)}`);
    expect(stateOf('vn.lienthong.case.status-changed.v1', { status: 5, at, reason: 'thiếu giấy' })).not.toBe(
      stateOf('vn.lienthong.case.status-changed.v1', { status: 5, at, reason: 'thiếu ảnh' }),
    );
    expect(stateOf('vn.lienthong.case.status-changed.v1', { status: 4, at, note: 'a' })).toBe('4');
  });

  it('ends a day at midnight in Asia/Ho_Chi_Minh', () => {
    expect(dayOf('2021-05-31T16:59:59Z')).toBe('2021-05-31');
    expect(dayOf('2021-05-31T17:00:00Z')).toBe('2021-06-01');
    expect(dayOf('2021-05-31T23:59:59+07:00')).toBe('2021-05-31');
  });
});
