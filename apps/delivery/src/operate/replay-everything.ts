import { everythingOf, isRevoked, type Reopened } from '#domain';
import type { Operation, ReplayLane } from '#ledger';
import { shortType, type ContractVersion } from '#wire';

/** What goes once more to an agency that reads the hub's own events, of one lane; 'not-now': it is held this very moment. */
export function everythingAgain(
  lane: ReplayLane,
  operation: Operation,
): { said: 'again' | 'kept' | 'behind' | 'busy'; reopen: Reopened[] } | 'not-now' {
  if (lane.held && operation.kind === 'replay') return 'not-now';
  if (lane.busy && !lane.held) return { said: 'busy', reopen: [] };
  if (lane.sealed) return { said: 'behind', reopen: [] };
  const reopen = everythingOf(lane.deliveries);
  return { said: reopen.length > 0 ? 'again' : 'kept', reopen };
}

export interface WholeCount {
  again: number;
  parked: number;
  revoked: number;
  days: Record<string, Record<string, number>>;
}

/** By the day on which it was planned, and type. */
export function countWhole(counted: WholeCount, lane: ReplayLane, reopen: readonly Reopened[]): void {
  const goes = new Set(reopen.map(({ sequence }) => sequence));
  for (const one of lane.deliveries) {
    if (one.inPeriod && one.state === 'acknowledged' && isRevoked(one, lane.deliveries)) counted.revoked++;
    if (!goes.has(one.sequence)) continue;
    if (one.state === 'parked') counted.parked++;
    else counted.again++;
    const day = (counted.days[one.day] ??= {});
    const type = shortType(one.type);
    day[type] = (day[type] ?? 0) + 1;
  }
}

/** A replay never fills an agency's places for long: so many of it may be open at once, and new events find room. */
export const mostOpen = ({ limits }: ContractVersion): number =>
  Math.min(200, Math.max(20, 2 * limits.inFlight * (limits.itemsPerRequest ?? 1)));
