import type { Message } from 'kafkajs';

/** Kept under a broker's usual limit for one batch of one partition. */
const MAX_BYTES = 900_000;
const MAX_MESSAGES = 2_000;
/** Offsets, lengths, time stamps of a record. */
const OVERHEAD_BYTES = 70;

interface Waiting {
  messages: Message[];
  bytes: number;
  resolve: () => void;
  reject: (reason: Error) => void;
}

/** One partition's messages, in order, one publication under way. What gathers meanwhile leaves together with the next. */
export class PartitionQueue {
  private waiting: Waiting[] = [];
  private underWay: Waiting[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly publish: (messages: readonly Message[]) => Promise<void>) {}

  /** Every part of what was added settles. */
  add(messages: readonly Message[]): { published: Promise<void> }[] {
    const parts = inParts(messages).map((part) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.waiting.push({ ...part, resolve, reject });
      return { published: promise };
    });
    this.running ??= this.run();
    return parts;
  }

  isBusy(): boolean {
    return this.running !== undefined;
  }

  whenEmpty(): Promise<void> {
    return this.running ?? Promise.resolve();
  }

  reject(reason: Error): void {
    for (const { reject } of [...this.underWay.splice(0), ...this.waiting.splice(0)]) reject(reason);
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      this.underWay = this.takeOneBatch();
      try {
        await this.publish(this.underWay.flatMap((part) => part.messages));
        for (const part of this.underWay) part.resolve();
        this.underWay = [];
      } catch (error) {
        this.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.running = undefined;
  }

  private takeOneBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    let taken = 0;
    for (const part of this.waiting) {
      bytes += part.bytes;
      count += part.messages.length;
      if (taken > 0 && (bytes > MAX_BYTES || count > MAX_MESSAGES)) break;
      taken++;
    }
    return this.waiting.splice(0, taken);
  }
}

function inParts(messages: readonly Message[]): { messages: Message[]; bytes: number }[] {
  const parts: { messages: Message[]; bytes: number }[] = [];
  let last: { messages: Message[]; bytes: number } | undefined;
  for (const message of messages) {
    const bytes = sizeOf(message);
    if (!last || last.bytes + bytes > MAX_BYTES || last.messages.length === MAX_MESSAGES) {
      last = { messages: [], bytes: 0 };
      parts.push(last);
    }
    last.messages.push(message);
    last.bytes += bytes;
  }
  return parts;
}

function sizeOf({ key, value, headers = {} }: Message): number {
  let bytes = OVERHEAD_BYTES + Buffer.byteLength(key ?? '') + Buffer.byteLength(value ?? '');
  for (const [name, content] of Object.entries(headers)) bytes += 10 + name.length + String(content).length;
  return bytes;
}
