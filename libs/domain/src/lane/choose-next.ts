import { hasEnded, type Lane, type LaneDelivery } from './lane.js';

/** What a claim does with a lane. Everything but `ask` and `send` ends the claim at once: nothing leaves. */
export type Choice =
  /** Ask the partner whether it holds the doubted item. */
  | { kind: 'ask'; sequence: number }
  | { kind: 'send'; sequence: number }
  /** Nothing may be sent before no copy can be out any more. */
  | { kind: 'wait-until-none-is-out' }
  /** The partner was never told the result: neither it nor its revocation is sent. */
  | { kind: 'end-unsent'; sequences: number[] }
  /** The next one is parked, and nothing newer makes it needless. */
  | { kind: 'person' }
  /** Nothing is open in it any more. */
  | { kind: 'finish' };

/** Which delivery of a waiting lane is next, and what may be done about it. Pure; every claim asks here. */
export function chooseNext(lane: Lane, canAsk: boolean): Choice {
  if (lane.doubt) return settleFirst(lane, lane.doubt, canAsk);
  const head = lane.deliveries.find((d) => !hasEnded(d.state));
  if (!head) return { kind: 'finish' };
  if (lane.copyMayBeOut) return { kind: 'wait-until-none-is-out' };
  const { revocation } = lane;
  const next = newestThatReplaces(head, lane.deliveries);
  if (revocation && head.sequence <= revocation.sequence) {
    if (!revocation.told) return { kind: 'end-unsent', sequences: [...revocation.results, revocation.sequence] };
    if (lane.deliveries.some((d) => d.sequence === revocation.sequence && d.state === 'parked'))
      return { kind: 'person' };
    // What lies between still goes first, so that it isn't lost; what waits for a person, or is revoked, holds nothing up. Refused itself, it waits for its person.
    const isHeldUp = next.state === 'parked' || revocation.results.includes(head.sequence);
    return { kind: 'send', sequence: isHeldUp ? revocation.sequence : next.sequence };
  }
  return next.state === 'parked' ? { kind: 'person' } : { kind: 'send', sequence: next.sequence };
}

/** In doubt nothing but the doubted key may leave: asked about where the partner can tell, else sent again. */
function settleFirst(lane: Lane, doubt: NonNullable<Lane['doubt']>, canAsk: boolean): Choice {
  if (lane.copyMayBeOut) return { kind: 'wait-until-none-is-out' };
  return canAsk && !doubt.asked
    ? { kind: 'ask', sequence: doubt.sequence }
    : { kind: 'send', sequence: doubt.sequence };
}

/**
 * The newest full state that makes the head and all between needless. It never reaches across anything that isn't a full
 * state, nor over one that the partner may already hold: that one's key has to be answered first.
 */
function newestThatReplaces(head: LaneDelivery, deliveries: readonly LaneDelivery[]): LaneDelivery {
  let newest = head;
  for (const next of deliveries) {
    if (next.sequence <= head.sequence) continue;
    if (newest.form !== 'full' || newest.taint !== 'none' || next.form !== 'full' || hasEnded(next.state)) break;
    newest = next;
  }
  return newest;
}
