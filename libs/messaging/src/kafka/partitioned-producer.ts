import { reasonOf, seldom, type Log } from '../log.js';
import { backOff, pause, settlesWithin } from '../waiting.js';
import { ProducerIncarnation, type OutgoingMessage } from './producer-incarnation.js';
import type { KafkaSettings } from './settings.js';

const RECONNECT_WITHIN_MS = 2_000;
const DRAIN_MS = 5_000;

/** Kafka can't be reached just now; nothing of this call was sent. */
export class KafkaUnavailable extends Error {
  constructor() {
    super('Kafka is not reachable');
    this.name = 'KafkaUnavailable';
  }
}

/** Publishes for ever through one incarnation of a producer after another; connects again by itself. */
export class PartitionedProducer {
  private current: ProducerIncarnation | undefined;
  private readonly closing = new AbortController();
  private readonly firstAttempt = Promise.withResolvers<void>();
  private connected = Promise.withResolvers<void>();
  private readonly quiet: Log;
  private keeping: Promise<void> | undefined;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly log: Log,
  ) {
    this.quiet = seldom(log);
  }

  /** Resolves when the first attempt to connect has ended, in success or not; goes on trying in the background. */
  connect(): Promise<void> {
    this.keeping ??= this.keepConnected();
    return this.firstAttempt.promise;
  }

  /**
   * Resolves when all replicas in sync hold every message. Rejects otherwise, and then some may be published: sent again,
   * they are repeats. One key's messages keep the order of the calls.
   */
  async send(messages: OutgoingMessage[]): Promise<void> {
    if (messages.length === 0) return;
    if (!this.current) await settlesWithin(RECONNECT_WITHIN_MS, this.connected.promise);
    if (!this.current) throw new KafkaUnavailable();
    await this.current.send(messages);
  }

  isUp(): boolean {
    return this.current?.isUp() ?? false;
  }

  /** Lets sends under way end, for at most 5 s. */
  async close(): Promise<void> {
    const { current } = this;
    this.closing.abort();
    await current?.finish(DRAIN_MS);
    await this.keeping;
  }

  private async keepConnected(): Promise<void> {
    const { signal } = this.closing;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        this.current = await ProducerIncarnation.open(this.settings, this.quiet, signal);
        if (signal.aborted) await this.current.finish(0);
        failures = 0;
        this.connected.resolve();
        this.firstAttempt.resolve();
        const reason = await this.current.ended;
        if (!signal.aborted)
          this.log.warn({ reason: reason.message }, 'a Kafka producer was thrown away; a new one connects');
      } catch (error) {
        if (!signal.aborted)
          this.quiet.warn({ reason: reasonOf(error) }, 'Kafka is not reachable; the producer tries on');
      }
      this.current = undefined;
      this.connected = Promise.withResolvers();
      this.firstAttempt.resolve();
      await pause(backOff(failures, 100, 3_000), signal);
    }
  }
}
