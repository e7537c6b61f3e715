import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { query } from './databases.mjs';
import { brokersIn } from './kafka.mjs';
import { isAlive, recorded, stopProcess, until } from './processes.mjs';
import { redis } from './redis.mjs';
import { ensureServices } from './services.mjs';

// A folder that PostgreSQL's own user may enter, but with what a Vietnamese name and a space can break.
const top = mkdtempSync(join(tmpdir(), 'lienthong-services-'));
chmodSync(top, 0o755);
const folder = join(top, 'Dự án mới');
mkdirSync(folder);
const record = (name) => recorded(join(folder, 'services', `${name}.pid`));
const names = ['postgres', 'redis', 'kafka'];
after(async () => {
  await Promise.all(names.map((name) => stopProcess(record(name))));
  rmSync(top, { recursive: true, force: true });
});

const own = { ...process.env, DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '' };

/** Another run of the same folder, in a process of its own; it leaves when its input ends. */
async function otherRun() {
  const url = new URL('./services.mjs', import.meta.url).href;
  const script = `import { ensureServices } from ${JSON.stringify(url)};
    const { DATABASE_URL, stop } = await ensureServices({ folder: process.argv[1], discard: true });
    process.stdin.once('end', async () => { await stop(); process.exit(); }).resume();
    console.log(DATABASE_URL);`;
  const args = ['--input-type=module', '-e', script, folder];
  const child = spawn(process.execPath, args, { env: own, stdio: ['pipe', 'pipe', 'inherit'] });
  const database = String(await new Promise((resolve) => child.stdout.once('data', resolve))).trim();
  const leave = async () => {
    child.stdin.end();
    await new Promise((resolve) => child.once('exit', resolve));
  };
  return { child, database, leave };
}

test('private services keep their data, outlive a killed run without a second instance, and stop with the last run', async () => {
  const killed = await otherRun();
  await query(killed.database, 'create table kept (name text)');
  await query(killed.database, "insert into kept values ('Nguyễn')");
  killed.child.kill('SIGKILL');
  const before = names.map(record);
  assert.ok(before.every(Boolean));

  const mine = await ensureServices({ folder, env: own });
  const other = await otherRun();
  assert.deepEqual(names.map(record), before, 'what still ran was taken over');
  assert.deepEqual([mine.DATABASE_URL, other.database], [killed.database, killed.database]);
  assert.deepEqual(await query(other.database, 'select name from kept'), [{ name: 'Nguyễn' }]);
  assert.deepEqual(await query(other.database, 'show server_encoding'), [{ server_encoding: 'UTF8' }]);
  assert.equal(await brokersIn(mine.KAFKA_BROKERS), 1);

  const said = [];
  const endWatch = mine.watch((line) => said.push(line));
  process.kill(before[1].pid, 'SIGKILL');
  assert.ok(await until(() => !isAlive(before[1]) && record('redis'), 20_000));
  assert.ok(said.some((line) => /Redis ended unexpectedly/.test(line)));
  assert.ok(await until(() => redis.answers(mine.REDIS_URL), 20_000), 'where its users know it');
  endWatch();

  await mine.stop();
  assert.ok(names.every(record), 'another run still uses them');
  await other.leave();
  assert.ok(!names.some(record));
  assert.equal(existsSync(join(folder, 'services/kafka/data')), false);
});

test(
  'a PostgreSQL whose record was lost is found by its data, not started twice',
  { skip: process.platform !== 'linux' },
  async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const elsewhere = `127.0.0.1:${silent.address().port}`;
    const env = { ...own, REDIS_URL: `redis://${elsewhere}`, KAFKA_BROKERS: elsewhere };
    await ensureServices({ folder, env });
    const lost = record('postgres');
    rmSync(join(folder, 'services/postgres.pid'));
    const again = await ensureServices({ folder, env, discard: true });
    assert.equal(isAlive(lost), false);
    assert.deepEqual(await query(again.DATABASE_URL, 'select 1 as one'), [{ one: 1 }]);
    await again.stop();
    silent.close();
  },
);

test('services that the environment names are used and left alone', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `127.0.0.1:${server.address().port}`;
  const given = {
    DATABASE_URL: `postgres://u:p@${address}/d`,
    REDIS_URL: `redis://${address}`,
    KAFKA_BROKERS: `${address},127.0.0.1:1`,
  };
  const { stop, watch, ...urls } = await ensureServices({ folder: join(top, 'unused'), env: given });
  assert.deepEqual(urls, given);
  watch(() => {})();
  await stop();
  assert.equal(existsSync(join(top, 'unused')), false);
  server.close();
});

test('a named service that is not there is said, without its password', async () => {
  const env = { ...own, DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/d' };
  await assert.rejects(ensureServices({ folder: join(top, 'unused'), env }), (error) => {
    assert.match(error.message, /DATABASE_URL/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});
