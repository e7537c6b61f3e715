import type { LaneDelivery } from './lane.js';

/** `new-revision`: the state is sent once more, under a new key. `same-key`: the partner may recognise it. */
export interface Reopened {
  sequence: number;
  as: 'new-revision' | 'same-key';
}

export type ReplayStep =
  /** Whether the partner holds this one decides about it and all before it. */
  | { kind: 'ask'; sequence: number }
  /** `behind`: the current full state, where it isn't sent because the partner holds something later. */
  | { kind: 'decided'; reopen: Reopened[]; behind: number | null };

/**
 * What a replay sends again of one lane, newest first: the current full state, what is parked, and what the partner was
 * asked about and lacks. It ends at the newest one that the partner holds: nothing is sent after what followed it.
 */
export function replayOf(
  deliveries: readonly LaneDelivery[],
  heard: ReadonlyMap<number, 'held' | 'missing'>,
  canAsk: boolean,
): ReplayStep {
  const reopen: Reopened[] = [];
  let hasCurrent = false;
  const ended = (): ReplayStep => ({ kind: 'decided', reopen: reopen.reverse(), behind: null });
  for (const { sequence, form, state } of deliveries.toReversed()) {
    if (state === 'superseded' || state === 'closed') continue;
    if (state === 'open' || state === 'parked') {
      if (state === 'parked') reopen.push({ sequence, as: 'same-key' });
      hasCurrent ||= form === 'full';
      continue;
    }
    if (form === 'full') {
      if (hasCurrent) return ended();
      reopen.push({ sequence, as: 'new-revision' });
      hasCurrent = true;
      continue;
    }
    const said = heard.get(sequence);
    if (said === undefined && canAsk) return { kind: 'ask', sequence };
    if (said === 'missing') {
      reopen.push({ sequence, as: 'same-key' });
      continue;
    }
    const full = hasCurrent
      ? undefined
      : deliveries.findLast((d) => d.sequence < sequence && d.form === 'full' && d.state === 'acknowledged');
    return { kind: 'decided', reopen: reopen.reverse(), behind: full?.sequence ?? null };
  }
  return ended();
}

/**
 * What goes once more to an agency that reads the hub's own events: all of the period that it got, in order, each by today's
 * contract; what waits for a person under its own key. A result that was revoked isn't told again, its revocation is.
 */
export function everythingOf(deliveries: readonly (LaneDelivery & { inPeriod: boolean })[]): Reopened[] {
  return deliveries
    .filter((d) => d.inPeriod && !isRevoked(d, deliveries))
    .flatMap(({ sequence, state }): Reopened[] => {
      if (state === 'acknowledged') return [{ sequence, as: 'new-revision' }];
      return state === 'parked' ? [{ sequence, as: 'same-key' }] : [];
    });
}

/** By any later revocation of its case that wasn't closed. */
export const isRevoked = ({ form, sequence }: LaneDelivery, deliveries: readonly LaneDelivery[]): boolean =>
  form === 'result' && deliveries.some((d) => d.form === 'revocation' && d.sequence > sequence && d.state !== 'closed');
