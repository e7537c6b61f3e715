import type { IHeaders, KafkaMessage } from 'kafkajs';

/** What one @EventPattern handler gets: consecutive messages of one topic's partition, in order, never empty. */
export interface Batch<T = unknown> {
  /** Without namespace. */
  topic: string;
  partition: number;
  messages: BatchMessage<T>[];
}

export interface BatchMessage<T = unknown> {
  key: string | null;
  /** Parsed, not validated; undefined where the bytes aren't UTF-8 or not JSON. */
  value: T | undefined;
  raw: Buffer;
  /** With `traceparent`, where the sender gave one. */
  headers: Record<string, string>;
  offset: string;
  /** Milliseconds since 1970, the sender's or the broker's clock. */
  timestamp: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function readMessage({ key, value, headers, offset, timestamp }: KafkaMessage): BatchMessage {
  const raw = value ?? Buffer.alloc(0);
  return { key: key?.toString() ?? null, value: readJson(raw), raw, headers: readHeaders(headers), offset, timestamp };
}

function readJson(raw: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(raw));
  } catch {
    return undefined;
  }
}

function readHeaders(headers: IHeaders = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined ? [] : [[name, first.toString()]];
    }),
  );
}
