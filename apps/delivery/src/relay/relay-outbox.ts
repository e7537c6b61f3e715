import { deleteOutbox, LOCKS, readOutbox, tryLock, type Database } from '#ledger';
import type { PartitionedProducer } from '#messaging';
import type { Log } from '#service';
import { flow, traceparentOf } from '#wire';
import type { PoolClient } from 'pg';
import { Counter } from 'prom-client';

const published = new Counter({ name: 'lienthong_relay_published_total', help: 'Outbox rows acknowledged by Kafka.' });

const ASK_FOR_LOCK_MS = 1_000;
const LEAST_WAIT_MS = 10;
const MOST_WAIT_MS = 50;
/** So few rows are of streams that the ring named and the plan has begun with: the next ones leave together. */
const FEW = 64;
const TOGETHER_MS = 40;
const AFTER_FAILURE_MS = 500;

/**
 * Publishes the outbox, then deletes it, on the one connection that holds the relay's advisory lock: of all instances
 * one relays, in the outbox's order. After a crash between the two it publishes again; the plan skips what it has.
 */
export class RelayOutbox {
  private stopped = false;
  private running: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private rung = false;
  private holding = false;

  constructor(
    private readonly db: Database,
    private readonly producer: PartitionedProducer,
    private readonly batch: number,
    private readonly log: Log,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Looks at the outbox now. */
  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Of all instances this one relays, or did last; after a failure two may believe it for a moment. */
  isHolder(): boolean {
    return this.holding;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.ring();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      let client: PoolClient | undefined;
      let broken = false;
      const onError = (): void => void (broken = true);
      try {
        client = await this.db.pool.connect();
        client.on('error', onError);
        this.holding = await tryLock(client, LOCKS.relay, 'outbox');
        if (this.holding) {
          this.log.info({}, 'relaying');
          broken = true; // closing the connection is what gives the lock back
          await this.relay(client);
        } else await this.pause(ASK_FOR_LOCK_MS);
      } catch (error) {
        this.log.warn({ code: (error as { code?: string }).code ?? String(error) }, 'relay interrupted');
        await this.pause(AFTER_FAILURE_MS);
      } finally {
        client?.off('error', onError);
        client?.release(broken);
      }
    }
  }

  private async relay(client: PoolClient): Promise<void> {
    let wait = LEAST_WAIT_MS;
    while (!this.stopped) {
      this.rung = false;
      const rows = await readOutbox(client, this.batch);
      if (rows.length === 0) {
        await this.pause(wait);
        wait = Math.min(wait * 2, MOST_WAIT_MS);
        continue;
      }
      wait = LEAST_WAIT_MS;
      await this.producer.send(
        rows.map(({ message }) => ({
          topic: flow.hubEvents.name,
          key: message.stream,
          value: JSON.stringify(message),
          headers: { traceparent: traceparentOf(message.eventId, 'relay') },
        })),
      );
      await deleteOutbox(
        client,
        rows.map((row) => row.id),
      );
      published.inc(rows.length);
      if (rows.length < FEW) await this.pause(TOGETHER_MS);
    }
  }

  private async pause(ms: number): Promise<void> {
    if (this.stopped || this.rung) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
