import type { Partner } from './partner.js';
import { deliveryAt } from './memory-state.js';
import type { World } from './world.js';

/** `retry`: only what the ledger has a function for. */
export type Hand = 'retry' | 'all';

/** A person looks at what is parked, and does something about some of it. In the end, about all of it. */
export function operate(world: World, partner: Partner, hand: Hand, isCalm: boolean): boolean {
  const { state, random } = world;
  const waiting = [...state.lanes.values()].filter((lane) => lane.wait === 'person');
  for (const { stream, doubtAt, done, outUntil } of waiting) {
    if (!isCalm && random.chance(0.4)) continue;
    const parked = state.deliveries.get(stream)!.find((d) => d.sequence > done && d.state === 'parked');
    if (hand === 'retry' || !parked || random.chance(0.3)) {
      world.call({ do: 'retry', stream });
      continue;
    }
    if (doubtAt !== null) {
      if (outUntil !== null && outUntil > world.now) continue;
      const { revision } = deliveryAt(state, stream, doubtAt)!;
      const held = partner.holds(stream, doubtAt, revision);
      world.call({ do: 'record', stream, sequence: doubtAt, held });
      world.judge.recorded(stream, doubtAt);
      continue;
    }
    if (parked.taint !== 'none') world.call({ do: 'retry', stream });
    else if (random.chance(0.6)) world.call({ do: 'edit', stream, sequence: parked.sequence });
    else {
      world.call({ do: 'close', stream, sequence: parked.sequence });
      world.judge.closed(stream, parked.sequence);
    }
  }
  return waiting.length > 0;
}
