/**
 * Deliveries a second of one delivery process that drains a backlog to four partners that answer at once, with all of the
 * ledger's guarantees. Reference: the same requests from a bare HTTP client, without order, claims or records.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { applyAgency, Database, enter } from '../../dist/libs/ledger/src/index.js';
import { figure, fresh, quiet } from './fresh.mjs';

const PARTNERS = 4;
const CASES = 3_000;
const EVENTS = 2;
const IN_FLIGHT = 32;

export default async function deliverBench() {
  const place = await fresh();
  const partners = await Promise.all(Array.from({ length: PARTNERS }, () => partner()));
  const db = new Database(place.url, 'bench', quiet);
  const secrets = mkdtempSync(join(tmpdir(), 'lienthong-bench-'));
  writeFileSync(join(secrets, 'KEY'), 'bench\n');
  for (const [i, p] of partners.entries()) await applyAgency(db, agency(`partner-${i}`, p.port));
  for (let from = 0; from < CASES; from += 250)
    await enter(db, Array.from({ length: 250 }, (_, k) => caseOf(from + k)).flat(), () => true);
  const delivery = spawn(
    process.execPath,
    [
      ...(process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean),
      '--no-warnings',
      'dist/apps/delivery/src/main.js',
    ],
    {
      env: {
        ...process.env,
        DATABASE_URL: place.url,
        LIENTHONG_NAMESPACE: place.namespace,
        LIENTHONG_DELIVERY_PORT: '0',
        LIENTHONG_SECRETS_DIR: secrets,
        LIENTHONG_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const total = CASES * EVENTS * PARTNERS;
  const count = () => partners.reduce((sum, p) => sum + p.count, 0);
  while (count() === 0) await sleep(5);
  const from = performance.now();
  const already = count();
  while (count() < total) await sleep(10);
  const hub = (total - already) / ((performance.now() - from) / 1_000);
  delivery.kill('SIGTERM');
  await new Promise((resolve) => delivery.once('exit', resolve));
  const bare = await bareClient(partners, total);
  await db.close();
  await place.end();
  for (const p of partners) p.close();
  return [figure('deliver', hub, 'deliveries/s', { 'bare HTTP client': bare }, '–', true)];
}

const caseOf = (n) => {
  const code = `000.00.30.H49-210531-${n}`;
  const data = { code, summary: 'x'.repeat(500) };
  const first = {
    sender: 'bench',
    key: code,
    type: 'vn.lienthong.case.received.v1',
    caseCode: code,
    data,
    opens: { procedure: '1.001193', openedOn: '2021-05-31', dueAt: null },
    status: 2,
  };
  const second = {
    sender: 'bench',
    key: `${code}/4`,
    type: 'vn.lienthong.case.status-changed.v1',
    caseCode: code,
    data: { status: 4, at: '2021-06-01T08:00:00+07:00' },
    status: 4,
  };
  return [first, second];
};

const agency = (id, port) => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: id, en: id },
  versions: [
    {
      validFrom: '2018-01-01',
      owner: 'H49',
      protocol: process.env.BENCH_PROTOCOL ?? 'one-stop',
      endpoint: { baseUrl: `http://127.0.0.1:${port}`, login: { kind: 'bearer', secret: 'KEY' } },
      receives: [{ procedures: ['*'], events: ['case.received', 'case.status-changed'] }],
      sends: [],
      limits: { inFlight: IN_FLIGHT, timeout: '5s', settle: '1s' },
      retry: { first: '1s', factor: 2, atMost: '10s', giveUpAfter: '1h' },
      onDuplicate: 'refuse',
      replies: [{ when: { status: '2xx' }, means: 'accepted' }],
    },
  ],
});

async function partner() {
  const here = { count: 0, port: 0, close: () => server.close() };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      here.count++;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"outcome":"applied"}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  here.port = server.address().port;
  return here;
}

async function bareClient(partners, total) {
  const body = JSON.stringify({ specversion: '1.0', data: { summary: 'x'.repeat(600) } });
  const from = performance.now();
  let n = 0;
  await Promise.all(
    partners.map(async (p) => {
      const pool = new Pool(`http://127.0.0.1:${p.port}`, { connections: IN_FLIGHT });
      await Promise.all(
        Array.from({ length: IN_FLIGHT }, async () => {
          while (n++ < total) {
            const answer = await pool.request({
              method: 'POST',
              path: '/cases/x/events',
              headers: { 'content-type': 'application/json' },
              body,
            });
            await answer.body.text();
          }
        }),
      );
      await pool.close();
    }),
  );
  return total / ((performance.now() - from) / 1_000);
}
