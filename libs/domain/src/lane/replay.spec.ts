import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeliveryState, Form, LaneDelivery } from './lane.js';
import { everythingOf, isRevoked, replayOf } from './replay.js';

const lane = (...deliveries: [Form, DeliveryState][]): LaneDelivery[] =>
  deliveries.map(([form, state], i) => ({ sequence: i + 1, form, state, taint: 'none' }));
const nothing = new Map<number, 'held' | 'missing'>();

describe('a replay of a lane', () => {
  it('sends the current full state once more, as a new revision, and none that it replaced', () => {
    const deliveries = lane(['full', 'superseded'], ['full', 'acknowledged'], ['full', 'acknowledged']);
    expect(replayOf(deliveries, nothing, false)).toEqual({
      kind: 'decided',
      reopen: [{ sequence: 3, as: 'new-revision' }],
      behind: null,
    });
  });

  it('sends what is parked under its own key, and nothing where the current state is on its way already', () => {
    const parked = lane(['full', 'acknowledged'], ['delta', 'parked'], ['delta', 'open']);
    expect(replayOf(parked, nothing, false)).toMatchObject({
      reopen: [
        { sequence: 1, as: 'new-revision' },
        { sequence: 2, as: 'same-key' },
      ],
    });
    const newer = lane(['full', 'acknowledged'], ['full', 'open']);
    expect(replayOf(newer, nothing, false)).toMatchObject({ reopen: [], behind: null });
  });

  it('asks for the newest first and sends, in order, what is missing; nothing that a held one has followed', () => {
    const deliveries = lane(['delta', 'acknowledged'], ['delta', 'acknowledged'], ['delta', 'acknowledged']);
    expect(replayOf(deliveries, nothing, true)).toEqual({ kind: 'ask', sequence: 3 });
    expect(replayOf(deliveries, new Map([[3, 'missing']]), true)).toEqual({ kind: 'ask', sequence: 2 });
    expect(
      replayOf(
        deliveries,
        new Map([
          [3, 'missing'],
          [2, 'held'],
        ]),
        true,
      ),
    ).toMatchObject({ reopen: [{ sequence: 3, as: 'same-key' }] });
  });

  it('says so where the current full state would come after what followed it', () => {
    const deliveries = lane(['full', 'acknowledged'], ['result', 'acknowledged']);
    expect(replayOf(deliveries, nothing, false)).toEqual({ kind: 'decided', reopen: [], behind: 1 });
    expect(replayOf(deliveries, new Map([[2, 'missing']]), true)).toMatchObject({
      reopen: [
        { sequence: 1, as: 'new-revision' },
        { sequence: 2, as: 'same-key' },
      ],
    });
  });

  it('never leaves anything acknowledged above what it sends again, whatever the partner says', () => {
    const form = fc.constantFrom<Form>('full', 'delta', 'barrier', 'result', 'revocation');
    const state = fc.constantFrom<DeliveryState>('open', 'parked', 'acknowledged', 'superseded', 'closed');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(form, state), { maxLength: 12 }),
        fc.boolean(),
        fc.func(fc.boolean()),
        (of, canAsk, says) => {
          const deliveries = lane(...of);
          const heard = new Map<number, 'held' | 'missing'>();
          for (;;) {
            const step = replayOf(deliveries, heard, canAsk);
            if (step.kind === 'ask') {
              expect(heard.has(step.sequence)).toBe(false);
              heard.set(step.sequence, says(step.sequence) ? 'held' : 'missing');
              continue;
            }
            const again = new Set(step.reopen.map((r) => r.sequence));
            const lowest = Math.min(...again);
            expect(step.reopen.map((r) => r.sequence)).toEqual([...again].sort((a, b) => a - b));
            for (const d of deliveries)
              if (d.state === 'acknowledged' && d.sequence > lowest) expect(again.has(d.sequence)).toBe(true);
            return;
          }
        },
      ),
    );
  });
});

describe('a replay of everything to an agency that reads the hub’s own events', () => {
  const inPeriod = (deliveries: LaneDelivery[], from = 1, to = Infinity) =>
    deliveries.map((d) => ({ ...d, inPeriod: d.sequence >= from && d.sequence <= to }));
  const fresh = (...sequences: number[]) => sequences.map((sequence) => ({ sequence, as: 'new-revision' }));

  it('is all of the period that it got, oldest first, and nothing before or after', () => {
    const deliveries = lane(...Array.from({ length: 5 }, (): [Form, DeliveryState] => ['delta', 'acknowledged']));
    expect(everythingOf(inPeriod(deliveries, 2, 4))).toEqual(fresh(2, 3, 4));
    expect(everythingOf(inPeriod(deliveries, 6))).toEqual([]);
  });

  it('leaves alone what is on its way, replaced or closed; what waits for a person goes under its own key', () => {
    const deliveries = lane(['delta', 'acknowledged'], ['full', 'superseded'], ['delta', 'closed'], ['delta', 'parked'], ['delta', 'open']); // prettier-ignore
    expect(everythingOf(inPeriod(deliveries))).toEqual([...fresh(1), { sequence: 4, as: 'same-key' }]);
  });

  it('doesn’t tell a result again that was revoked, and tells its revocation', () => {
    const deliveries = lane(['delta', 'acknowledged'], ['result', 'acknowledged'], ['revocation', 'acknowledged'], ['result', 'acknowledged']); // prettier-ignore
    expect(everythingOf(inPeriod(deliveries))).toEqual(fresh(1, 3, 4));
    expect(everythingOf(inPeriod(deliveries, 1, 2))).toEqual(fresh(1));
    expect(deliveries.map((d) => isRevoked(d, deliveries))).toEqual([false, true, false, false]);
  });
});
