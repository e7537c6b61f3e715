/** The hub from outside: its ledger, its processes, its agencies. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { applyAgency, createKey, Database, enter } from '../../../dist/libs/ledger/src/index.js';
import { Bell, ensureTopics } from '../../../dist/libs/messaging/src/index.js';
import { topicsFor } from '../../../dist/libs/wire/src/index.js';
import { fresh, quiet } from '../fresh.mjs';
import { entryItem, eventsOf, PROCEDURE } from './workload.mjs';

const AT_ONCE = 250;
/** For contracts that log in. */
export const SECRET = 'BENCH_KEY';

/** A hub of a run's own with the given partners as agencies, nothing entered and nothing running. */
export async function openHub(urls, more = () => ({})) {
  const place = await fresh();
  const db = new Database(place.url, 'bench', quiet);
  const secrets = mkdtempSync(join(tmpdir(), 'lienthong-bench-'));
  writeFileSync(join(secrets, SECRET), 'bench');
  const processes = new Set();
  await applyAgency(db, counter);
  for (const [i, url] of urls.entries()) await applyAgency(db, partnerAgency(i + 1, url, more(i + 1, url)));
  const brokers = process.env.KAFKA_BROKERS.split(',');
  const ids = ['counter', ...urls.map((_, i) => agencyId(i + 1))];
  await ensureTopics({ brokers, clientId: 'bench', namespace: place.namespace }, topicsFor(ids));
  const redis = { redisUrl: process.env.REDIS_URL, namespace: place.namespace, log: quiet };
  const bell = new Bell({ ...redis, name: 'outbox' });
  const env = {
    ...process.env,
    DATABASE_URL: place.url,
    LIENTHONG_NAMESPACE: place.namespace,
    LIENTHONG_DELIVERY_PORT: '0',
    LIENTHONG_INTAKE_PORT: '0',
    LIENTHONG_SECRETS_DIR: secrets,
    LIENTHONG_LOG_LEVEL: 'info',
  };

  /** Started, not yet ready; `ready` gives its port. Its warnings and errors are shown, its end is an error unless asked for. */
  function start(app, nodeArgs = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter(Boolean)) {
    const child = spawn(process.execPath, [...nodeArgs, '--no-warnings', `dist/apps/${app}/src/main.js`], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.add(child);
    child.once('exit', (code) => {
      processes.delete(child);
      if (!child.endWanted) console.error(`${app} ended by itself (${code})`);
    });
    const ready = new Promise((resolve) =>
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = line.startsWith('{') ? JSON.parse(line) : {};
        if (said.msg === 'ready') resolve(said.port);
        if (said.level >= 40 || ['warn', 'error', 'fatal'].includes(said.level)) console.error(`${app}: ${line}`);
      }),
    );
    return { pid: child.pid, ready, end: (signal = 'SIGTERM') => end(child, signal) };
  }

  return {
    db,
    namespace: place.namespace,
    start,
    /** Rings for the relay as intake does. */
    async enter(events, prefix, item = entryItem) {
      const items = events.map((event) => item(prefix, event));
      await enter(db, items, () => true);
      bell.ring();
    },
    async enterAll(cases, prefix, perCase, item) {
      const all = [...eventsOf(cases, perCase)];
      for (let from = 0; from < all.length; from += AT_ONCE)
        await this.enter(all.slice(from, from + AT_ONCE), prefix, item);
    },
    key: () => createKey(db, 'counter', 'bench'),
    async close() {
      await Promise.all([...processes].map((child) => end(child, 'SIGTERM')));
      await bell.close();
      await db.close();
      await place.end();
      rmSync(secrets, { recursive: true, force: true });
    },
  };
}

const STOPS_WITHIN_MS = 15_000;

/** Ends one process that was started here; one that doesn't stop is killed. */
async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.endWanted = true;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

const contract = (more) => ({
  validFrom: '2018-01-01',
  owner: 'H49',
  receives: [],
  sends: [],
  limits: { inFlight: 32, timeout: '10s', settle: '1s' },
  retry: { first: '1s', factor: 2, atMost: '10s', giveUpAfter: '1h' },
  onDuplicate: 'refuse',
  replies: [],
  ...more,
});

/** A pass-through contract without full states: everything is sent. `more` is what a row measures. */
const partnerAgency = (n, url, more) => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: agencyId(n),
  name: { vi: `Đối tác ${n}`, en: `Partner ${n}` },
  versions: [
    contract({
      protocol: 'http-json',
      endpoint: { baseUrl: url },
      receives: [{ procedures: [PROCEDURE], events: ['case.received', 'case.status-changed'] }],
      replies: [
        { when: { status: '2xx' }, means: 'accepted' },
        { when: { status: 503 }, means: 'busy' },
        { when: { status: '4xx' }, means: 'refused' },
      ],
      ...more,
    }),
  ],
});
export const agencyId = (n) => `partner-${n}`;

/** Enters and receives nothing. */
const counter = {
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: 'counter',
  name: { vi: 'Một cửa', en: 'One-stop' },
  versions: [contract({ protocol: 'topic', sends: ['case.received', 'case.supplemented', 'case.status-changed'] })],
};
