import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { takeLock } from './lock.mjs';
import { identityOf, isAlive, launch, myIdentity, recorded, stopLeftBehind, stopProcess, until } from './processes.mjs';

const folder = mkdtempSync(join(tmpdir(), 'lienthong-processes-'));
const started = [];
after(() => started.forEach((child) => child.kill('SIGKILL')));

const idle = ['-e', 'setInterval(() => {}, 1000)'];
const stubborn = ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('up')"];

function begin(name, args = idle) {
  const child = launch({
    record: join(folder, `${name}.pid`),
    command: process.execPath,
    args,
    env: process.env,
    out: 'pipe',
  });
  started.push(child);
  return child;
}

const known = (name) => recorded(join(folder, `${name}.pid`));

test('a process is known by its own record, and only while it lives', async () => {
  const child = begin('own');
  assert.ok(await until(() => known('own'), 30_000));
  assert.equal(known('own').pid, child.pid);
  await stopProcess(known('own'));
  assert.equal(known('own'), undefined);
});

test('a recycled number is nobody of ours: the stranger lives on', async () => {
  begin('gone');
  assert.ok(await until(() => known('gone'), 30_000));
  const gone = known('gone');
  await stopProcess(gone);
  // The clock of start times has ticks: one that starts within the same tick would not be a later one.
  let stranger;
  await until(() => {
    stranger = spawn(process.execPath, idle);
    started.push(stranger);
    return identityOf(stranger.pid).started !== gone.started;
  }, 30_000);
  const text = readFileSync(join(folder, 'gone.pid'), 'utf8');
  writeFileSync(join(folder, 'gone.pid'), text.replace(` ${gone.pid} `, ` ${stranger.pid} `));
  assert.equal(known('gone'), undefined);
  await stopLeftBehind(folder);
  assert.ok(isAlive(identityOf(stranger.pid)));
});

test('one that ignores SIGTERM is killed when its bound is over', async () => {
  const child = begin('stubborn', stubborn);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const identity = known('stubborn');
  await stopProcess(identity, [['SIGTERM', 200]]);
  assert.equal(isAlive(identity), false);
  assert.equal(
    child.signalCode ?? (await new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))),
    'SIGKILL',
  );
});

test('what a killed run left behind is stopped, its children too', async () => {
  const parent = begin('parent', [
    '-e',
    `const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify(idle)}); console.log(child.pid); setInterval(() => {}, 1000)`,
  ]);
  const grandchild = identityOf(Number(await new Promise((resolve) => parent.stdout.once('data', resolve))));
  assert.ok(isAlive(grandchild));
  assert.deepEqual(await stopLeftBehind(folder), ['parent']);
  assert.ok(await until(() => !isAlive(grandchild), 30_000));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.pid')),
    [],
  );
});

test('a lock has one holder; a holder that was killed holds nothing', async () => {
  const file = join(folder, 'one.lock');
  const mine = takeLock(file);
  assert.equal(takeLock(file).holder.pid, process.pid);
  mine.release();
  writeFileSync(file, JSON.stringify({ ...myIdentity(), started: 'another life' }));
  const second = takeLock(file);
  assert.equal(second.holder, undefined);
  second.release();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('one.lock')),
    [],
  );
});

test('of many that want a stale lock at once, one gets it', async () => {
  const file = join(folder, 'wanted.lock');
  writeFileSync(file, JSON.stringify({ pid: 1, started: 'another life' }));
  const script = `import { takeLock } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)};
    process.stdin.once('data', () => { console.log(takeLock(process.argv[1]).holder ? 'no' : 'yes'); });
    process.stdin.once('end', () => process.exit()); console.log('up');`;
  const rivals = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', script, file]));
  const says = (rival) => new Promise((resolve) => rival.stdout.once('data', (data) => resolve(String(data).trim())));
  await Promise.all(rivals.map(says));
  const answers = rivals.map(says);
  rivals.forEach((rival) => rival.stdin.write('go'));
  assert.equal((await Promise.all(answers)).filter((answer) => answer === 'yes').length, 1);
  rivals.forEach((rival) => rival.stdin.end());
});
