import { randomBytes } from 'node:crypto';
import { docker, engineVersion, hasImage } from './docker.mjs';
import { kafka } from './kafka.mjs';
import { Trouble } from './trouble.mjs';

/**
 * Kafka where Java or Maven is missing and a Docker engine answers: the docker client is the process that is recorded,
 * watched and stopped; it passes signals on, and ends with its container. The data lies in a volume that `memory` names.
 */
export const kafkaInDocker = {
  ...kafka,
  title: 'Kafka (Docker)',
  stopSignals: [['SIGTERM', 30_000]],
  settings: `docker ${kafka.settings}`,
  needs: [],
  places: () => [],

  async prepare({ memory, log, detail, task }) {
    memory.volume ??= `lienthong-kafka-${randomBytes(6).toString('hex')}`;
    memory.container = memory.volume;
    memory.clusterId ??= randomBytes(16).toString('base64url');
    const { image } = kafka.container({ port: 1, secondPort: 2 });
    if (!(await hasImage(image))) await pull(image, { log, detail, task });
    const { container, volume, clusterId } = memory;
    return { container, volume, clusterId };
  },

  command({ container, volume, clusterId }, address) {
    const { image, env, data } = kafka.container(address);
    const variables = Object.entries({ ...env, CLUSTER_ID: clusterId }).flatMap((pair) => ['--env', pair.join('=')]);
    const published = `127.0.0.1:${address.port}:${address.port}`;
    const args = ['run', '--rm', '--name', container, '--publish', published, '--volume', `${volume}:${data}`];
    return { command: 'docker', args: [...args, ...variables, image], cwd: '/', env: process.env };
  },
};

async function pull(image, { log, detail, task }) {
  detail(`docker pull ${image}`);
  const program = { command: 'docker', args: ['pull', '--quiet', image], cwd: '/', env: process.env };
  if ((await task('docker-pull', program)) === 0) return;
  throw new Trouble(
    `Docker không lấy được ảnh ${image}; lý do ở trên. Có thể cài Java 17 và Maven thay cho Docker, hay đặt KAFKA_BROKERS.`,
    `Docker could not fetch the image ${image}; the reason is above. Java 17 and Maven do as well, or set KAFKA_BROKERS.`,
    { log },
  );
}

/** What a client that was killed leaves running. */
export async function removeContainer(memory) {
  if (memory.container) await docker(['rm', '--force', '--volumes', memory.container]).catch(() => {});
  delete memory.container;
}

export async function removeVolume(memory) {
  if (memory.volume) await docker(['volume', 'rm', '--force', memory.volume]).catch(() => {});
}

/** Java's Kafka, or the one in Docker where it can't be had and an engine answers. */
export async function chooseKafka(env = process.env) {
  if (env.KAFKA_BROKERS) return kafka;
  const lacking = await Promise.allSettled(kafka.needs.map(async (need) => need()));
  const reasons = lacking.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  if (reasons.length === 0 || reasons.some((reason) => !(reason instanceof Trouble))) return kafka;
  return (await engineVersion(env)) ? kafkaInDocker : kafka;
}
