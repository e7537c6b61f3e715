import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDeclared, recipients, type Receiver } from './recipients.js';

const judicial = ['2.000488'];
const back = ['case.status-changed', 'case.result-issued', 'case.result-revoked'];
const receivers: Receiver[] = [
  { agency: 'mot-cua', receives: [{ procedures: ['*'], events: back, cases: 'own' }] },
  {
    agency: 'lltp',
    receives: [{ procedures: judicial, events: ['case.received', 'case.supplemented', 'case.withdrawn'] }],
  },
  { agency: 'cong-dvc', receives: [{ procedures: ['*'], events: ['case.received', ...back], cases: 'all' }] },
];
const event = { type: 'case.received', procedure: '2.000488', sender: 'mot-cua', enteredBy: 'mot-cua' };

describe('who must know', () => {
  it('a case from the counter: its specialist and the portal, not the counter', () => {
    expect(recipients(event, receivers)).toEqual(['lltp', 'cong-dvc']);
  });

  it('its status from the specialist: the counter that entered it and the portal', () => {
    expect(recipients({ ...event, type: 'case.status-changed', sender: 'lltp' }, receivers)).toEqual([
      'mot-cua',
      'cong-dvc',
    ]);
  });

  it('another counter’s case isn’t this counter’s to know', () => {
    expect(recipients({ ...event, type: 'case.status-changed', sender: 'lltp', enteredBy: 'khac' }, receivers)).toEqual(
      ['cong-dvc'],
    );
  });

  it('another procedure goes only where it is received', () => {
    expect(recipients({ ...event, procedure: '1.001193' }, receivers)).toEqual(['cong-dvc']);
  });

  it('an agency with two subscriptions is told once', () => {
    const twice: Receiver = { agency: 'lltp', receives: [...receivers[1]!.receives, ...receivers[1]!.receives] };
    expect(recipients(event, [twice])).toEqual(['lltp']);
  });
});

describe('a declared procedure', () => {
  it('is one that somebody receives; a counter that only hears of its own cases declares nothing', () => {
    expect(isDeclared('2.000488', receivers)).toBe(true);
    expect(isDeclared('9.999999', receivers.slice(0, 2))).toBe(false);
    expect(isDeclared('2.000488', receivers.slice(0, 1))).toBe(false);
    expect(isDeclared('2.000488', [])).toBe(false);
  });
});

describe('any event', () => {
  const agency = fc.constantFrom('a', 'b', 'c', 'd');
  const procedure = fc.constantFrom('1.000001', '1.000002');
  const type = fc.constantFrom('case.received', 'case.status-changed');
  const subscription = fc.record(
    {
      procedures: fc.array(fc.oneof(procedure, fc.constant('*')), { minLength: 1, maxLength: 2 }),
      events: fc.array(type, { minLength: 1, maxLength: 2 }),
      cases: fc.constantFrom('own' as const, 'all' as const),
    },
    { requiredKeys: ['procedures', 'events'] },
  );
  const all = fc.uniqueArray(fc.record({ agency, receives: fc.array(subscription, { maxLength: 3 }) }), {
    selector: (r) => r.agency,
  });
  const announced = fc.record({ type, procedure, sender: agency, enteredBy: agency });

  it('never goes back to its sender, to nobody twice, and to nobody who didn’t ask for it', () => {
    fc.assert(
      fc.property(announced, all, (event, receivers) => {
        const told = recipients(event, receivers);
        expect(told).not.toContain(event.sender);
        expect(new Set(told).size).toBe(told.length);
        for (const r of receivers.filter((r) => told.includes(r.agency)))
          expect(
            r.receives.some(
              (s) => s.events.includes(event.type) && (s.cases !== 'own' || event.enteredBy === r.agency),
            ),
          ).toBe(true);
      }),
    );
  });

  it('goes to the same agencies in the same order whoever else is connected', () => {
    fc.assert(
      fc.property(announced, all, (event, receivers) => {
        const alone = receivers.flatMap((r) => recipients(event, [r]));
        expect(recipients(event, receivers)).toEqual(alone);
      }),
    );
  });
});
