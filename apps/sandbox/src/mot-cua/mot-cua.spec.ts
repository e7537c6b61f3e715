import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PlayedHub } from '../testing/played-hub.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

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
  oneStop.post(`/cases/${of}/events`, event, {
    'content-type': 'application/cloudevents+json',
    authorization: 'Bearer <secret>',
    ...more,
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
    expect(new Set(books.map(({ operation }) => operation))).toEqual(new Set(['vn.lienthong.case.result-issued.v1']));
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
    [
      'a status that is none',
      { type: 'vn.lienthong.case.status-changed.v1', data: { status: 11, at: '2026-11-23T03:00:00Z' } },
      {},
      422,
    ],
    [
      'a time that is none',
      { type: 'vn.lienthong.case.status-changed.v1', data: { status: 4, at: 'hôm nay' } },
      {},
      422,
    ],
    ['a stranger’s type', { type: 'com.example.thing' }, {}, 422],
  ])('refuses %s', async (_what, change, headers, expected) => {
    expect(
      (await deliver({ ...issued(code, 'event-1'), ...change }, code, headers as Record<string, string>)).status,
    ).toBe(expected);
    expect(await oneStop.ask('GET', `/holds?code=${code}`)).toEqual({ held: false });
  });

  it('hands a result over by itself where the case says so, once, also when it stopped in between', async () => {
    const afterResult = { delayMs: 0, event: { data: { status: 10 } } };
    await submit({ ...entered(1), afterResult });
    await settled(1);
    await deliver(issued(code, 'event-1'));
    await settled(2);
    expect(hub.came[1]).toMatchObject({
      path: `/v1/cases/${code}/events`,
      body: { data: { status: 10, at: expect.any(String) } },
    });

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
    const next = async (): Promise<unknown> =>
      (await fetch(`${oneStop.partner}/LLTP/LayMaHoSo?CodeGet=%3Csecret%3E`)).json();
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
    const wanted = {
      ...issued(its, 'event-1'),
      type: 'vn.lienthong.case.status-changed.v1',
      data: { status: 5, at: '2024-11-13T03:00:00Z' },
    };
    expect((await deliver(wanted, its)).status).toBe(200);
    expect((await oneStop.post(path, declared)).body).toEqual(success);
    expect((await oneStop.post(path, { ...declared, nguonDangKy: '1' })).body).toMatchObject({ statusCode: '01' });
  });

  it('answers the portal’s samples: created, there already, failed', async () => {
    const filed = sample('national-portal-case-sync/inbound-create.request.json');
    const create = async (body: Members) => (await oneStop.post('/portal/TaoHoSo', body)).body;
    expect(await create({ ...filed, MaTTHC: '' })).toEqual(
      sample('national-portal-case-sync/inbound-create.failed.json'),
    );
    expect(await create(filed)).toEqual(sample('national-portal-case-sync/inbound-create.success.json'));
    expect(await create(filed)).toEqual(sample('national-portal-case-sync/inbound-create.duplicate.json'));
  });
});
