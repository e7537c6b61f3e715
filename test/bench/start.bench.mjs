/**
 * How long a second `npm start` takes to be ready, and what everything but Kafka then holds in memory while idle (PSS, so
 * that shared pages count once; Linux only). Reference: bringing up the three services alone, as the first steps say it.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure } from './fresh.mjs';

const IDLE_MS = 10_000;

export default async function startBench(ctx) {
  const checkout = ctx?.checkout ?? process.cwd();
  const first = await startOnce(checkout);
  await first.stop();
  const warm = await startOnce(checkout);
  await sleep(IDLE_MS);
  const idle = memoryOf(warm.pid) / 1_048_576;
  await warm.stop();
  return [
    figure(
      'warm npm start to ready',
      warm.seconds,
      's',
      { 'its services alone': warm.services },
      '≤ 15',
      warm.seconds <= 15,
    ),
    figure('idle without Kafka', idle, 'MiB', { 'goal of 1,536': 1_536 }, '≤ 1,536', idle <= 1_536),
  ];
}

async function startOnce(checkout) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(LIENTHONG_|DATABASE_URL$|REDIS_URL$|KAFKA_BROKERS$)/.test(name)),
  );
  const from = performance.now();
  const child = spawn(process.execPath, ['deploy/local/start.mjs', '--no-visitors', '--port-base', '18080'], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  while (!said.includes('· ready\n')) {
    if (child.exitCode !== null) throw new Error(`npm start ended:\n${said}`);
    await sleep(20);
  }
  return {
    pid: child.pid,
    seconds: (performance.now() - from) / 1_000,
    services: Number(/· Services\s+([\d.]+) s/.exec(said)?.[1] ?? Number.NaN),
    async stop() {
      child.kill('SIGINT');
      await exited;
    },
  };
}

/** Bytes of a process and all below it, Kafka's Java left out. */
function memoryOf(root) {
  const children = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = read(pid, 'stat');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const sum = (pid) => {
    const kafka = read(pid, 'cmdline').includes('kafka.Kafka');
    const own = kafka ? 0 : Number(/^Pss:\s+(\d+) kB/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0) * 1_024;
    return (children.get(pid) ?? []).reduce((bytes, child) => bytes + sum(child), own);
  };
  return sum(root);
}

function read(pid, name) {
  try {
    return readFileSync(join('/proc', String(pid), name), 'utf8');
  } catch {
    return '';
  }
}
