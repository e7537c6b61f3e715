import { describe, expect, it } from '@jest/globals';
import type { Operation, ReplayDelivery, ReplayLane } from '#ledger';
import { countWhole, everythingAgain, mostOpen } from './replay-everything.js';

const delivery = (sequence: number, more: Partial<ReplayDelivery> = {}): ReplayDelivery => ({
  ...{ sequence, form: 'delta', state: 'acknowledged', taint: 'none' },
  ...{ inPeriod: true, day: '2026-11-26', type: 'vn.lienthong.case.status-changed.v1' },
  ...more,
});
const lane = (deliveries: ReplayDelivery[], more: Partial<ReplayLane> = {}): ReplayLane => ({
  ...{ streamId: '1', claim: 1, busy: false, sealed: false, held: false },
  deliveries,
  ...more,
});
const [replay, rehearsal] = [{ kind: 'replay' }, { kind: 'rehearse-replay' }] as Operation[];

describe('everything of a period, of one lane', () => {
  it('waits for a lane that is held this moment; only a rehearsal looks at it all the same', () => {
    const held = lane([delivery(1)], { held: true, busy: true });
    expect(everythingAgain(held, replay!)).toBe('not-now');
    expect(everythingAgain(held, rehearsal!)).toMatchObject({ said: 'again' });
  });

  it('stands back from a doubt and from what was merged away', () => {
    expect(everythingAgain(lane([delivery(1)], { busy: true }), replay!)).toEqual({ said: 'busy', reopen: [] });
    expect(everythingAgain(lane([delivery(1)], { sealed: true }), replay!)).toEqual({ said: 'behind', reopen: [] });
    expect(everythingAgain(lane([delivery(1, { inPeriod: false })]), replay!)).toEqual({ said: 'kept', reopen: [] });
  });

  it('is counted by day and type, with what isn’t told again', () => {
    const deliveries = [
      delivery(1, { day: '2026-11-25' }),
      delivery(2, { form: 'result' }),
      delivery(3, { form: 'revocation', type: 'vn.lienthong.case.result-revoked.v1' }),
      delivery(4, { state: 'parked' }),
      delivery(5, { inPeriod: false }),
    ];
    const one = lane(deliveries);
    const decided = everythingAgain(one, replay!);
    if (decided === 'not-now') throw new Error(decided);
    const counted = { again: 0, parked: 0, revoked: 0, days: {} };
    countWhole(counted, one, decided.reopen);
    expect(counted).toEqual({
      ...{ again: 2, parked: 1, revoked: 1 },
      days: {
        '2026-11-25': { 'case.status-changed': 1 },
        '2026-11-26': { 'case.result-revoked': 1, 'case.status-changed': 1 },
      },
    });
  });

  it('never fills an agency’s places for long, nor creeps', () => {
    const open = (inFlight: number, itemsPerRequest?: number) =>
      mostOpen({ limits: { inFlight, timeout: '1s', ...(itemsPerRequest ? { itemsPerRequest } : {}) } } as never);
    expect([open(1), open(16), open(4, 50)]).toEqual([20, 32, 200]);
  });
});
