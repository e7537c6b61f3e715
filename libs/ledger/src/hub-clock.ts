const offsetMs = 7 * 3_600_000;
const dayMs = 86_400_000;

/**
 * The one clock by which contracts come into force, of every process of the hub. It is the real one; a test puts another in
 * its place, and nothing else may. Leases, timers and what is recorded go by other clocks.
 */
export const hubClock = { now: (): Date => new Date() };

/** Today in Asia/Ho_Chi_Minh, ISO: which contract version is in force for sending. */
export function today(now = hubClock.now()): string {
  return new Date(now.getTime() + offsetMs).toISOString().slice(0, 10);
}

/** Milliseconds until another day begins there. */
export const leftOfDayMs = (now = hubClock.now()): number => dayMs - ((now.getTime() + offsetMs) % dayMs);
