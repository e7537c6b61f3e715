import { connect, type Socket } from 'node:net';
import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import type { Log } from '../log.js';
import { quietenNegativeTimeouts } from './quieten-negative-timeouts.js';
import type { KafkaSettings } from './settings.js';

const TOLD = ['broker', 'groupId', 'topic', 'partition', 'retryCount'] as const;

/** Sockets of one kafkajs client in our own hands: whether any is open is known, and after `cut` nothing more leaves. */
export class KafkaLine {
  readonly kafka: Kafka;
  private readonly sockets = new Set<Socket>();
  private open = 0;
  private isCut = false;

  constructor(
    settings: KafkaSettings,
    /** One that says a thing seldom: kafkajs reports each attempt. */
    log: Log,
    private readonly onLastClosed: () => void = () => {},
  ) {
    quietenNegativeTimeouts();
    this.kafka = new Kafka({
      clientId: settings.clientId,
      brokers: settings.brokers,
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      // Short here: kafkajs nests these within the retries of a producer or consumer.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2 },
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => this.tell(log, entry),
      socketFactory: ({ host, port, onConnect }) => this.connect(host, port, onConnect),
    });
  }

  isOpen(): boolean {
    return this.open > 0;
  }

  cut(): void {
    this.isCut = true;
    // With an error: kafkajs doesn't listen to 'close' and would wait for answers until their time-out.
    for (const socket of this.sockets) socket.destroy(new Error('cut'));
  }

  private connect(host: string, port: number, onConnect: () => void): Socket {
    if (this.isCut) throw new Error('cut');
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, onConnect);
    let isOpen = false;
    this.sockets.add(socket);
    socket.once('connect', () => {
      isOpen = true;
      this.open++;
    });
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (isOpen && --this.open === 0 && !this.isCut) this.onLastClosed();
    });
    return socket;
  }

  /** kafkajs repeats what it can't do at once; none of it is an error of ours yet, and no payload is passed on. */
  private tell(log: Log, { namespace, log: { message, ...more } }: LogEntry): void {
    if (this.isCut || message.startsWith('Limiting retries')) return;
    const told: Record<string, unknown> = { kafkajs: namespace };
    for (const name of TOLD) if (more[name] !== undefined) told[name] = more[name];
    if (typeof more['error'] === 'string') told['reason'] = more['error'];
    log.warn(told, message);
  }
}
