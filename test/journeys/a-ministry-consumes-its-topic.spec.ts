import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judicialRecordCase, nextCode, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';

interface Received {
  id: string;
  source: string;
  subject: string;
  sequence: string;
  type: string;
  data: { status?: number };
}

let hub: Hub;
let folder: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  hub = await Hub.start({ alsoAgencies: 'test/journeys/agencies' });
  await hub.standIns.lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
  folder = await mkdtemp(join(tmpdir(), 'ministry-'));
}, 300_000);
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A program of docs/consume, as a ministry would start it: with its environment and nothing of ours. */
function startProgram(name: string, agency: string, ...args: string[]): ChildProcess {
  const env = {
    PATH: process.env.PATH,
    KAFKA_BROKERS: hub.env.KAFKA_BROKERS,
    LIENTHONG_NAMESPACE: hub.env.LIENTHONG_NAMESPACE,
    LIENTHONG_AGENCY: agency,
    CONSUMER_BOOK: join(folder, 'received.ndjson'),
  };
  const child = spawn(process.execPath, [`docs/consume/${name}`, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.resume();
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function end(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit') as Promise<[number | null]>;
  if (signal) child.kill(signal);
  return (await exited)[0];
}

function received(code: string): Received[] {
  const book = join(folder, 'received.ndjson');
  const lines = existsSync(book) ? readFileSync(book, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line) as Received).filter(({ subject }) => subject === `case/${code}`);
}

describe('a ministry with the consumer and the reporter of docs/consume', () => {
  it('gets each event of a case once and in order, also when its consumer is killed', async () => {
    const code = nextCode();
    const consumer = startProgram('consumer.mjs', 'bo-tu-phap');
    expect((await hub.post('/v1/cases', judicialRecordCase(code))).status).toBe(202);
    await eventually(() => expect(received(code)).toHaveLength(1), 90_000);
    await end(consumer, 'SIGKILL');
    let reported = 0;
    for (const status of [4, 5, 4]) {
      const key = `s${++reported}`;
      expect((await hub.post(`/v1/cases/${code}/events`, statusChanged(code, status, key))).status).toBe(202);
    }
    startProgram('consumer.mjs', 'bo-tu-phap');
    // LLTP's own answers may come in between.
    const entered = () => received(code).filter(({ source }) => source === '/agencies/mot-cua');
    await eventually(() => expect(entered().map(({ data }) => data.status)).toEqual([undefined, 4, 5, 4]), 90_000);
    const events = received(code);
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, i) => i + 1));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    await hub.atRest();
  }, 300_000);

  it('reports a status, and reporting it again changes nothing', async () => {
    const code = nextCode();
    await hub.post('/v1/cases', judicialRecordCase(code));
    const report = (status: string) => startProgram('report.mjs', 'lltp', code, status, '2021-06-02T08:00:00+07:00');
    for (const status of ['4', '4', '5']) expect(await end(report(status))).toBe(0);
    const statuses = async () =>
      (
        await hub.rows<{ sender: string; status: number }>(
          `select e.sender, e.status from events e join aliases a using (stream_id) where a.code = $1 order by e.sequence`,
          [code],
        )
      ).map(({ sender, status }) => `${sender} ${status}`);
    await eventually(async () => expect(await statuses()).toEqual(['mot-cua 2', 'lltp 4', 'lltp 5']));
  }, 300_000);
});
