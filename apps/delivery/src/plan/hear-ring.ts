import type { Log } from '#service';
import type { RelayOutbox } from '../relay/relay-outbox.js';
import type { PlanDeliveries } from './plan-deliveries.js';

export interface RingPorts {
  relay: Pick<RelayOutbox, 'ring' | 'isHolder'>;
  plan: Pick<PlanDeliveries, 'run'>;
  stopping: () => boolean;
  log: Log;
}

/**
 * A ring that names its streams saves them the way through Kafka: the one instance that relays plans them at once. Kafka
 * brings them all the same, so nothing depends on a ring. One that names none wakes the relay.
 */
export function hearRing({ relay, plan, stopping, log }: RingPorts): (words: readonly string[]) => void {
  return (words) => {
    const streams = words.filter((word) => /^\d{1,18}$/.test(word));
    if (streams.length === 0) relay.ring();
    else if (relay.isHolder() && !stopping())
      plan
        .run(streams, 'ring')
        .catch((error: unknown) =>
          log.warn(
            { code: (error as { code?: string }).code ?? 'unknown' },
            'not planned at the ring; Kafka brings it again',
          ),
        );
  };
}
