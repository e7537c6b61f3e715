/**
 * POST /v1/cases: durable cases a second with 64 connections that never pause, and then the delay of each case when they
 * come at a steady RATE, from the moment it was due. Client, service and PostgreSQL share this machine's cores.
 * Reference: bare Fastify with one hand-written statement a request into the same tables, no checks, no batching.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { figure, fresh, percentile } from './fresh.mjs';

const CONNECTIONS = 64;
const WARM = 3_000;
const CASES = 20_000;
const RATE = 1_500;
const STEADY = 15_000;
const declared = JSON.parse(readFileSync(new URL('./case.json', import.meta.url), 'utf8'));

export default async function intakeBench() {
  const hub = await measure('dist/apps/intake/src/main.js');
  const bare = await measure('test/bench/bare-intake.mjs');
  const floor = (name) => ({ 'bare Fastify, one insert': bare[name] });
  return [
    figure('intake, never pausing', hub.rate, 'cases/s', floor('rate'), '≥ 1,500', hub.rate >= 1_500),
    figure('intake p50, never pausing', hub.p50, 'ms', floor('p50'), '–', true),
    figure('intake p99, never pausing', hub.p99, 'ms', floor('p99'), '–', true),
    figure(`intake p50 at ${RATE}/s`, hub.steady50, 'ms', floor('steady50'), '–', true),
    figure(`intake p99 at ${RATE}/s`, hub.steady99, 'ms', floor('steady99'), '< 50', hub.steady99 < 50),
  ];
}

async function measure(script) {
  const place = await fresh();
  const secrets = mkdtempSync(join(tmpdir(), 'lienthong-bench-'));
  const env = {
    ...process.env,
    DATABASE_URL: place.url,
    LIENTHONG_NAMESPACE: place.namespace,
    LIENTHONG_SECRETS_DIR: secrets,
    LIENTHONG_INTAKE_PORT: '0',
    LIENTHONG_LOG_LEVEL: 'info',
  };
  await ended(
    spawn(
      process.execPath,
      ['dist/apps/cli/src/main.js', 'setup', '--agencies', 'deploy/provinces/uong-bi-2021/agencies'],
      { env, stdio: ['ignore', 'ignore', 'inherit'] },
    ),
  );
  const child = spawn(process.execPath, ['--no-warnings', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${script} ended`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = line.startsWith('{') ? JSON.parse(line) : {};
      if (said.msg === 'ready') resolve(said.port);
    });
  });
  const key = readFileSync(join(secrets, 'mot-cua.key'), 'utf8').trim();
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  let n = 0;
  const delays = [];
  const submit = async () => {
    const body = JSON.stringify({ ...declared, code: code(n++) });
    const answer = await pool.request({ method: 'POST', path: '/v1/cases', headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`${answer.statusCode} ${text}`);
  };
  const send = async (upTo, keep) => {
    while (n < upTo) {
      const from = performance.now();
      await submit();
      if (keep) delays.push(performance.now() - from);
    }
  };
  const all = (upTo, keep) => Promise.all(Array.from({ length: CONNECTIONS }, () => send(upTo, keep)));
  await all(WARM, false);
  const from = performance.now();
  await all(WARM + CASES, true);
  const rate = CASES / ((performance.now() - from) / 1_000);
  const steady = await steadily(submit);
  await pool.close();
  child.removeAllListeners('exit');
  child.kill('SIGTERM');
  await ended(child);
  await place.end();
  return {
    rate,
    p50: percentile(delays, 50),
    p99: percentile(delays, 99),
    steady50: percentile(steady, 50),
    steady99: percentile(steady, 99),
  };
}

/** RATE a second whatever the answers take; each delay counts from when its case was due. The first second is warm-up. */
async function steadily(submit) {
  const delays = [];
  const under = new Set();
  const from = performance.now();
  for (let i = 0; i < STEADY; i++) {
    const due = from + (i * 1_000) / RATE;
    if (due - performance.now() > 1) await sleep(due - performance.now());
    const one = submit().then(() => {
      if (i >= RATE) delays.push(performance.now() - due);
      under.delete(one);
    });
    under.add(one);
  }
  await Promise.all(under);
  return delays;
}

const code = (n) =>
  `000.00.${String(10 + Math.floor(n / 9_000)).padStart(2, '0')}.H49-210531-${String(n % 9_000).padStart(4, '0')}`;

const ended = (child) => (child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : undefined);
