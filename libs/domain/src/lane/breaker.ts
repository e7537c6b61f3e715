import type { Reply } from './reply.js';

export interface BreakerPolicy {
  opensAfter: number;
  probeFirstMs: number;
  probeAtMostMs: number;
}

/** What one request says about the partner as such, whatever it says about the item. */
export type Sign = 'alive' | 'overloaded' | 'gone';

/** A partner that accepts, refuses or recognises is alive. One that asks for time is; one that doesn't answer isn't. */
export function signOf(reply: Reply): Sign {
  switch (reply.kind) {
    case 'accepted':
    case 'already-held':
    case 'refused':
    case 'session-expired':
      return 'alive';
    case 'busy':
      return 'overloaded';
    case 'doubt':
      return reply.answered ? 'alive' : 'gone';
  }
}

/** Failures in a row, over all lanes of the agency in one process. */
export const failuresAfter = (failures: number, sign: Sign): number => (sign === 'alive' ? 0 : failures + 1);

/** Milliseconds until the n-th probe (1 = the first): doubled each time, the upper half jittered. */
export function probeWait(n: number, policy: BreakerPolicy, random: number): number {
  const full = Math.min(policy.probeAtMostMs, policy.probeFirstMs * 2 ** Math.min(n - 1, 30));
  return Math.round(full / 2 + (full / 2) * random);
}
