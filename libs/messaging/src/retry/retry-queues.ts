import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { WakeLane } from '#wire';
import { reasonOf, seldom, type Log } from '../log.js';
import { redisForCommands, redisForWaiting } from '../redis-client.js';
import { settlesWithin } from '../waiting.js';
import { GatherWakes } from './gather-wakes.js';

const MAX_ADDS_UNDER_WAY = 10_000;
const MAX_DELAY_MS = 2 ** 31 - 1;
const COUNTS_WITHIN_MS = 2_000;
const DRAIN_MS = 5_000;

export interface RetryQueuesOptions {
  redisUrl: string;
  namespace: string;
  log: Log;
  /** A timer is done when this has resolved. If it rejects the timer is gone, and the sweeper does its work. */
  onWake: (wakes: WakeLane[]) => Promise<void>;
  agencies?: string[];
}

/**
 * Timers of waiting lanes: one BullMQ queue per agency, jobs of ids only. Whatever is lost here only delays: PostgreSQL
 * holds when a lane is due, and the sweeper looks there. bullmq is used directly: agencies, and so queues, come at run
 * time, which @nestjs/bullmq's decorators can't express.
 */
export class RetryQueues {
  private readonly commands: Redis;
  private readonly waiting: ReturnType<typeof redisForWaiting>;
  private readonly queues = new Map<string, Queue<WakeLane>>();
  private readonly workers = new Map<string, Worker<WakeLane>>();
  private readonly gathered: GatherWakes;
  private readonly prefix: string;
  private readonly quiet: Log;
  private addsUnderWay = 0;
  private isClosed = false;

  constructor(private readonly options: RetryQueuesOptions) {
    this.quiet = seldom(options.log);
    this.prefix = options.namespace === '' ? 'lienthong' : `${options.namespace}:lienthong`;
    this.commands = redisForCommands(options.redisUrl, options.log);
    this.waiting = redisForWaiting(options.redisUrl, options.log);
    this.gathered = new GatherWakes(options.onWake);
    this.commands.on('ready', () => void this.checkEviction());
  }

  /** Wakes the lanes of these agencies from now on; may be called again with more. Doesn't wait for Redis. */
  async start(agencies: string[] = this.options.agencies ?? []): Promise<void> {
    for (const agency of agencies) if (!this.workers.has(agency)) this.workers.set(agency, this.worker(agency));
  }

  /** Returns at once and never throws. A timer that Redis doesn't take is left to the sweeper. */
  schedule({ agency, stream, sequence, attempt, delayMs }: WakeLane & { attempt: number; delayMs: number }): void {
    if (this.isClosed || this.commands.status !== 'ready' || this.addsUnderWay >= MAX_ADDS_UNDER_WAY) {
      return this.quiet.warn({ agency }, 'timers are left to the sweeper: Redis takes none');
    }
    this.addsUnderWay++;
    this.add({ agency, stream, sequence }, attempt, delayMs)
      .catch((error: unknown) =>
        this.quiet.warn({ agency, reason: reasonOf(error) }, 'a timer is left to the sweeper: Redis did not take it'),
      )
      .finally(() => this.addsUnderWay--);
  }

  /** Timers by agency, due and to come. Empty while Redis is away. */
  async counts(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    if (this.commands.status !== 'ready') return counts;
    const counting = Promise.all(
      [...this.queues].map(async ([agency, queue]) => {
        counts[agency] = await queue.getJobCountByTypes('delayed', 'wait', 'active');
      }),
    );
    return (await settlesWithin(COUNTS_WITHIN_MS, counting)) ? counts : {};
  }

  isUp(): boolean {
    return this.commands.status === 'ready' && this.waiting.redis.status === 'ready';
  }

  /** Lets wakes under way end, for at most 5 s. Timers stay in Redis for the next process. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const all = [...this.workers.values(), ...this.queues.values()];
    await settlesWithin(DRAIN_MS, Promise.allSettled(all.map((one) => one.close())));
    this.commands.disconnect();
    this.waiting.disconnect();
  }

  private async add(wake: WakeLane, attempt: number, delayMs: number): Promise<void> {
    await this.queueOf(wake.agency).add('wake', wake, {
      // An id that Redis still holds, even of a job under way, is ignored in silence: so the attempt is part of it.
      jobId: `${wake.agency}-${wake.stream}-${wake.sequence}-${attempt}`,
      delay: Math.min(Math.max(0, Math.ceil(delayMs)), MAX_DELAY_MS),
      removeOnComplete: true,
      removeOnFail: true,
    });
  }

  private queueOf(agency: string): Queue<WakeLane> {
    let queue = this.queues.get(agency);
    if (!queue) {
      queue = new Queue<WakeLane>(queueName(agency), {
        connection: this.commands,
        prefix: this.prefix,
        skipVersionCheck: true,
        streams: { events: { maxLen: 100 } },
      });
      queue.on('error', (error) => this.tell(agency, error));
      this.queues.set(agency, queue);
    }
    return queue;
  }

  private worker(agency: string): Worker<WakeLane> {
    this.queueOf(agency);
    const worker = new Worker<WakeLane>(queueName(agency), (job) => this.wake(agency, job.data), {
      connection: this.waiting.redis,
      prefix: this.prefix,
      concurrency: 200,
      runRetryDelay: 1_000,
    });
    worker.on('error', (error) => this.tell(agency, error));
    worker.on('failed', (_, error) =>
      this.quiet.warn({ agency, reason: reasonOf(error) }, 'lanes could not be woken; they are left to the sweeper'),
    );
    return worker;
  }

  private async wake(agency: string, { stream, sequence }: WakeLane): Promise<void> {
    await this.gathered.add({ agency, stream, sequence });
  }

  private tell(agency: string, error: Error): void {
    this.quiet.warn({ agency, reason: reasonOf(error) }, 'a retry queue has trouble with Redis; trying on');
  }

  private async checkEviction(): Promise<void> {
    const policy = /maxmemory_policy:(\S+)/.exec(await this.commands.info('memory').catch(() => ''))?.[1];
    if (policy !== undefined && policy !== 'noeviction')
      this.quiet.warn({ policy }, "Redis may throw timers away: set its maxmemory-policy to 'noeviction'");
  }
}

const queueName = (agency: string): string => `retry.${agency}`;
