import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { images } from './images.mjs';
import { onPath } from './install.mjs';
import { KAFKA, canHaveJars, kafkaJars } from './kafka-jars.mjs';
import { folderAt } from './place.mjs';
import { Trouble } from './trouble.mjs';

const JAVA_FROM = 17;

const settings = {
  'process.roles': 'broker,controller',
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'auto.create.topics.enable': false,
  'group.initial.rebalance.delay.ms': 0,
  // After kill -9 Kafka readmits the broker only when its old session has ended.
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 500,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 8,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'log.cleaner.dedupe.buffer.size': 16_777_216,
};
const HEAP = '-Xmx512m';
const CONTAINER_DATA = '/var/lib/kafka/data';
const machine = [
  HEAP,
  '-XX:TieredStopAtLevel=1',
  '-Djava.awt.headless=true',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/**
 * A node of Kafka in KRaft mode from its Maven artifacts, broker and controller in one. Alone, unless `voters` names the
 * controllers of all nodes (`id@host:port,…`); these are formatted with one `clusterId`. `more` settings go over ours.
 */
export function kafkaNode({ id = 1, voters, clusterId, more = {} } = {}) {
  const node = { id, voters, clusterId, more };
  return {
    name: 'kafka',
    title: 'Kafka',
    variable: 'KAFKA_BROKERS',
    ports: 2,
    stopSignals: [['SIGTERM', 20_000]],
    readyWithin: 90_000,
    settings: JSON.stringify([settings, machine, KAFKA, more]),

    needs: [() => findJava(), canHaveJars],

    async prepare({ folder, log, detail, task }) {
      const [java, jars] = await Promise.all([findJava(), kafkaJars(detail)]);
      const place = folderAt(folder, 'kafka');
      const classes = [...machine, '-cp', join(jars, '*')];
      if (!existsSync(join(place, 'data', 'meta.properties'))) await format({ java, classes, place, log, task, node });
      return { java, classes, place };
    },

    command({ java, classes, place }, { port, secondPort }) {
      const file = writeSettings(place, join(place, 'data'), port, secondPort, node);
      return { command: java, args: [...classes, 'kafka.Kafka', file], cwd: place, env: javaEnv() };
    },

    /** Published by the engine it listens on every address of its own network; on this machine's, on the loopback alone. */
    container({ port, secondPort, hostNetwork = false }) {
      const properties = propertiesOf(CONTAINER_DATA, port, secondPort, node, hostNetwork ? '127.0.0.1' : '0.0.0.0');
      const env = Object.entries(properties).map(([name, value]) => [variableOf(name), String(value)]);
      const id = clusterId ?? randomBytes(16).toString('base64url');
      const more = { CLUSTER_ID: id, KAFKA_HEAP_OPTS: HEAP };
      return { image: images.kafka, env: { ...Object.fromEntries(env), ...more }, args: [], data: CONTAINER_DATA };
    },

    url: ({ port }) => `127.0.0.1:${port}`,

    answers: async (brokers) => (await brokersIn(brokers)) > 0,

    places: ({ folder }) => [join(folder, 'kafka')],
  };
}

export const kafka = kafkaNode();

function propertiesOf(data, port, controllerPort, { id, voters, more }, bind = '127.0.0.1') {
  return {
    ...settings,
    'node.id': id,
    listeners: `PLAINTEXT://${bind}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.quorum.voters': voters ?? `${id}@127.0.0.1:${controllerPort}`,
    'log.dirs': data,
    ...more,
  };
}

/** As the image reads its settings: a dot is an underscore, and none of ours has one of its own. */
const variableOf = (property) => `KAFKA_${property.toUpperCase().replaceAll('.', '_')}`;

function writeSettings(place, data, port, controllerPort, node) {
  const file = join(place, 'server.properties');
  const all = propertiesOf(data, port, controllerPort, node);
  const lines = Object.entries(all).map((line) => asLatin(line.join('=')));
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Java reads properties as Latin-1, and file names by its locale: a checkout may lie in "Dự án". */
const asLatin = (text) =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const javaEnv = () => ({ ...process.env, ...(process.platform === 'linux' ? { LC_ALL: 'C.UTF-8' } : {}) });

/** Formatted beside and renamed: a format that was cut leaves no half a log folder. */
async function format({ java, classes, place, log, task, node }) {
  const made = join(place, 'data.new');
  rmSync(made, { recursive: true, force: true });
  const file = writeSettings(place, made, 1, 2, node);
  const id = node.clusterId ?? randomBytes(16).toString('base64url');
  // One word: an id may begin with a dash.
  const args = [...classes, 'kafka.tools.StorageTool', 'format', `--cluster-id=${id}`, '-c', file];
  const code = await task('kafka-format', { command: java, args, cwd: place, env: javaEnv() });
  if (code !== 0) {
    throw new Trouble(
      'Không tạo được dữ liệu Kafka; lý do ở trên.',
      "Kafka's data could not be created; the reason is above.",
      { log },
    );
  }
  renameSync(made, join(place, 'data'));
}

async function findJava(env = process.env) {
  const candidates = [env.JAVA_HOME && join(env.JAVA_HOME, 'bin', 'java'), onPath('java', env)].filter(
    (file) => file && existsSync(file),
  );
  for (const java of candidates) {
    const { stderr } = await promisify(execFile)(java, ['-version']).catch(() => ({ stderr: '' }));
    if (Number(/version "(\d+)/.exec(stderr)?.[1]) >= JAVA_FROM) return java;
  }
  throw new Trouble(
    `Kafka cần Java ${JAVA_FROM} trở lên, hoặc một Docker engine: hãy cài (apt-get install openjdk-17-jre-headless), khởi động Docker, hay đặt KAFKA_BROKERS.`,
    `Kafka needs Java ${JAVA_FROM} or later, or a Docker engine: install it (apt-get install openjdk-17-jre-headless), start Docker, or set KAFKA_BROKERS.`,
  );
}

/** How many live brokers the cluster names, asked by a Metadata request (version 5, no topics); 0 while nobody answers. */
export function brokersIn(address) {
  const [host, port] = address.split(/:(?=\d+$)/);
  const body = Buffer.from([0, 3, 0, 5, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0]);
  const request = Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    let answer = Buffer.alloc(0);
    const end = (count) => {
      socket.destroy();
      resolve(count);
    };
    socket.setTimeout(2_000, () => end(0));
    socket.once('error', () => end(0));
    socket.once('close', () => end(0));
    socket.once('connect', () => socket.write(request));
    socket.on('data', (data) => {
      answer = Buffer.concat([answer, data]);
      // size, correlation, throttle time, then the number of brokers
      if (answer.length >= 16) end(answer.readInt32BE(12));
    });
  });
}
