import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { it } from '@jest/globals';
import type { Log } from '../log.js';
import { eventually } from './eventually.js';

/** Services that `npm test` starts, or that the caller names. */
export function fromEnv(name: 'KAFKA_BROKERS' | 'REDIS_URL'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests need the real service, which \`npm test\` starts`);
  return value;
}

export const someNamespace = (): string => `spec-${randomBytes(5).toString('hex')}`;

export function rememberingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const remember = (level: string) => (o: object, m: string) => void lines.push(`${level} ${m} ${JSON.stringify(o)}`);
  return { lines, info: remember('info'), warn: remember('warn'), error: remember('error') };
}

/** Where `npm test` keeps Kafka's jars; a run against other people's Kafka may have none, and can't kill that one. */
const kafkaJars = process.env['LIENTHONG_KAFKA_LIBS'] ?? resolve('.lienthong/kafka-libs/4.2.0');
export const itWithOwnKafka = existsSync(kafkaJars) ? it : it.skip;

/** A server process that a test may kill, freeze and start again with its data. */
export class OwnServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly command: readonly [string, ...string[]],
  ) {}

  /** `advertised`: the port under which clients are told to come, where something stands in front. */
  static async kafka(advertised?: (port: number) => Promise<number>): Promise<OwnServer> {
    const folder = mkdtempSync(join(tmpdir(), 'own-kafka-'));
    const [port, controller] = [await freePort(), await freePort()];
    const properties = join(folder, 'server.properties');
    writeFileSync(
      properties,
      kafkaProperties(port, controller, join(folder, 'data'), (await advertised?.(port)) ?? port),
    );
    const java = (main: string, ...rest: string[]): [string, ...string[]] => [
      'java',
      ...['-Xmx384m', '-XX:TieredStopAtLevel=1', '-cp', join(kafkaJars, '*'), main, ...rest],
    ];
    const [format, ...formatArguments] = java('kafka.tools.StorageTool', 'format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg');
    execFileSync(format, [...formatArguments, '-c', properties], { stdio: 'ignore' });
    return new OwnServer(port, folder, java('kafka.Kafka', properties));
  }

  static async redis(): Promise<OwnServer> {
    const folder = mkdtempSync(join(tmpdir(), 'own-redis-'));
    const port = await freePort();
    const options = ['--bind', '127.0.0.1', '--appendonly', 'no', '--save', '', '--dir', folder];
    return new OwnServer(port, folder, ['redis-server', '--port', String(port), ...options]);
  }

  async start(): Promise<void> {
    const [program, ...rest] = this.command;
    this.child = spawn(program, rest, { stdio: 'ignore' });
    await eventually(() => answers(this.port), 60_000);
  }

  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function answers(port: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function kafkaProperties(port: number, controller: number, data: string, advertised: number): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${advertised}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${data}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=2',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    // After a kill -9 a broker is let in again when its former session has ended.
    'broker.session.timeout.ms=2000',
    'broker.heartbeat.interval.ms=500',
    'auto.create.topics.enable=false',
  ].join('\n');
}
