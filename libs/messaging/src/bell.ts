import type { Redis } from 'ioredis';
import { reasonOf, seldom, type Log } from './log.js';
import { redisForCommands, redisForListening } from './redis-client.js';

export interface BellOptions {
  redisUrl: string;
  namespace: string;
  name: string;
  log: Log;
}

/** What a ring says at most; with more it says nothing in particular. */
const MOST_WORDS = 64;

/**
 * Says "there is something" to other processes, and of what little there is also what (ids, never anything personal).
 * A ring may be lost or come twice: polling is the truth.
 */
export class Bell {
  private readonly channel: string;
  private readonly listeners: ((words: readonly string[]) => void)[] = [];
  private readonly words = new Set<string>();
  private isMuch = false;
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

  /** Returns at once and never throws. Rings while one is under way become a single one after it. Words are without spaces. */
  ring(words: readonly string[] = []): void {
    if (this.isClosed) return;
    this.isWanted = true;
    this.remember(words);
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
  onRing(f: (words: readonly string[]) => void): void {
    this.listeners.push(f);
    this.listener ??= this.listen();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.ringer?.disconnect();
    this.listener?.disconnect();
  }

  private remember(words: readonly string[]): void {
    if (words.length === 0 || this.words.size + words.length > MOST_WORDS) this.isMuch = true;
    if (this.isMuch) this.words.clear();
    else for (const word of words) this.words.add(word);
  }

  private takeWords(): string {
    const said = [...this.words].join(' ');
    this.words.clear();
    this.isMuch = false;
    return said;
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
      await ringer.publish(this.channel, this.takeWords()).catch(() => {});
    }
    this.isRinging = false;
  }

  private listen(): Redis {
    const redis = redisForListening(this.options.redisUrl, this.options.log);
    redis.on('message', (_, said) => this.tellListeners(said === '' ? [] : said.split(' ')));
    redis.on('ready', () => {
      redis.subscribe(this.channel).then(
        () => this.tellListeners([]),
        // The connection was lost again; its successor subscribes.
        () => {},
      );
    });
    return redis;
  }

  private tellListeners(words: readonly string[]): void {
    for (const tell of this.listeners) {
      try {
        tell(words);
      } catch (error) {
        this.quiet.error({ reason: reasonOf(error) }, 'a listener of the bell failed');
      }
    }
  }
}
