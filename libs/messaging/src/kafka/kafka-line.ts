import { connect, type Socket } from 'node:net';
import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import type { Log } from '../log.js';
import { quietenNegativeTimeouts } from './quieten-negative-timeouts.js';
import type { KafkaSettings } from './settings.js';
import { foundSilent, isSilent } from './silent-brokers.js';

const TOLD = ['broker', 'groupId', 'topic', 'partition', 'retryCount'] as const;
const LOOK_EVERY_MS = 1_000;
/** An answer may take longer (a join, acks=all while a replica drops out): then the broker is asked whether it answers at all. */
const ASK_AFTER_MS = 3_000;

interface Wire {
  host: string;
  port: number;
  /** Since when something written on it has had no answer; undefined where nothing waits. */
  waitingSince: number | undefined;
  writtenAtAnswer: number;
}

/**
 * Sockets of one kafkajs client in our own hands: whether any is open is known, a wire on which nothing comes back is
 * broken off (kafkajs keeps it, and each request on it waits in vain), and after `cut` nothing more leaves.
 */
export class KafkaLine {
  readonly kafka: Kafka;
  private readonly sockets = new Map<Socket, Wire>();
  private readonly watch: NodeJS.Timeout;
  private open = 0;
  private isCut = false;

  constructor(
    settings: KafkaSettings,
    /** One that says a thing seldom: kafkajs reports each attempt. */
    private readonly log: Log,
    private readonly onLastClosed: () => void = () => {},
  ) {
    quietenNegativeTimeouts();
    this.kafka = new Kafka({
      clientId: settings.clientId,
      brokers: settings.brokers,
      connectionTimeout: 3_000,
      // Longer than a cluster takes to give a dead replica up (9 s), which acks=all waits for.
      requestTimeout: 10_000,
      // Short here: kafkajs nests these within the retries of a producer or consumer.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2 },
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => this.tell(entry),
      socketFactory: ({ host, port, onConnect }) => this.connect(host, port, onConnect),
    });
    this.watch = setInterval(() => this.lookAfter(), LOOK_EVERY_MS);
    this.watch.unref();
  }

  isOpen(): boolean {
    return this.open > 0;
  }

  /** For kafkajs' REQUEST_TIMEOUT: on a wire that lost an answer the next request would be lost too. */
  breakOff(broker: string): void {
    for (const [socket, { host, port }] of this.sockets)
      if (`${host}:${port}` === broker) socket.destroy(new Error('a request had no answer'));
  }

  cut(): void {
    this.isCut = true;
    clearInterval(this.watch);
    // With an error: kafkajs doesn't listen to 'close' and would wait for answers until their time-out.
    for (const socket of this.sockets.keys()) socket.destroy(new Error('cut'));
  }

  private connect(host: string, port: number, onConnect: () => void): Socket {
    if (this.isCut) throw new Error('cut');
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, onConnect);
    const wire: Wire = { host, port, waitingSince: undefined, writtenAtAnswer: 0 };
    let isOpen = false;
    this.sockets.set(socket, wire);
    socket.once('connect', () => {
      isOpen = true;
      this.open++;
    });
    socket.on('data', () => {
      wire.waitingSince = undefined;
      wire.writtenAtAnswer = socket.bytesWritten;
    });
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (isOpen && --this.open === 0 && !this.isCut) this.onLastClosed();
    });
    // As if the port were closed, which kafkajs answers by trying another broker.
    if (isSilent(host, port))
      socket.destroy(Object.assign(new Error('the broker does not answer'), { code: 'ECONNREFUSED' }));
    return socket;
  }

  private lookAfter(): void {
    const now = performance.now();
    for (const [socket, wire] of this.sockets) {
      if (socket.connecting || socket.bytesWritten === wire.writtenAtAnswer) continue;
      wire.waitingSince ??= now;
      if (now - wire.waitingSince >= ASK_AFTER_MS) void this.breakOffIfSilent(wire);
    }
  }

  private async breakOffIfSilent({ host, port }: Wire): Promise<void> {
    if (!(await foundSilent(host, port)) || this.isCut) return;
    this.log.warn({ broker: `${host}:${port}` }, 'a Kafka broker does not answer; it is left alone until it does');
    this.breakOff(`${host}:${port}`);
  }

  /** kafkajs repeats what it can't do at once; none of it is an error of ours yet, and no payload is passed on. */
  private tell({ namespace, log: { message, ...more } }: LogEntry): void {
    if (this.isCut || message.startsWith('Limiting retries')) return;
    const told: Record<string, unknown> = { kafkajs: namespace };
    for (const name of TOLD) if (more[name] !== undefined) told[name] = more[name];
    if (typeof more['error'] === 'string') told['reason'] = more['error'];
    this.log.warn(told, message);
  }
}
