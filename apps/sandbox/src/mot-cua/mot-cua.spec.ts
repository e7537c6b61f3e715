import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually, newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;

interface Came {
  path: string;
  key: string | undefined;
  body: Members;
}

/** A hub that answers as it is told; by default it takes everything and numbers it per case. */
class PlayedHub {
  readonly came: Came[] = [];
  answer: (came: Came, response: ServerResponse) => void = (came, response) => this.take(came, response);
  atOnce = 0;
  mostAtOnce = 0;
  private readonly sequences = new Map<string, number>();
  private server: Server | undefined;
  port = 0;

  async open(): Promise<void> {
    this.server = createServer((request, response) => void this.hear(request, response)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
    await once(this.server as Server, 'close');
  }

  take({ path, key, body }: Came, response: ServerResponse): void {
    const code = path === '/v1/cases' ? String(body['code']) : decodeURIComponent(path.split('/')[3] ?? '');
    const sequence = (this.sequences.get(code) ?? 0) + 1;
    this.sequences.set(code, sequence);
    response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ eventId: `event-${key ?? ''}`, sequence }));
  }

  /** Keys in the order they came, of one case. */
  keysOf(code: string): (string | undefined)[] {
    return this.came.filter(({ path, body }) => body['code'] === code || path.includes(`/${code}/`)).map(({ key }) => key);
  }

  private async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    response.once('close', () => (this.atOnce -= 1));
    const said = await text(request);
    if (request.method === 'PUT') {
      this.came.push({ path: request.url ?? '', key: undefined, body: { bytes: said } });
      response.writeHead(201).end();
      return;
    }
    const came: Came = { path: request.url ?? '', key: request.headers['idempotency-key'] as string, body: JSON.parse(said) as Members };
    this.came.push(came);
    this.answer(came, response);
  }
}

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
const entered = (n: number, of = code): Members => ({ key: `k-${of}-${n}`, case: { code: of, summary: 'Cấp Phiếu lý lịch tư pháp' } });
const status = (n: number, to: number, of = code): Members => ({ key: `k-${of}-${n}`, code: of, event: { data: { status: to } } });
const submit = (submission: unknown) => oneStop.ask('POST', '/submissions', submission);
const state = () => oneStop.ask('GET', '/submissions/state');
const settled = (accepted: number, refused = 0) =>
  eventually(async () => expect(await state()).toMatchObject({ pending: 0, accepted, refused }));
const issued = (of: string, id: string): Members => ({
  specversion: '1.0',
  id,
  source: '/lienthong',
  type: 'vn.lienthong.case.result-issued.v1',
  subject: `case/${of}`,
  time: '2026-11-23T03:00:00Z',
  datacontenttype: 'application/json',
  data: { status: 9, at: '2026-11-23T03:00:00Z', documents: [] },
});
const deliver = (event: Members, of = code, more: Record<string, string> = {}) =>
  oneStop.post(`/cases/${of}/events`, event, { 'content-type': 'application/cloudevents+json', authorization: 'Bearer <secret>', ...more });

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
      { n: 1, code, key: `k-${code}-1`, eventId: `event-k-${code}-1`, sequence: 1, type: 'vn.lienthong.case.received.v1' },
      { n: 2, sequence: 2 },
      { n: 3, sequence: 3 },
    ]);
    expect(await oneStop.lines('/submitted?after=2')).toHaveLength(1);
  });

  it('puts the files of a case before the case', async () => {
    const bytes = Buffer.from('%PDF-1.4 mẫu');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await submit({ ...entered(1), files: [{ sha256, mediaType: 'application/pdf', base64: bytes.toString('base64') }] });
    await settled(1);
    expect(hub.came.map(({ path }) => path)).toEqual([`/v1/files/${sha256}`, '/v1/cases']);
    expect(hub.came[0]?.body).toEqual({ bytes: bytes.toString() });
    expect(await submit({ ...entered(2), files: [{ sha256, mediaType: 'a/b', base64: 'AAAA' }] })).toMatchObject({ outcome: 'invalid' });
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
    expect(await answer.json()).toMatchObject({ taken: 1_200, known: 0, invalid: 2, faults: [{ line: 1_201 }, { line: 1_202 }] });
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
      response.writeHead(503, { 'retry-after': '1', 'content-type': 'application/problem+json' }).end('{"code":"unavailable"}');
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
        ? response.writeHead(409, { 'content-type': 'application/problem+json' }).end('{"code":"status-cannot-follow","detail":"…"}')
        : hub.take(came, response);
    await submit(entered(1));
    await submit(status(2, 1));
    await submit(status(3, 4));
    await settled(2, 1);
    expect(await oneStop.lines('/submissions/refused')).toMatchObject([{ key: `k-${code}-2`, code, status: 409, problem: 'status-cannot-follow' }]);
    expect(await oneStop.ask('GET', `/cases/${code}`)).toMatchObject({
      submissions: [{ state: 'accepted' }, { state: 'refused', problem: 'status-cannot-follow' }, { state: 'accepted' }],
    });
    await oneStop.stop();
    oneStop = await start();
    await settled(2, 1);
    expect(hub.came).toHaveLength(3);
  });
});

