/**
 * POST /v1/cases: durable cases a second and p99, everything on this machine's cores, 64 connections.
 * Reference: bare Fastify with one hand-written statement a request into the same tables, no checks, no batching.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { figure, fresh, percentile } from './fresh.mjs';

const CONNECTIONS = 64;
const WARM = 3_000;
const CASES = 20_000;
const declared = JSON.parse(readFileSync(new URL('./case.json', import.meta.url), 'utf8'));

export default async function intakeBench() {
  const hub = await measure('dist/apps/intake/src/main.js');
  const bare = await measure('test/bench/bare-intake.mjs');
  return [
    figure('intake', hub.rate, 'cases/s', { 'bare Fastify, one insert': bare.rate }, '≥ 1,500', hub.rate >= 1_500),
    figure('intake p99', hub.p99, 'ms', { 'bare Fastify, one insert': bare.p99 }, '< 50', hub.p99 < 50),
    figure('intake p50', hub.p50, 'ms', { 'bare Fastify, one insert': bare.p50 }, '–', true),
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
  const send = async (upTo, keep) => {
    while (n < upTo) {
      const body = JSON.stringify({ ...declared, code: code(n++) });
      const from = performance.now();
      const answer = await pool.request({ method: 'POST', path: '/v1/cases', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 202) throw new Error(`${answer.statusCode} ${text}`);
      if (keep) delays.push(performance.now() - from);
    }
  };
  const all = (upTo, keep) => Promise.all(Array.from({ length: CONNECTIONS }, () => send(upTo, keep)));
  await all(WARM, false);
  const from = performance.now();
  await all(WARM + CASES, true);
  const rate = CASES / ((performance.now() - from) / 1_000);
  await pool.close();
  child.removeAllListeners('exit');
  child.kill('SIGTERM');
  await ended(child);
  await place.end();
  return { rate, p50: percentile(delays, 50), p99: percentile(delays, 99) };
}

const code = (n) =>
  `000.00.${String(10 + Math.floor(n / 9_000)).padStart(2, '0')}.H49-210531-${String(n % 9_000).padStart(4, '0')}`;

const ended = (child) => (child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : undefined);
