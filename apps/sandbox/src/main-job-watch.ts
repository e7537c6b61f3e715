import { call } from './main-job-calls.js';
import type { MainJobAddresses } from './main-job-options.js';

/** How the one-stop's submissions and the hub's lanes stand. */
export interface Standing {
  pending: number;
  accepted: number;
  refused: number;
  unpublished: number;
  unplanned: number;
  waiting: number;
  parked: number;
  asked: number;
}

export type Rest = { kind: 'at-rest'; standing: Standing } | { kind: 'stuck'; standing: Standing; forSeconds: number };

const quickestMs = 250;
const slowestMs = 3_000;
const stuckAfterMs = 60_000;
/** About a twentieth of the time goes into asking: the questions run on the database that is being measured. */
const askingShare = 20;

async function standingOf({ oneStop, reconciliation }: MainJobAddresses): Promise<Standing> {
  const [submissions, hub] = await Promise.all([
    call<{ pending: number; accepted: number; refused: number }>(`${oneStop}/submissions/state`),
    call<Omit<Standing, 'pending' | 'accepted' | 'refused'>>(`${reconciliation}/v1/standing`),
  ]);
  const { pending, accepted, refused } = submissions;
  const { unpublished, unplanned, waiting, parked, asked } = hub;
  return { pending, accepted, refused, unpublished, unplanned, waiting, parked, asked };
}

/** Looks again and again until everything is entered and nothing moves by itself, or nothing has changed for a minute. */
export async function watchUntilRest(
  addresses: MainJobAddresses,
  expected: number,
  each: (standing: Standing) => void,
  clock: { now(): number; pause(ms: number): Promise<void> } = realClock,
  ask: () => Promise<Standing> = () => standingOf(addresses),
): Promise<Rest> {
  let before = '';
  let changedAt = clock.now();
  for (;;) {
    const asked = clock.now();
    const standing = await ask();
    const took = clock.now() - asked;
    each(standing);
    if (isAtRest(standing, expected)) return { kind: 'at-rest', standing };
    const now = JSON.stringify(standing);
    if (now !== before) changedAt = clock.now();
    before = now;
    const still = clock.now() - changedAt;
    if (still > stuckAfterMs) return { kind: 'stuck', standing, forSeconds: Math.round(still / 1_000) };
    await clock.pause(Math.min(slowestMs, Math.max(quickestMs, took * askingShare)));
  }
}

const realClock = {
  now: () => performance.now(),
  pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

/** Refused submissions end too, and the hand-over that would have followed such a case never comes: that is told as stuck. */
export const isAtRest = (s: Standing, expected: number): boolean =>
  s.accepted + s.refused >= expected && s.pending + s.unpublished + s.unplanned + s.waiting + s.asked === 0;
