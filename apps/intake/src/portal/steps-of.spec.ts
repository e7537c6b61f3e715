import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ReadCase } from '#connectors';
import { canFollow } from '#domain';
import { validatePayload, type CaseStatus } from '#wire';
import { stateIn, stateOf, textOf } from './door-state.js';
import { stepsOf, type Standing, type Step } from './steps-of.js';

const TOLD = '2021-06-30T08:00:00+07:00';
const file = { id: '1', address: 'https://files.example.invalid/1', name: 'x.pdf' };
const item = (status: CaseStatus, more: Partial<ReadCase> = {}, phone = '1'): ReadCase => ({
  application: {
    code: '000.00.30.H49-210531-0001',
    procedure: { code: '1.001193', name: 'Đăng ký khai sinh' },
    channel: 'counter',
    province: { code: '22', name: 'Quảng Ninh' },
    unit: { code: '000.00.30.H49', name: 'Trung tâm' },
    submittedAt: '2021-05-31T08:00:00+07:00',
    receivedAt: '2021-05-31T08:05:00+07:00',
    summary: 'x',
    applicant: { name: 'Mẫu', kind: 'citizen', phone },
    returnBy: 'counter',
  },
  documents: [],
  results: [],
  status,
  ...more,
});
/** As the ledger stands once these were entered. */
function after(steps: readonly Step[], before?: Standing): Standing {
  const status = steps.reduce<CaseStatus>((stands, step) => {
    if (step.what === 'nothing') return stands;
    if (step.what === 'result-issued') return 9;
    return 'data' in step ? step.data.status : step.status;
  }, before?.status ?? 2);
  return { status, said: stateIn(textOf(steps.at(-1)!.state)), resultIsOthers: before?.resultIsOthers ?? false };
}
const told = (steps: readonly Step[]): string[] =>
  steps.map((step) => {
    const status = 'status' in step ? step.status : 'data' in step ? step.data.status : '';
    return `${step.what} ${status}`.trim();
  });
const opened = (status: CaseStatus = 2): Standing => after(stepsOf(item(status), undefined, TOLD));

describe('what an item stands for', () => {
  it.each<[CaseStatus, string[]]>([
    [1, ['received 1']],
    [2, ['received 2']],
    [4, ['received 2', 'status-changed 4']],
    [7, ['received 2', 'withdrawn 7']],
    [10, ['received 2', 'status-changed 10']],
  ])('of a new case at %i', (status, steps) => {
    expect(told(stepsOf(item(status), undefined, TOLD))).toEqual(steps);
  });

  it('of a case that it has told before is what differs', () => {
    expect(told(stepsOf(item(2), opened(), TOLD))).toEqual(['nothing']);
    expect(told(stepsOf(item(4), opened(), TOLD))).toEqual(['status-changed 4']);
    expect(told(stepsOf(item(4, {}, '2'), opened(), TOLD))).toEqual(['supplemented 4']);
    expect(told(stepsOf(item(5, {}, '2'), opened(), TOLD))).toEqual(['supplemented 2', 'status-changed 5']);
    expect(told(stepsOf(item(10, { results: [file] }, '2'), opened(4), TOLD))).toEqual([
      ...['supplemented 4', 'result-issued', 'status-changed 10'],
    ]);
    expect(told(stepsOf(item(4, { results: [file] }), opened(4), TOLD))).toEqual(['nothing']);
  });

  it('takes nothing back that others have moved on, and echoes nothing that they said', () => {
    const byOthers: Standing = { ...opened(), status: 4 };
    expect(told(stepsOf(item(2), byOthers, TOLD))).toEqual(['nothing']);
    expect(told(stepsOf(item(4), byOthers, TOLD))).toEqual(['nothing']);
    expect(told(stepsOf(item(2, {}, '2'), byOthers, TOLD))).toEqual(['supplemented 4']);
    const result: Standing = { ...byOthers, status: 9, resultIsOthers: true };
    expect(told(stepsOf(item(10, { results: [file] }), result, TOLD))).toEqual(['status-changed 10']);
    const byAnotherDoor: Standing = { status: 4, said: null, resultIsOthers: false };
    expect(told(stepsOf(item(2), byAnotherDoor, TOLD))).toEqual(['supplemented 4']);
  });

  it('has the item’s own times and reasons, and else the time at which it was told', () => {
    const asked = { at: '2021-06-02T08:00:00+07:00', request: 'Bổ sung ảnh' };
    const dataOf = (status: CaseStatus, more: Partial<ReadCase> = {}): unknown =>
      stepsOf(item(status, more), opened(4), TOLD).map((step) => ('data' in step ? step.data : step.what))[0];
    expect(dataOf(5, { asked })).toEqual({ status: 5, at: asked.at, reason: asked.request });
    expect(dataOf(8, { note: 'Chờ' })).toEqual({ status: 8, at: TOLD, note: 'Chờ' });
    expect(dataOf(7, { note: 'Rút' })).toEqual({ status: 7, at: TOLD, reason: 'Rút' });
    const finishedAt = '2021-06-03T08:00:00+07:00';
    expect(dataOf(9, { finishedAt })).toEqual({ status: 9, at: finishedAt, finishedAt });
  });

  it('is nothing the second time, wherever the first broke off it gives the rest, and each payload is valid', () => {
    const items = fc
      .record({ status: fc.integer({ min: 1, max: 10 }), phone: fc.constantFrom('1', '2'), result: fc.boolean() })
      .map(({ status, phone, result }) => item(status as CaseStatus, { results: result ? [file] : [] }, phone));
    fc.assert(
      fc.property(items, items, fc.boolean(), (first, second, resultIsOthers) => {
        const standing = { ...after(stepsOf(first, undefined, TOLD)), resultIsOthers };
        const steps = stepsOf(second, standing, TOLD);
        expect(told(stepsOf(second, after(steps, standing), TOLD))).toEqual(['nothing']);
        const target = stateOf(second, resultIsOthers);
        expect(steps.at(-1)!.state).toEqual(target);
        for (let done = 1; done < steps.length; done++) {
          const rest = stepsOf(second, after(steps.slice(0, done), standing), TOLD);
          expect(told(rest)).toEqual(told(steps.slice(done)));
        }
        for (const step of steps)
          if ('data' in step) {
            const what = step.what;
            expect(validatePayload(`vn.lienthong.case.${what}.v1`, step.data)).toEqual([]);
          }
      }),
    );
  });

  it('begins a case where it may begin', () => {
    for (let status = 1; status <= 10; status++) {
      const [first] = stepsOf(item(status as CaseStatus), undefined, TOLD);
      expect(first?.what === 'received' && canFollow(null, first.status).kind).toBe('follows');
    }
  });
});
