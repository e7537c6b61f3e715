import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeliveryState, Form, LaneDelivery } from './lane.js';
import { replayOf } from './replay.js';

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
