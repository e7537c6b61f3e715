import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setClock } from '../../libs/ledger/src/testing/moved-clock.js';
import { judicialRecordCase, otherCase } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, StandIn } from './hub.js';
import { run, start } from './processes.js';

const PROVINCE = 'deploy/provinces/ba-cap';
/** One-stops beside the province's, each a process and a book of its own. */
const beside = {
  'mot-cua-xa': 'XA',
  'mot-cua-huyen': 'HUYEN',
  'mot-cua-khu-vuc': 'KHU_VUC',
  'cong-an-tinh': 'CONG_AN',
} as const;
type OneStop = 'mot-cua' | keyof typeof beside;

let hub: Hub;
const oneStops = new Map<OneStop, StandIn>();
beforeAll(async () => {
  hub = await Hub.start({ agencies: `${PROVINCE}/agencies`, apps: [] });
  oneStops.set('mot-cua', hub.standIns.oneStop);
  for (const [id, name] of Object.entries(beside) as [keyof typeof beside, string][]) {
    const env = { ...hub.env, LIENTHONG_ONESTOP_ID: id, LIENTHONG_ONESTOP_PORT: '0' };
    const standIn = new StandIn(id, await start('sandbox/src/stand-in.main.js', ['mot-cua'], env));
    hub.apps.set(id, standIn.process);
    hub.env[`LIENTHONG_ONESTOP_${name}_PORT`] = String(standIn.process.port);
    hub.env[`LIENTHONG_ONESTOP_${name}_CONTROL_PORT`] = String(standIn.process.said.controlPort);
    oneStops.set(id, standIn);
  }
  hub.env.LIENTHONG_ONESTOP_CONTROL_PORT = String(hub.standIns.oneStop.process.said.controlPort);
  const applied = await typed('setup', '--agencies', `${PROVINCE}/agencies`);
  expect(applied).toMatchObject({ code: 0 });
  await clockTo('2025-06-29T08:00:00+07:00');
}, 300_000);
afterAll(() => hub?.stop());

const typed = (...words: string[]) => run('cli/src/main.js', words, hub.env);

/** The ledger's own clock. Processes that write and plan begin anew: their connections know the old one. */
async function clockTo(at: string): Promise<void> {
  for (const app of ['intake', 'delivery', 'reconciliation']) await hub.apps.get(app)?.kill('SIGTERM');
  await setClock(hub.env.DATABASE_URL!, at);
  const intake = await hub.startApp('intake', { LIENTHONG_INTAKE_PORT: hub.env.LIENTHONG_INTAKE_PORT! });
  hub.env.LIENTHONG_INTAKE_URL = `http://127.0.0.1:${intake.port}`;
  await hub.startApp('delivery');
  await hub.startApp('reconciliation');
}

let serial = 0;
const newCode = (unit: string): string => `${unit}-250620-${String(++serial).padStart(4, '0')}`;
interface Opened {
  code: string;
  by: OneStop;
}

/** Entered at a one-stop's counter; its own system sends it to the hub. */
async function entered(by: OneStop, unit: string, procedure: string): Promise<Opened> {
  const code = newCode(unit);
  const base = procedure === '2.000488' ? judicialRecordCase(code) : otherCase(code);
  await submitted(by, code, code, {
    case: {
      ...base,
      procedure: { code: procedure, name: 'Thủ tục mẫu' },
      unit: { code: unit, name: 'Đơn vị mẫu' },
      submittedAt: '2025-06-20T07:55:00+07:00',
      receivedAt: '2025-06-20T08:00:00+07:00',
      dueAt: '2025-07-10T08:00:00+07:00',
    },
  });
  return { code, by };
}

/** Taken by the one-stop, sent, and accepted by the hub. */
async function submitted(by: OneStop, key: string, code: string, what: Record<string, unknown>): Promise<void> {
  await oneStops.get(by)!.ask('POST', '/submissions', { key, ...what });
  await eventually(async () => {
    const { submissions } = (await oneStops.get(by)!.ask('GET', `/cases/${encodeURIComponent(code)}`)) as Counter;
    expect(submissions.find((one) => one.key === key)).toEqual(expect.objectContaining({ state: 'accepted' }));
  }, 300_000);
}

async function says(by: OneStop, { code }: Opened, type: string, data: Record<string, unknown>): Promise<void> {
  const key = `${code}/${by}/${type}/${JSON.stringify(data).length}`;
  await submitted(by, key, code, { code, event: { type: `vn.lienthong.case.${type}.v1`, data } });
}
const status = (by: OneStop, of: Opened, to: number, more = {}): Promise<void> =>
  says(by, of, 'status-changed', { status: to, at: '2025-06-25T08:00:00+07:00', ...more });
const at = '2025-06-28T08:00:00+07:00';