describe('what it is told', () => {
  it('applies an event once and recognises it ever after, also after a restart', async () => {
    const event = issued(code, 'event-1');
    expect(await deliver(event)).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect(await deliver(event)).toMatchObject({ status: 200, body: { outcome: 'repeat' } });
    await oneStop.stop();
    oneStop = await start();
    expect(await deliver(event)).toMatchObject({ status: 200, body: { outcome: 'repeat' } });
    expect(await oneStop.ask('GET', `/holds?code=${code}`)).toMatchObject({ status: 9, events: [{ id: 'event-1' }] });
    const books = await oneStop.lines('/books');
    expect(books.map(({ effect, eventId }) => [effect, eventId])).toEqual([
      ['applied', 'event-1'],
      ['repeat', 'event-1'],
      ['repeat', 'event-1'],
    ]);
    expect(JSON.stringify(books)).not.toContain('documents');
  });

  it.each([
    ['a wrong key', {}, { authorization: 'Bearer x' }, 401],
    ['plain JSON', {}, { 'content-type': 'application/json' }, 422],
    ['another case’s event', { subject: 'case/H53.14-261123-0002' }, {}, 422],
    ['an event without id', { id: '' }, {}, 422],
    ['an old version', { specversion: '0.3' }, {}, 422],
    ['a status that is none', { type: 'vn.lienthong.case.status-changed.v1', data: { status: 11, at: '2026-11-23T03:00:00Z' } }, {}, 422],
    ['a time that is none', { type: 'vn.lienthong.case.status-changed.v1', data: { status: 4, at: 'hôm nay' } }, {}, 422],
    ['a stranger’s type', { type: 'com.example.thing' }, {}, 422],
  ])('refuses %s', async (_what, change, headers, expected) => {
    expect((await deliver({ ...issued(code, 'event-1'), ...change }, code, headers as Record<string, string>)).status).toBe(expected);
    expect(await oneStop.ask('GET', `/holds?code=${code}`)).toEqual({ held: false });
  });

  it('hands a result over by itself where the case says so, once, also when it stopped in between', async () => {
    const afterResult = { delayMs: 0, event: { data: { status: 10 } } };
    await submit({ ...entered(1), afterResult });
    await settled(1);
    await deliver(issued(code, 'event-1'));
    await settled(2);
    expect(hub.came[1]).toMatchObject({ path: `/v1/cases/${code}/events`, body: { data: { status: 10, at: expect.any(String) } } });

    const late = 'H53.14-261123-0002';
    await submit({ ...entered(1, late), afterResult: { ...afterResult, delayMs: 3_600_000 } });
    await settled(3);
    await deliver(issued(late, 'event-2'), late);
    await oneStop.stop();
    oneStop = await start();
    await deliver(issued(code, 'event-3'));
    await settled(3);
  });
});

describe('where the province is the server', () => {
  const path = '/LLTP/TaoHoSo?CodeGet=%3Csecret%3E';
  const declared = sample('lltp-gen2-vneid/a-TaoHoSo.request.json');

  it('gives VNeID the next code of its series, never twice, also after a restart', async () => {
    const next = async (): Promise<unknown> => (await fetch(`${oneStop.partner}/LLTP/LayMaHoSo?CodeGet=%3Csecret%3E`)).json();
    const first = await next();
    expect(typeof first).toBe(typeof sample('lltp-gen2-vneid/a-LayMaHoSo.answer.json'));
    expect(first).toMatch(/^H53\.14-\d{6}-0001$/);
    await oneStop.stop();
    oneStop = await start();
    expect(await next()).toMatch(/-0002$/);
    expect((await fetch(`${oneStop.partner}/LLTP/LayMaHoSo?CodeGet=x`)).status).toBe(401);
  });

  it('answers VNeID’s samples: taken, by mandate too, a duplicate; and again while it waits for a supplement', async () => {
    const success = sample('lltp-gen2-vneid/a-TaoHoSo.success.json');
    expect((await oneStop.post(path, declared)).body).toEqual(success);
    expect((await oneStop.post(path, sample('lltp-gen2-vneid/a-TaoHoSo.mandate.request.json'))).body).toEqual(success);
    expect((await oneStop.post(path, declared)).body).toEqual(sample('lltp-gen2-vneid/a-TaoHoSo.duplicate.json'));
    const its = String(declared['maHoSoMCDT']);
    const wanted = { ...issued(its, 'event-1'), type: 'vn.lienthong.case.status-changed.v1', data: { status: 5, at: '2024-11-13T03:00:00Z' } };
    expect((await deliver(wanted, its)).status).toBe(200);
    expect((await oneStop.post(path, declared)).body).toEqual(success);
    expect((await oneStop.post(path, { ...declared, nguonDangKy: '1' })).body).toMatchObject({ statusCode: '01' });
  });

  it('answers the portal’s samples: created, there already, failed', async () => {
    const filed = sample('national-portal-case-sync/inbound-create.request.json');
    const create = async (body: Members) => (await oneStop.post('/portal/TaoHoSo', body)).body;
    expect(await create({ ...filed, MaTTHC: '' })).toEqual(sample('national-portal-case-sync/inbound-create.failed.json'));
    expect(await create(filed)).toEqual(sample('national-portal-case-sync/inbound-create.success.json'));
    expect(await create(filed)).toEqual(sample('national-portal-case-sync/inbound-create.duplicate.json'));
  });
});
