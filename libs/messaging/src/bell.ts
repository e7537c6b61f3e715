import type { Redis } from 'ioredis';
import { reasonOf, seldom, type Log } from './log.js';
import { redisForCommands, redisForListening } from './redis-client.js';

export interface BellOptions {
  redisUrl: string;
  namespace: string;
  name: string;
  log: Log;
}

/** Says "there is something" to other processes. A ring may be lost or come twice: polling is the truth. */
export class Bell {
  private readonly channel: string;
  private readonly listeners: (() => void)[] = [];
  private readonly quiet: Log;
  private ringer: Redis | undefined;
  private listener: Redis | undefined;
  private isRinging = false;
  private isWanted = false;
  private isClosed = false;

  constructor(private readonly options: BellOptions) {
    this.quiet = seldom(options.log);
    const { namespace, name } = options;
    this.channel = `${namespace === '' ? '' : `${namespace}:`}lienthong:bell:${name}`;
  }

  /** Returns at once and never throws. Rings while one is under way become a single one after it. */
  ring(): void {
    if (this.isClosed) return;
    this.isWanted = true;
    this.ringer ??= this.openRinger();
    void this.ringWhileWanted(this.ringer);
  }

  /** Whether a ring would leave now. */
  isUp(): boolean {
    if (this.isClosed) return false;
    this.ringer ??= this.openRinger();
    return this.ringer.status === 'ready';
  }

  /** Also called after each subscription: something may have been missed before it. */
  onRing(f: () => void): void {
    this.listeners.push(f);
    this.listener ??= this.listen();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.ringer?.disconnect();
    this.listener?.disconnect();
  }

  private openRinger(): Redis {
    const redis = redisForCommands(this.options.redisUrl, this.options.log);
    redis.on('ready', () => void this.ringWhileWanted(redis));
    return redis;
  }

  private async ringWhileWanted(ringer: Redis): Promise<void> {
    if (this.isRinging) return;
    this.isRinging = true;
    while (this.isWanted && ringer.status === 'ready') {
      this.isWanted = false;
      await ringer.publish(this.channel, '').catch(() => {});
    }
    this.isRinging = false;
  }

  private listen(): Redis {
    const redis = redisForListening(this.options.redisUrl, this.options.log);
    redis.on('message', () => this.tellListeners());
    redis.on('ready', () => {
      redis.subscribe(this.channel).then(
        () => this.tellListeners(),
        // The connection was lost again; its successor subscribes.
        () => {},
      );
    });
    return redis;
  }

  private tellListeners(): void {
    for (const tell of this.listeners) {
      try {
        tell();
      } catch (error) {
        this.quiet.error({ reason: reasonOf(error) }, 'a listener of the bell failed');
      }
    }
  }
}
