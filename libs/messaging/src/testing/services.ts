import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { it } from '@jest/globals';
import { containerServer, inContainers, type ContainerServer } from '../../../../deploy/local/containers.mjs';
import { images } from '../../../../deploy/local/images.mjs';
import type { Log } from '../log.js';
import { eventually } from '../../../wire/src/testing/eventually.js';

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

const STARTS_WITHIN_MS = 60_000;
const CLUSTER = 'MkU3OEVBNTcwNTJENDM2Qg';
const HEAP = '-Xmx384m';

/** Where `npm test` keeps Kafka's jars; a run against other people's Kafka may have none, and can't kill that one. */
const kafkaJars = process.env['LIENTHONG_KAFKA_LIBS'] ?? resolve('.lienthong/kafka-libs/4.2.0');
export const itWithOwnKafka = inContainers() || existsSync(kafkaJars) ? it : it.skip;

/** A server that a test may kill, freeze and start again with its data: a process, or a container where the others are. */
export class OwnServer {
  private constructor(
    readonly port: number,
    private readonly server: ContainerServer,
  ) {}

  /** `advertised`: the port under which clients are told to come, where something stands in front. */
  static async kafka(advertised?: (port: number) => Promise<number>): Promise<OwnServer> {
    const [port, controller] = [await freePort(), await freePort()];
    const told = (await advertised?.(port)) ?? port;
    if (inContainers()) {
      const all = Object.entries(kafkaProperties(port, controller, '/var/lib/kafka/data', told));
      const env = Object.fromEntries(all.map(([k, v]) => [`KAFKA_${k.toUpperCase().replaceAll('.', '_')}`, v]));
      const more = { CLUSTER_ID: CLUSTER, KAFKA_HEAP_OPTS: HEAP };
      return new OwnServer(port, ownContainer(port, images.kafka, [], { ...env, ...more }));
    }
    const folder = mkdtempSync(join(tmpdir(), 'own-kafka-'));
    const properties = join(folder, 'server.properties');
    const lines = Object.entries(kafkaProperties(port, controller, join(folder, 'data'), told));
    writeFileSync(properties, lines.map((line) => line.join('=')).join('\n'));
    const java = (main: string, ...rest: string[]): [string, ...string[]] => [
      'java',
      ...[HEAP, '-XX:TieredStopAtLevel=1', '-cp', join(kafkaJars, '*'), main, ...rest],
    ];
    const [format, ...formatArguments] = java('kafka.tools.StorageTool', 'format', '-t', CLUSTER);
    execFileSync(format, [...formatArguments, '-c', properties], { stdio: 'ignore' });
    return new OwnServer(port, ownProcess(port, folder, java('kafka.Kafka', properties)));
  }

  static async redis(): Promise<OwnServer> {
    const port = await freePort();
    const options = ['--port', String(port), '--appendonly', 'no', '--save', ''];
    if (inContainers()) return new OwnServer(port, ownContainer(port, images.redis, ['redis-server', ...options], {}));
    const folder = mkdtempSync(join(tmpdir(), 'own-redis-'));
    const more = ['--bind', '127.0.0.1', '--dir', folder];
    return new OwnServer(port, ownProcess(port, folder, ['redis-server', ...options, ...more]));
  }

  start(): Promise<void> {
    return this.server.start();
  }

  kill(): Promise<void> {
    return this.server.signal('SIGKILL');
  }

  /** Resolves when nothing of it moves any more. */
  freeze(): Promise<void> {
    return this.server.signal('SIGSTOP');
  }

  thaw(): Promise<void> {
    return this.server.signal('SIGCONT');
  }

  remove(): Promise<void> {
    return this.server.remove();
  }
}

const ownContainer = (port: number, image: string, args: string[], env: Record<string, string>): ContainerServer =>
  containerServer({ image, env, args, answers: () => answers(port).then(() => true), within: STARTS_WITHIN_MS });

function ownProcess(port: number, folder: string, command: readonly [string, ...string[]]): ContainerServer {
  let child: ChildProcess | undefined;
  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    if (!child || !isRunning()) return;
    const gone = name === 'SIGKILL' ? once(child, 'exit') : undefined;
    child.kill(name);
    await gone;
  };
  return {
    async start() {
      const [program, ...rest] = command;
      child = spawn(program, rest, { stdio: 'ignore' });
      await eventually(() => answers(port), STARTS_WITHIN_MS);
    },
    isRunning,
    signal,
    async remove() {
      await signal('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

const kafkaProperties = (
  port: number,
  controller: number,
  data: string,
  advertised: number,
): Record<string, string> => ({
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': `1@127.0.0.1:${controller}`,
  listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertised}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'controller.listener.names': 'CONTROLLER',
  'log.dirs': data,
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '2',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  // After a kill -9 a broker is let in again when its former session has ended.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '500',
  'auto.create.topics.enable': 'false',
});
