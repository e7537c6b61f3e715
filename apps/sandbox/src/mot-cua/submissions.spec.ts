import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PlayedHub } from '../testing/played-hub.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { newFolder, run, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;

let hub: PlayedHub;
let folder: string;
let oneStop: Running;

const start = (): Promise<Running> => run('mot-cua', folder, { LIENTHONG_INTAKE_URL: `http://127.0.0.1:${hub.port}` });

beforeEach(async () => {
  hub = new PlayedHub();
  await hub.open();
  folder = newFolder();
  oneStop = await start();
});
afterEach(async () => {
  await oneStop.stop();
  await hub.close();
});

const code = 'H53.14-261123-0001';
const entered = (n: number, of = code): Members => ({
  key: `k-${of}-${n}`,
  case: { code: of, summary: 'Cấp Phiếu lý lịch tư pháp' },
});
const status = (n: number, to: number, of = code): Members => ({
  key: `k-${of}-${n}`,
  code: of,
  event: { data: { status: to } },
});
const submit = (submission: unknown) => oneStop.ask('POST', '/submissions', submission);
const state = () => oneStop.ask('GET', '/submissions/state');
const settled = (accepted: number, refused = 0) =>
  eventually(async () => expect(await state()).toMatchObject({ pending: 0, accepted, refused }));
describe('what it sends', () => {
  it('sends a case and its events in order, each with its key, and books each 202', async () => {
    await submit(entered(1));
    await submit(status(2, 4));
    await submit(status(3, 9));
    await settled(3);
    expect(hub.came.map(({ path, key }) => [path, key])).toEqual([
      ['/v1/cases', `k-${code}-1`],
      [`/v1/cases/${code}/events`, `k-${code}-2`],
      [`/v1/cases/${code}/events`, `k-${code}-3`],
    ]);
    expect(hub.came[1]?.body).toEqual({
      specversion: '1.0',
      id: `k-${code}-2`,
      source: '/mot-cua',
      type: 'vn.lienthong.case.status-changed.v1',
      subject: `case/${code}`,
      time: expect.any(String),
      datacontenttype: 'application/json',
      data: { status: 4, at: expect.any(String) },
    });
    expect(await oneStop.lines('/submitted')).toMatchObject([
      {
        n: 1,
        code,
        key: `k-${code}-1`,
        eventId: `event-k-${code}-1`,
        sequence: 1,
        type: 'vn.lienthong.case.received.v1',
      },
      { n: 2, sequence: 2 },
      { n: 3, sequence: 3 },
    ]);
    expect(await oneStop.lines('/submitted?after=2')).toHaveLength(1);
  });

  it('puts the files of a case before the case', async () => {
    const bytes = Buffer.from('%PDF-1.4 mẫu');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await submit({
      ...entered(1),
      files: [{ sha256, mediaType: 'application/pdf', base64: bytes.toString('base64') }],
    });
    await settled(1);
    expect(hub.came.map(({ path }) => path)).toEqual([`/v1/files/${sha256}`, '/v1/cases']);
    expect(hub.came[0]?.body).toEqual({ bytes: bytes.toString() });
    expect(await submit({ ...entered(2), files: [{ sha256, mediaType: 'a/b', base64: 'AAAA' }] })).toMatchObject({
      outcome: 'invalid',
    });
  });

  it('takes a bulk of lines, keeps each case’s order, and has at most 64 under way', async () => {
    hub.answer = (came, response) => void setImmediate(() => hub.take(came, response));
    const lines: Members[] = [];
    for (let n = 1; n <= 4; n++) {
      for (let c = 0; c < 300; c++) {
        const of = `H53.14-261123-${String(c).padStart(4, '0')}`;
        lines.push(n === 1 ? entered(n, of) : status(n, 4, of));
      }
    }
    const answer = await fetch(`${oneStop.control}/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: [...lines.map((line) => JSON.stringify(line)), '{"key":', '{"key":"x"}'].join('\n'),
    });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      taken: 1_200,
      known: 0,
      invalid: 2,
      faults: [{ line: 1_201 }, { line: 1_202 }],
    });
    await settled(1_200);
    for (let c = 0; c < 300; c++) {
      const of = `H53.14-261123-${String(c).padStart(4, '0')}`;
      expect(hub.keysOf(of)).toEqual([1, 2, 3, 4].map((n) => `k-${of}-${n}`));
    }
    expect(hub.mostAtOnce).toBeLessThanOrEqual(64);
    expect(hub.mostAtOnce).toBeGreaterThan(8);
  });

  it('waits as long as it is told, then sends the same key, and nothing overtakes', async () => {
    let turnedAway = 0;
    let since = 0;
    hub.answer = (came, response) => {
      if (turnedAway++ > 0) return hub.take(came, response);
      since = performance.now();
      response
        .writeHead(503, { 'retry-after': '1', 'content-type': 'application/problem+json' })
        .end('{"code":"unavailable"}');
    };
    await submit(entered(1));
    await submit(status(2, 4));
    await eventually(async () => expect(await state()).toMatchObject({ waitingBecause: 'unavailable' }));
    await settled(2);
    expect(performance.now() - since).toBeGreaterThanOrEqual(990);
    expect(hub.keysOf(code)).toEqual([1, 1, 2].map((n) => `k-${code}-${n}`));
  });

  it('keeps on while the hub refuses connections, over a restart of its own', async () => {
    await hub.close();
    await submit(entered(1));
    await submit(status(2, 4));
    await eventually(async () => expect(await state()).toMatchObject({ pending: 2, waitingBecause: 'ECONNREFUSED' }));
    await oneStop.stop();
    await hub.open();
    oneStop = await start();
    await settled(2);
    expect(hub.keysOf(code)).toEqual([`k-${code}-1`, `k-${code}-2`]);
    expect(await submit(entered(1))).toEqual({ outcome: 'known' });
    await settled(2);
  });

  it('asks again with the same body when an answer is lost', async () => {
    let lost = 0;
    hub.answer = (came, response) => (lost++ === 0 ? response.destroy() : hub.take(came, response));
    await submit(status(1, 4));
    await settled(1);
    expect(hub.came).toHaveLength(2);
    expect(hub.came[1]).toEqual(hub.came[0]);
  });

  it('gives up on what the hub refuses, says why, and goes on with the case', async () => {
    hub.answer = (came, response) =>
      came.key === `k-${code}-2`
        ? response
            .writeHead(409, { 'content-type': 'application/problem+json' })
            .end('{"code":"status-cannot-follow","detail":"…"}')
        : hub.take(came, response);
    await submit(entered(1));
    await submit(status(2, 1));
    await submit(status(3, 4));
    await settled(2, 1);
    expect(await oneStop.lines('/submissions/refused')).toMatchObject([
      { key: `k-${code}-2`, code, status: 409, problem: 'status-cannot-follow' },
    ]);
    expect(await oneStop.ask('GET', `/cases/${code}`)).toMatchObject({
      submissions: [
        { state: 'accepted' },
        { state: 'refused', problem: 'status-cannot-follow' },
        { state: 'accepted' },
      ],
    });
    await oneStop.stop();
    oneStop = await start();
    await settled(2, 1);
    expect(hub.came).toHaveLength(3);
  });
});
