import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { afterLookUp, nextStep, type Attempt, type DeliveryPolicy, type LookUp } from './next-step.js';
import type { Reply } from './reply.js';

const retry = { firstMs: 5_000, factor: 2, atMostMs: 3_600_000, giveUpAfterMs: 72 * 3_600_000 };
const updating: DeliveryPolicy = { retry, onDuplicate: 'update' };
const refusing: DeliveryPolicy = { retry, onDuplicate: 'refuse' };
const sure: Attempt = { number: 1, inDoubt: false, firstAt: 1_000, stoodStillMs: 0 };
const doubtful: Attempt = { ...sure, inDoubt: true };
const now = 61_000;
const late = sure.firstAt + retry.giveUpAfterMs;

describe('the next step', () => {
  it.each<[string, Attempt, Reply, DeliveryPolicy, number, unknown]>([
    ['accepted', sure, { kind: 'accepted' }, updating, now, { kind: 'acknowledged' }],
    ['accepted in doubt', doubtful, { kind: 'accepted' }, updating, now, { kind: 'acknowledged' }],
    ['accepted after its window', sure, { kind: 'accepted' }, updating, late, { kind: 'acknowledged' }],
    ['already held, in doubt: it was us', doubtful, { kind: 'already-held' }, refusing, now, { kind: 'acknowledged' }],
    [
      'already held, after a worker died over it: it was us',
      { ...sure, reaped: true },
      { kind: 'already-held' },
      refusing,
      now,
      { kind: 'acknowledged' },
    ],
    ['already held, by another', sure, { kind: 'already-held' }, updating, now, { kind: 'send-as-update' }],
    [
      'already held, where the contract refuses',
      sure,
      { kind: 'already-held' },
      refusing,
      now,
      { kind: 'parked', owner: 'theirs', reason: 'already held, and not by our doing', inDoubt: false },
    ],
    [
      'refused',
      sure,
      { kind: 'refused', reason: 'thiếu' },
      updating,
      now,
      { kind: 'parked', owner: 'data', reason: 'thiếu', inDoubt: false },
    ],
    [
      'refused in doubt stays in doubt',
      doubtful,
      { kind: 'refused', reason: 'thiếu' },
      updating,
      now,
      { kind: 'parked', owner: 'data', reason: 'thiếu', inDoubt: true },
    ],
    [
      'busy',
      sure,
      { kind: 'busy', reason: 'HTTP 503' },
      updating,
      now,
      { kind: 'wait', until: now + 2_500, reason: 'HTTP 503', inDoubt: false },
    ],
    [
      'busy with Retry-After',
      doubtful,
      { kind: 'busy', reason: 'HTTP 503', retryAfter: 90 },
      updating,
      now,
      { kind: 'wait', until: now + 90_000, reason: 'HTTP 503', inDoubt: true },
    ],
    [
      'busy a moment before the window ends',
      sure,
      { kind: 'busy', reason: 'HTTP 503' },
      updating,
      late - 1,
      { kind: 'wait', until: late - 1 + 2_500, reason: 'HTTP 503', inDoubt: false },
    ],
    [
      'busy when it has ended',
      doubtful,
      { kind: 'busy', reason: 'HTTP 503' },
      updating,
      late,
      { kind: 'parked', owner: 'theirs', reason: 'out of its window: HTTP 503', inDoubt: true, until: late + 2_500 },
    ],
    ['session expired', sure, { kind: 'session-expired' }, updating, now, { kind: 'log-in-and-resend' }],
    [
      'doubt waits before it asks',
      sure,
      { kind: 'doubt', reason: 'time-out' },
      updating,
      now,
      { kind: 'doubt', until: now + 2_500, reason: 'time-out' },
    ],
    [
      'doubt when the window has ended is for a person',
      sure,
      { kind: 'doubt', reason: 'time-out' },
      updating,
      late,
      { kind: 'parked', owner: 'theirs', reason: 'out of its window: time-out', inDoubt: true, until: late + 2_500 },
    ],
  ])('%s', (_, attempt, reply, policy, at, step) => {
    expect(nextStep(attempt, reply, policy, at, 0)).toEqual(step);
  });
});

describe('after a look-up', () => {
  it.each<[LookUp, unknown]>([
    [{ kind: 'held' }, { kind: 'acknowledged' }],
    [{ kind: 'not-held' }, { kind: 'not-held' }],
    [{ kind: 'unknown' }, { kind: 'nothing-proved' }],
    [
      { kind: 'busy', reason: 'down' },
      { kind: 'wait', until: now + 2_500, reason: 'down', inDoubt: true },
    ],
  ])('%j', (said, step) => {
    expect(afterLookUp(sure, said, updating, now, 0)).toEqual(step);
  });

  it('that can’t be had any more, the lane parks and stays in doubt', () => {
    expect(afterLookUp(sure, { kind: 'busy', reason: 'down' }, updating, late, 0)).toMatchObject({
      kind: 'parked',
      inDoubt: true,
    });
  });
});