interface Counter {
  submissions: { key: string; state: string }[];
  events: { type: string; data: Record<string, unknown>; step?: Record<string, string> }[];
}

/** What each one-stop's own system has of a case, in the order in which it took it; nothing where it has nothing. */
async function held({ code }: Opened): Promise<Record<string, string[]>> {
  await hub.atRest();
  const all = await Promise.all(
    [...oneStops].map(async ([id, standIn]) => {
      const { events } = (await standIn.ask('GET', `/cases/${encodeURIComponent(code)}`)) as Counter;
      return [id, events.map(({ type, data }) => [type.split('.')[3], data.status].filter(Boolean).join(' '))] as const;
    }),
  );
  return Object.fromEntries(all.filter(([, events]) => events.length > 0));
}
async function stepsTold({ code }: Opened): Promise<Record<string, string>> {
  const all = await Promise.all(
    [...oneStops].map(async ([id, standIn]) => {
      const { events } = (await standIn.ask('GET', `/cases/${encodeURIComponent(code)}`)) as Counter;
      const step = events.find((event) => event.step)?.step;
      return [id, step && `${step.routestep} ${step.routeunit} ${step.routedue}`] as const;
    }),
  );
  return Object.fromEntries(all.filter(([, step]) => step !== undefined)) as Record<string, string>;
}

let inFlight: Opened;
let judicial: Opened;

describe('until the districts end', () => {
  it('a case of three levels reaches district and province by its route, and its result everybody on it', async () => {
    const one = await entered('mot-cua-xa', 'H99.30.25', '2.001263');
    expect(await held(one)).toEqual({ 'mot-cua-huyen': ['received'], 'mot-cua': ['received'] });
    // 14 working days: a fifth, three tenths, a half.
    expect(await stepsTold(one)).toEqual({
      'mot-cua-huyen': '2/3 H99.30 2025-07-01T01:00:00.000Z',
      'mot-cua': '3/3 H99 2025-07-10T01:00:00.000Z',
    });
    await status('mot-cua-huyen', one, 4);
    await says('mot-cua', one, 'result-issued', { status: 9, at, documents: [] });
    expect(await held(one)).toEqual({
      'mot-cua-xa': ['status-changed 4', 'result-issued 9'],
      'mot-cua-huyen': ['received', 'result-issued 9'],
      'mot-cua': ['received', 'status-changed 4'],
    });
  });

  it('of two levels, between a department and a vertical agency, and of a vertical one: each goes its own way', async () => {
    const two = await entered('mot-cua-xa', '000.25.30.H99', '2.000575');
    expect(await held(two)).toEqual({ 'mot-cua-huyen': ['received'] });
    // 8 hours of work and 16: a third of the term, and all of it.
    expect(await stepsTold(two)).toEqual({ 'mot-cua-huyen': '2/2 H99.30 2025-07-10T01:00:00.000Z' });
    const across = await entered('mot-cua', 'H99.14', '2.000488');
    expect(await held(across)).toEqual({ 'cong-an-tinh': ['received'] });
    expect(await stepsTold(across)).toEqual({ 'cong-an-tinh': '2/2 G01.99 2025-07-10T01:00:00.000Z' });
    const down = await entered('mot-cua', 'H99', '1.004222');
    await status('cong-an-tinh', down, 4);
    expect(await held(down)).toEqual({ 'cong-an-tinh': ['received'], 'mot-cua': ['status-changed 4'] });
  });

  it('a refusal goes back to the counter that entered it, with its reason; nobody else may speak of it', async () => {
    const one = await entered('mot-cua-xa', 'H99.30.25', '2.000575');
    await status('mot-cua-huyen', one, 3, { reason: 'Thiếu giấy tờ' });
    expect(await held(one)).toEqual({ 'mot-cua-huyen': ['received'], 'mot-cua-xa': ['status-changed 3'] });
    const { status: answer, body } = await hub.post(
      `/v1/cases/${one.code}/events`,
      { specversion: '1.0', id: 'x', source: '/x', type: 'vn.lienthong.case.status-changed.v1', subject: `case/${one.code}`, time: at, datacontenttype: 'application/json', data: { status: 4, at } }, // prettier-ignore
      { agency: 'cong-an-tinh' },
    );
    expect([answer, body.code]).toEqual([403, 'not-your-case']);
  });

  it('a supplement and a withdrawal go along the route', async () => {
    const one = await entered('mot-cua-xa', 'H99.30.25', '2.001263');
    await status('mot-cua-huyen', one, 5, { reason: 'Thiếu bản sao' });
    await says('mot-cua-xa', one, 'supplemented', {
      ...otherCase(one.code),
      procedure: { code: '2.001263', name: 'Thủ tục mẫu' },
      unit: { code: 'H99.30.25', name: 'Đơn vị mẫu' },
      submittedAt: '2025-06-20T07:55:00+07:00',
      receivedAt: '2025-06-20T08:00:00+07:00',
      dueAt: '2025-07-15T08:00:00+07:00',
      supplement: { receivedAt: '2025-06-26T08:00:00+07:00', request: 'Thiếu bản sao' },
    });
    await says('mot-cua-xa', one, 'withdrawn', { status: 7, at });
    expect(await held(one)).toEqual({
      'mot-cua-xa': ['status-changed 5'],
      'mot-cua-huyen': ['received', 'supplemented', 'withdrawn 7'],
      'mot-cua': ['received', 'status-changed 5', 'supplemented', 'withdrawn 7'],
    });
  });

  it('`route show` says where it stands, whose each step is, when it is due, and why', async () => {
    inFlight = await entered('mot-cua-xa', 'H99.30.25', '2.001263');
    await status('mot-cua-huyen', inFlight, 4);
    judicial = await entered('mot-cua-xa', 'H99.30.25', '2.000575');
    await hub.atRest();
    const { code, out } = await typed('route', 'show', inFlight.code, '--on', '2025-06-30');
    expect(code).toBe(0);
    expect(out).toContain('Đơn vị đang giữ · unit now: H99.30\n');
    const steps = out.split('\n').filter((line) => /^ {2}[► ] /.test(line));
    expect(steps.map((line) => line.trim().split(/ {2,}/).slice(0, 7))).toEqual([
      ['bước', 'việc', 'đơn vị', 'hệ thống', 'phần', 'hạn', 'vì sao'],
      ['1', 'Tiếp nhận', 'H99.30.25 Xã Mẫu Một', 'mot-cua-xa', '20 %', '24/06/2025 16:24:00', expect.any(String)],
      ['►', '2', 'Thẩm định', 'H99.30 Huyện Mẫu', 'mot-cua-huyen', '30 %', '01/07/2025 08:00:00'],
      ['3', 'Quyết định', 'H99 Tỉnh Mẫu', 'mot-cua', '50 %', '10/07/2025 08:00:00', expect.any(String)],
    ]);
  });
});

