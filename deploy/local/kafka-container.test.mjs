import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { docker, skipWithout } from './docker.mjs';
import { images } from './images.mjs';
import { chooseKafka, kafkaInDocker } from './kafka-container.mjs';
import { kafka } from './kafka.mjs';
import { isAlive, recorded, stopProcess, until } from './processes.mjs';
import { checkNeeds, ensureServices } from './services.mjs';

const path = process.env.PATH;
const top = mkdtempSync(join(tmpdir(), 'lienthong-docker-'));
const folder = join(top, 'run');
mkdirSync(folder);
const watches = [];
after(async () => {
  // What a failed test left.
  for (const end of watches) end();
  await stopProcess(client());
  for (const volume of await volumesSince()) await docker(['rm', '--force', volume]).catch(() => {});
  for (const volume of await volumesSince()) await docker(['volume', 'rm', '--force', volume]);
  rmSync(top, { recursive: true, force: true });
});

/** A machine without Java: everything else of the path, as links. */
before(() => {
  const bin = join(top, 'bin');
  mkdirSync(bin);
  for (const name of ['docker', 'id', 'mvn', 'node', 'ps', 'redis-server', 'sh']) {
    const program = path.split(delimiter).find((at) => existsSync(join(at, name)));
    if (program) symlinkSync(join(program, name), join(bin, name));
  }
  process.env.PATH = bin;
  delete process.env.JAVA_HOME;
});

// PostgreSQL and Redis are not this test's business: a port that takes connections will do for them.
const silent = createServer().listen(0, '127.0.0.1').unref();
await new Promise((resolve) => silent.once('listening', resolve));
const elsewhere = `127.0.0.1:${silent.address().port}`;
const given = { DATABASE_URL: `postgres://u:p@${elsewhere}/d`, REDIS_URL: `redis://${elsewhere}` };
const env = { ...process.env, ...given, KAFKA_BROKERS: '' };
const withoutEngine = { ...env, PATH: '/nowhere' };
const skip = await skipWithout(images.kafka);
const client = () => recorded(join(folder, 'services/kafka.pid'));
const containersOf = async (volume) => docker(['ps', '--all', '--quiet', '--filter', `name=${volume}`]);
const allVolumes = async () =>
  (await docker(['volume', 'ls', '--quiet', '--filter', 'name=lienthong-kafka-'])).split('\n').filter(Boolean);

const known = !skip ? await allVolumes() : [];
const volumesSince = async () => (!skip ? (await allVolumes()).filter((name) => !known.includes(name)) : []);

function clientOf(brokers) {
  const { Kafka, logLevel } = createRequire(import.meta.url)('kafkajs');
  return new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
}

async function inTopics(brokers, work) {
  const admin = clientOf(brokers);
  await admin.connect();
  return work(admin).finally(() => admin.disconnect());
}

test('without Java and without an engine, both ways out are named', async () => {
  assert.equal(await chooseKafka(withoutEngine), kafka);
  await assert.rejects(
    async () => Promise.all(kafka.needs.map(async (need) => need())),
    (error) => /Java 17/.test(error.en) && /start Docker/.test(error.en) && /khởi động Docker/.test(error.vi),
  );
});

test(
  'without Java, Kafka runs in Docker: kept between starts, back after a kill, gone with its data',
  { skip },
  async () => {
    assert.equal(await chooseKafka(env), kafkaInDocker);
    await checkNeeds(env);

    const first = await ensureServices({ folder, env });
    assert.match(first.remark, /Docker/);
    await inTopics(first.KAFKA_BROKERS, (admin) =>
      admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }] }),
    );
    const [volume] = await volumesSince();
    const ports = await docker(['port', volume]);
    assert.match(ports, /127\.0\.0\.1:\d+$/);
    assert.doesNotMatch(ports, /0\.0\.0\.0/);
    await first.stop();
    assert.equal(client(), undefined);
    assert.equal(await containersOf(volume), '');
    assert.ok((await volumesSince()).includes(volume));

    const second = await ensureServices({ folder, env, discard: true });
    assert.deepEqual(await inTopics(second.KAFKA_BROKERS, (admin) => admin.listTopics()), ['kept']);
    const said = [];
    const endWatch = second.watch((line) => said.push(line));
    watches.push(endWatch);
    const killed = client();
    // The client alone: its container runs on, and is in the way of the next.
    process.kill(killed.pid, 'SIGKILL');
    assert.ok(
      await until(() => !isAlive(killed) && client() !== undefined && kafka.answers(second.KAFKA_BROKERS), 60_000),
    );
    assert.ok(said.some((line) => /Kafka \(Docker\) ended unexpectedly/.test(line)));
    endWatch();
    await second.stop();
    assert.equal(await containersOf(volume), '');
    assert.ok(!(await volumesSince()).includes(volume));
  },
);