describe('any lane', () => {
  const reply: fc.Arbitrary<Reply> = fc.oneof(
    fc.constantFrom<Reply>({ kind: 'accepted' }, { kind: 'already-held' }, { kind: 'session-expired' }),
    fc.record({ kind: fc.constant('refused' as const), reason: fc.string() }),
    fc.record({ kind: fc.constant('doubt' as const), reason: fc.string() }),
    fc.record({ kind: fc.constant('busy' as const), reason: fc.string() }),
    fc.record({
      kind: fc.constant('busy' as const),
      reason: fc.string(),
      retryAfter: fc.integer({ min: 0, max: 86_400 }),
    }),
  );
  const attempt = fc.record({
    number: fc.integer({ min: 1, max: 10_000 }),
    inDoubt: fc.boolean(),
    firstAt: fc.integer({ min: 0, max: 1e12 }),
    stoodStillMs: fc.integer({ min: 0, max: 100 * 3_600_000 }),
  });
  const policy = fc.record({
    retry: fc.record({
      firstMs: fc.integer({ min: 1, max: 60_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      atMostMs: fc.integer({ min: 60_000, max: 86_400_000 }),
      giveUpAfterMs: fc.integer({ min: 1, max: 1e9 }),
    }),
    onDuplicate: fc.constantFrom('update' as const, 'refuse' as const),
  });
  const passed = fc.integer({ min: 0, max: 2e9 });
  const random = fc.double({ min: 0, max: 0.999999, noNaN: true });

  const holds = (
    rule: (world: {
      attempt: Attempt;
      reply: Reply;
      policy: DeliveryPolicy;
      now: number;
      step: ReturnType<typeof nextStep>;
    }) => void,
  ): void =>
    fc.assert(
      fc.property(attempt, reply, policy, passed, random, (attempt, reply, policy, passed, random) => {
        const now = attempt.firstAt + passed;
        rule({ attempt, reply, policy, now, step: nextStep(attempt, reply, policy, now, random) });
      }),
      { numRuns: 2_000 },
    );

  it('loses no doubt by waiting, parking or being refused', () => {
    holds(({ attempt, reply, step }) => {
      if ('inDoubt' in step) expect(step.inDoubt).toBe(attempt.inDoubt || reply.kind === 'doubt');
    });
  });

  it('is acknowledged only by accepted, or by already held after a doubtful attempt', () => {
    holds(({ attempt, reply, step }) => {
      const may = reply.kind === 'accepted' || (reply.kind === 'already-held' && attempt.inDoubt);
      expect(step.kind === 'acknowledged').toBe(may);
    });
  });

  it('inside its window waits for a busy partner, never shorter than Retry-After, and parks as theirs outside', () => {
    holds(({ attempt, reply, policy, now, step }) => {
      if (reply.kind !== 'busy') return expect(step.kind).not.toBe('wait');
      if (now - attempt.firstAt - attempt.stoodStillMs >= policy.retry.giveUpAfterMs) {
        expect(step).toMatchObject({ kind: 'parked', owner: 'theirs', inDoubt: attempt.inDoubt });
      } else {
        expect(step.kind).toBe('wait');
        expect((step as { until: number }).until).toBeGreaterThanOrEqual(now + (reply.retryAfter ?? 0) * 1_000);
      }
    });
  });

  it('has a window that stands still while nothing could be sent', () => {
    const stood = { ...sure, stoodStillMs: 1 };
    expect(nextStep(sure, { kind: 'busy', reason: 'b' }, updating, late, 0).kind).toBe('parked');
    expect(nextStep(stood, { kind: 'busy', reason: 'b' }, updating, late, 0).kind).toBe('wait');
  });

  it('is sent again at once only for a session or as an update', () => {
    holds(({ reply, step }) => {
      if (step.kind === 'log-in-and-resend') expect(reply.kind).toBe('session-expired');
      if (step.kind === 'send-as-update') expect(reply.kind).toBe('already-held');
    });
  });

  it('in doubt is ended by a look-up only where it is held', () => {
    const said = fc.constantFrom<LookUp>(
      { kind: 'held' },
      { kind: 'not-held' },
      { kind: 'unknown' },
      { kind: 'busy', reason: 'b' },
    );
    fc.assert(
      fc.property(attempt, said, policy, passed, random, (attempt, said, policy, passed, random) => {
        const step = afterLookUp(attempt, said, policy, attempt.firstAt + passed, random);
        expect(step.kind === 'acknowledged').toBe(said.kind === 'held');
        if ('inDoubt' in step) expect(step.inDoubt).toBe(true);
      }),
    );
  });
});
