import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseNext } from './choose-next.js';
import type { Form, Lane, LaneDelivery, Taint } from './lane.js';

const forms: Form[] = ['full', 'delta', 'barrier', 'result', 'revocation'];
const taints: Taint[] = ['none', 'doubted', 'reaped'];

const deliveries = fc
  .array(
    fc.record({
      form: fc.constantFrom(...forms),
      state: fc.constantFrom('open' as const, 'parked' as const),
      taint: fc.constantFrom(...taints),
      gap: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 8 },
  )
  .map((all) => {
    let sequence = 0;
    return all.map(({ gap, ...d }): LaneDelivery => ({ sequence: (sequence += gap), ...d }));
  });

/** Lanes as a claim sees them: their doubt is about one that is open; their revocation, about results before it. */
const lanes = fc
  .record({ deliveries, doubts: fc.option(fc.nat()), asked: fc.boolean(), out: fc.boolean(), told: fc.boolean() })
  .map(({ deliveries, doubts, asked, out, told }): Lane => {
    const doubted = doubts === null ? undefined : deliveries[doubts % Math.max(1, deliveries.length)];
    const revocation = deliveries.find((d) => d.form === 'revocation');
    const results = deliveries.filter((d) => d.form === 'result' && d.sequence < (revocation?.sequence ?? 0));
    return {
      done: 0,
      doubt: doubted ? { sequence: doubted.sequence, asked } : null,
      copyMayBeOut: out,
      deliveries,
      revocation: revocation ? { sequence: revocation.sequence, results: results.map((d) => d.sequence), told } : null,
    };
  });
const always = (holds: (lane: Lane, canAsk: boolean) => boolean | void): void =>
  fc.assert(fc.property(lanes, fc.boolean(), holds), { numRuns: 2_000 });
const at = (lane: Lane, sequence: number): LaneDelivery => lane.deliveries.find((d) => d.sequence === sequence)!;

describe('what a claim does with a lane', () => {
  it('never sends while a copy may be out', () => {
    always((lane, canAsk) => {
      if (lane.copyMayBeOut) expect(['wait-until-none-is-out', 'finish']).toContain(chooseNext(lane, canAsk).kind);
    });
  });

  it('in doubt does nothing but ask about the doubted one, or send it again, the first where it can ask and has not', () => {
    always((lane, canAsk) => {
      if (!lane.doubt || lane.copyMayBeOut) return;
      const kind = canAsk && !lane.doubt.asked ? 'ask' : 'send';
      expect(chooseNext(lane, canAsk)).toEqual({ kind, sequence: lane.doubt.sequence });
    });
  });

  it('without doubt sends the oldest, or the newest of full states of which none before it may be held, or a told revocation', () => {
    always((lane, canAsk) => {
      const choice = chooseNext(lane, canAsk);
      if (lane.doubt || choice.kind !== 'send') return;
      const sent = at(lane, choice.sequence);
      const older = lane.deliveries.filter((d) => d.sequence < choice.sequence);
      if (sent.form === 'revocation' && lane.revocation?.sequence === sent.sequence && lane.revocation.told) return;
      if (older.length > 0) expect([sent, ...older].every((d) => d.form === 'full')).toBe(true);
      expect(older.every((d) => d.taint === 'none')).toBe(true);
      expect(sent.state).toBe('open');
    });
  });

  it('ends unsent only results, and their revocation, of which the partner heard nothing', () => {
    always((lane, canAsk) => {
      const choice = chooseNext(lane, canAsk);
      if (choice.kind !== 'end-unsent') return;
      expect(lane.revocation?.told).toBe(false);
      for (const sequence of choice.sequences) expect(['result', 'revocation']).toContain(at(lane, sequence).form);
    });
  });

  it('comes to its end, however it began: each choice brings it nearer', () => {
    always((begun, canAsk) => {
      let lane: Lane = {
        ...begun,
        copyMayBeOut: false,
        deliveries: begun.deliveries.map((d) => ({ ...d, state: 'open' })),
      };
      for (let steps = 0; steps <= 3 * begun.deliveries.length + 1; steps++) {
        const choice = chooseNext(lane, canAsk);
        if (choice.kind === 'finish') return;
        if (choice.kind === 'ask') lane = { ...lane, doubt: { sequence: choice.sequence, asked: true } };
        else if (choice.kind === 'send' || choice.kind === 'end-unsent') lane = without(lane, choice);
        else throw new Error(choice.kind);
      }
      throw new Error('no end');
    });
  });
});

/** Acknowledged, with all that it covers; or ended unsent. */
function without(
  lane: Lane,
  choice: { kind: 'send'; sequence: number } | { kind: 'end-unsent'; sequences: number[] },
): Lane {
  const isGone = (d: LaneDelivery): boolean =>
    choice.kind === 'send' ? d.sequence <= choice.sequence : choice.sequences.includes(d.sequence);
  const left = lane.deliveries.filter((d) => !isGone(d));
  const next = left.find((d) => d.form === 'revocation' && d.sequence > (lane.revocation?.sequence ?? 0));
  const isOver = lane.revocation !== null && !left.some((d) => d.sequence === lane.revocation!.sequence);
  const results = left.filter((d) => d.form === 'result' && d.sequence < (next?.sequence ?? 0));
  const following = next ? { sequence: next.sequence, results: results.map((d) => d.sequence), told: false } : null;
  return { ...lane, doubt: null, deliveries: left, revocation: isOver ? following : lane.revocation };
}
