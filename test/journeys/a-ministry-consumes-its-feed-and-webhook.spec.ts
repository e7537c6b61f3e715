import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { periodOf } from '#domain';
import { Database, publishFigure, Reckoning } from '#ledger';
import { createLog } from '#service';
import type { FigureDefinition } from '#wire';
import { judicialRecordCase, nextCode, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { run } from './processes.js';

interface Received {
  id: string;
  subject: string;
  sequence: string;
  data: Record<string, unknown>;
}
type Ministry = 'bo-tu-phap' | 'bo-cong-an' | 'bo-ngoai-giao';

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const [newSecret, oldSecret] = [secret(), secret()];
const programs: Record<Ministry, string> = {
  'bo-tu-phap': 'consumer.mjs',
  'bo-cong-an': 'webhook.mjs',
  'bo-ngoai-giao': 'feed.mjs',
};
let hub: Hub;
let folder: string;
let port: number;
const running = new Map<Ministry, ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ministries-'));
  const secrets = join(folder, 'secrets');
  await mkdir(secrets, { mode: 0o700 });
  await writeFile(join(secrets, 'BO_CONG_AN_WEBHOOK'), oldSecret);
  await writeFile(join(secrets, 'BO_CONG_AN_WEBHOOK_2'), newSecret);
  port = await listens(oldSecret);
  await thatAlsoGetFigures();
  hub = await Hub.start({
    alsoAgencies: join(folder, 'agencies'),
    env: { LIENTHONG_SECRETS_DIR: secrets, LIENTHONG_WEBHOOK_PORT: String(port) },
  });
  await hub.standIns.lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
}, 300_000);
afterAll(async () => {
  for (const child of running.values()) child.kill('SIGKILL');
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The files of docs/consume, with the subscription of a monitoring centre beside their own. */
async function thatAlsoGetFigures(): Promise<void> {
  await mkdir(join(folder, 'agencies'));
  const figures = "    receives:\n      - { procedures: ['*'], events: [figure.published] }\n";
  for (const name of await readdir('docs/consume/agencies')) {
    const text = await readFile(join('docs/consume/agencies', name), 'utf8');
    await writeFile(join(folder, 'agencies', name), text.replace('    receives:\n', figures));
  }
}

/** A program of docs/consume, as that ministry would start it: with its own environment and nothing of ours. */
function begins(ministry: Ministry, env: Record<string, string | undefined>): ChildProcess {
  const child = spawn(process.execPath, [`docs/consume/${programs[ministry]}`], {
    env: { PATH: process.env.PATH, LIENTHONG_AGENCY: ministry, CONSUMER_BOOK: join(folder, ministry), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.set(ministry, child);
  return child;
}

/** Resolves to the port on which the receiver of webhooks listens. */
async function listens(secrets: string, at = 0): Promise<number> {
  const child = begins('bo-cong-an', { LIENTHONG_WEBHOOK_SECRET: secrets, PORT: String(at) });
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await once(lines, 'line')) as [string];
  return Number(line.split(' ')[1]);
}

async function kill(ministry: Ministry): Promise<void> {
  const child = running.get(ministry)!;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const reads = async (): Promise<void> => {
  begins('bo-ngoai-giao', {
    LIENTHONG_URL: hub.intake,
    LIENTHONG_KEY: await hub.key('bo-ngoai-giao'),
  }).stdout!.resume();
};

const received = (ministry: Ministry, code: string): Received[] => receivedOf(ministry, `case/${code}`);

function receivedOf(ministry: Ministry, stream: string): Received[] {
  const book = join(folder, ministry);
  const lines = existsSync(book) ? readFileSync(book, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line) as Received).filter(({ subject }) => subject === stream);
}

/** Without a restart: from then on both secrets sign. */
async function applyBothSecrets(): Promise<void> {
  const sample = await readFile(join(folder, 'agencies', 'bo-cong-an.yaml'), 'utf8');
  const file = join(folder, 'bo-cong-an.yaml');
  await writeFile(file, sample.replace('[BO_CONG_AN_WEBHOOK] }', '[BO_CONG_AN_WEBHOOK_2, BO_CONG_AN_WEBHOOK] }'));
  expect((await run('cli/src/main.js', ['apply', '-f', file], hub.env)).code).toBe(0);
}

async function asks(
  path: string,
  agency: Ministry | 'mot-cua',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${hub.intake}${path}`, {
    headers: { authorization: `Bearer ${await hub.key(agency)}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface Listed {
  consumers: { agency: string; way: string; open: number; feed?: { last: number; acknowledged: number } }[];
}
const listed = async (): Promise<Listed['consumers']> => {
  const { code, out, err } = await run('cli/src/main.js', ['consumer', 'ls', '--json'], hub.env);
  if (code !== 0) throw new Error(err);
  return (JSON.parse(out) as Listed).consumers;
};

describe('three ministries, by topic, webhook and feed, with the programs of docs/consume', () => {
  it('get the same events of a case, each once and in order, also when their programs are killed and a secret is changed', async () => {
    const code = nextCode();
    begins('bo-tu-phap', {
      KAFKA_BROKERS: hub.env.KAFKA_BROKERS,
      LIENTHONG_NAMESPACE: hub.env.LIENTHONG_NAMESPACE,
    }).stdout!.resume();
    await reads();
    expect((await hub.post('/v1/cases', judicialRecordCase(code))).status).toBe(202);
    for (const ministry of ['bo-cong-an', 'bo-ngoai-giao'] as const)
      await eventually(() => expect(received(ministry, code)).toHaveLength(1), 90_000);
    await kill('bo-cong-an');
    await kill('bo-ngoai-giao');
    for (const [n, status] of [4, 5, 4, 5].entries()) {
      const event = statusChanged(code, status, `s${n}`);
      expect((await hub.post(`/v1/cases/${code}/events`, event)).status).toBe(202);
    }
    await applyBothSecrets();
    await listens(newSecret, port);
    await reads();
    for (const ministry of Object.keys(programs) as Ministry[])
      await eventually(() => expect(received(ministry, code)).toHaveLength(5), 90_000);
    const [topic, webhook, feed] = (Object.keys(programs) as Ministry[]).map((ministry) => received(ministry, code));
    expect(topic!.map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4', '5']);
    expect(new Set(topic!.map(({ id }) => id)).size).toBe(5);
    expect(webhook).toEqual(topic);
    expect(feed).toEqual(topic);
    await hub.atRest();
  }, 300_000);

  it('see how far behind they are: in the feed, in the metrics and in `lienthong consumer ls`', async () => {
    await eventually(async () => {
      const { body } = await asks('/v1/agencies/bo-ngoai-giao/events', 'bo-ngoai-giao');
      expect(body).toMatchObject({ events: [], lag: { events: 0, seconds: 0 } });
    });
    await kill('bo-ngoai-giao');
    await hub.post('/v1/cases', judicialRecordCase(nextCode()));
    await hub.atRest();
    const { body } = await asks('/v1/agencies/bo-ngoai-giao/events?limit=1', 'bo-ngoai-giao');
    expect(body).toMatchObject({ next: 6, last: 6, acknowledged: 5, lag: { events: 1 } });
    expect(await listed()).toMatchObject([
      { agency: 'bo-cong-an', way: 'webhook', open: 0 },
      { agency: 'bo-ngoai-giao', way: 'feed', open: 0, feed: { last: 6, acknowledged: 5, lag: { events: 1 } } },
      { agency: 'bo-tu-phap', way: 'topic', open: 0, speaks: 'v2', until: null, topic: { group: 'bo-tu-phap' } },
    ]);
    const metrics = await (await fetch(`${hub.intake}/metrics`)).text();
    expect(metrics).toContain('lienthong_feed_lag_events{agency="bo-ngoai-giao",way="feed"} 1');
    expect(metrics).toContain('lienthong_consumer_open_events{agency="bo-cong-an",way="webhook"} 0');
    // Its own program commits after its work: what it hasn't read yet is its lag, and then there is none.
    await eventually(async () =>
      expect((await listed()).find(({ agency }) => agency === 'bo-tu-phap')).toMatchObject({
        topic: { lag: { events: 0 } },
      }),
    );
    await eventually(async () =>
      expect(await (await fetch(`${hub.intake}/metrics`)).text()).toContain(
        'lienthong_topic_lag_events{agency="bo-tu-phap",way="topic"} 0',
      ),
    );
    await kill('bo-tu-phap');
    await hub.post('/v1/cases', judicialRecordCase(nextCode()));
    await hub.atRest();
    expect((await listed()).find(({ agency }) => agency === 'bo-tu-phap')).toMatchObject({
      topic: { lag: { events: 1 } },
    });
  }, 300_000);

  it('read and acknowledge their own feed only', async () => {
    const { last } = (await asks('/v1/agencies/bo-ngoai-giao/events', 'bo-ngoai-giao')).body as { last: number };
    expect(await asks('/v1/agencies/bo-ngoai-giao/events', 'mot-cua')).toMatchObject({
      status: 403,
      body: { code: 'not-your-feed' },
    });
    const acknowledge = (position: number, agency: string) =>
      hub.post('/v1/agencies/bo-ngoai-giao/acknowledgements', { position }, { agency });
    expect(await acknowledge(6, 'bo-cong-an')).toMatchObject({ status: 403, body: { code: 'not-your-feed' } });
    expect(await acknowledge(99, 'bo-ngoai-giao')).toMatchObject({ status: 422, body: { code: 'beyond-feed' } });
    expect(await acknowledge(6, 'bo-ngoai-giao')).toEqual({ status: 200, body: { acknowledged: 6, last } });
    expect(await acknowledge(2, 'bo-ngoai-giao')).toEqual({ status: 200, body: { acknowledged: 6, last } });
  });

  it('get a figure as it is published, and what it becomes when a case of that month comes late', async () => {
    begins('bo-tu-phap', {
      KAFKA_BROKERS: hub.env.KAFKA_BROKERS,
      LIENTHONG_NAMESPACE: hub.env.LIENTHONG_NAMESPACE,
    }).stdout!.resume();
    await reads();
    const said = { vi: 'x', en: 'x' };
    const seen: FigureDefinition = {
      id: 'seen',
      versions: [{ validFrom: '2018-01-01', name: said, definition: said, unit: 'cases', measure: 'cases-received', every: 'year', suppressBelow: 0 }], // prettier-ignore
    };
    const late = judicialRecordCase(nextCode());
    const year = (late['receivedAt'] as string).slice(0, 4);
    const db = new Database(hub.env.DATABASE_URL!, 'spec', createLog('spec', 'silent'), 1);
    const publish = () => publishFigure(db, seen, periodOf(year)!);
    await publish();
    await hub.atRest();
    await hub.post('/v1/cases', late);
    await publish();
    const stream = `figure/seen/${year}`;
    for (const ministry of Object.keys(programs) as Ministry[])
      await eventually(() => expect(receivedOf(ministry, stream)).toHaveLength(2), 90_000);
    const [topic, webhook, feed] = (Object.keys(programs) as Ministry[]).map((m) => receivedOf(m, stream));
    const [first, second] = topic!.map(({ data }) => data);
    expect(second).toMatchObject({
      figure: stream,
      value: (first!.value as number) + 1,
      revises: { sequence: 1, value: first!.value, reason: 'late-facts' },
    });
    expect([webhook, feed]).toEqual([topic, topic]);
    expect(await publish()).toMatchObject({ revised: 0, unchanged: 1 });
    await hub.atRest();
    // A count of the ledger expects each of them where it was delivered, and every chain is whole.
    const reckoning = await Reckoning.begin(db);
    expect(await reckoning.count()).toMatchObject({ lost: 0, unexpected: 0, waiting: 0, brokenChains: 0 });
    reckoning.end();
    await db.close();
  }, 300_000);
});