describe('from 1 July 2025, with cases in flight', () => {
  beforeAll(() => clockTo('2025-07-01T00:00:05+07:00'), 60_000);

  it('later events go to the district’s successor, which first gets the case in full, and no longer to the district', async () => {
    const before = await held(inFlight);
    expect(before).toEqual({
      'mot-cua-xa': ['status-changed 4'],
      'mot-cua-huyen': ['received'],
      'mot-cua': ['received', 'status-changed 4'],
    });
    await status('mot-cua', inFlight, 6);
    expect(await held(inFlight)).toEqual({
      'mot-cua-xa': ['status-changed 4', 'status-changed 6'],
      'mot-cua-huyen': ['received'],
      'mot-cua-khu-vuc': ['received', 'status-changed 4', 'status-changed 6'],
      'mot-cua': ['received', 'status-changed 4'],
    });
    expect((await stepsTold(inFlight))['mot-cua-khu-vuc']).toBe('2/3 H99.61 2025-07-01T01:00:00.000Z');
    await status('mot-cua-khu-vuc', inFlight, 4, { note: 'Xã mới tiếp tục' });
    await says('mot-cua', inFlight, 'result-issued', { status: 9, at, documents: [] });
    expect((await held(inFlight))['mot-cua-khu-vuc']).toEqual([
      'received',
      'status-changed 4',
      'status-changed 6',
      'result-issued 9',
    ]);
    const { out } = await typed('route', 'show', inFlight.code, '--json');
    expect(JSON.parse(out)).toMatchObject({
      form: 'three-level',
      steps: [{}, { unit: 'H99.61' }, { standsHere: true }],
    });
  });

  it('to another successor where the district’s cases were split by procedure; the case keeps the route of its own day', async () => {
    await status('mot-cua', judicial, 4);
    expect(await held(judicial)).toEqual({
      'mot-cua-xa': ['status-changed 4'],
      'mot-cua-huyen': ['received'],
      'mot-cua': ['received'],
    });
  });

  it('nothing is lost or doubled: all books, and what was to be planned by the same rule, agree with the ledger', async () => {
    await hub.atRest();
    const file = join(hub.env.LIENTHONG_BOOKS_DIR!, 'reconciled.json');
    const { code, err } = await typed('reconcile', 'run', '--json', file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const result = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown> & { byAgency: object };
    expect(result).toMatchObject({
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      unexpected: 0,
      parked: 0,
      waiting: 0,
      discrepancies: [],
    });
    expect(result.delivered).toBe(result.expected);
    expect(result.byAgency).toMatchObject({ 'mot-cua-khu-vuc': { expected: 4, delivered: 4 } });
  });
});
