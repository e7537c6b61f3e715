import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { PartnerAnswer } from '#domain';
import type { ResultIssued } from '#wire';

import { contractOf, outgoing, portalCase, sample, secrets, sending } from '../case.fixture.js';
import type { OutgoingEvent, PreparedItem, SendContext } from '../connector.js';
import { json, startPartner, type Answer, type ScriptedPartner } from '../testing/partner.js';
import { shapeOf } from '../shape.fixture.js';
import { NationalPortalConnector } from './connector.js';
import { PortalSession } from './session.js';

type Row = Record<string, unknown>;

let portal: ScriptedPartner;
let connector: NationalPortalConnector;
let sessions: string[];
let logins: number;
let afterLogin: Answer;

/** Answers logins with S1, S2 … and turns away sessions that aren't open. */
const door: Answer = (arrived, response, request) => {
  if (arrived.path === '/login') {
    logins += 1;
    sessions.push(`S${logins}`);
    return json({ session: `S${logins}`, error_code: 0 })(arrived, response, request);
  }
  if (!sessions.includes(String(arrived.json['session']))) {
    return json(sample('national-portal/answer.session-expired.inferred.json'))(arrived, response, request);
  }
  afterLogin(arrived, response, request);
};

const contract = () => {
  const demo = contractOf('cong-dvc', portal.url);
  return { ...demo, settings: { ...demo.settings, databases: '7' } };
};
const context = (more: Partial<SendContext> = {}) => sending(contract(), more);
const received = outgoing('received', portalCase);
const statusChanged = (acknowledgedStatus?: 2 | 4 | 5): OutgoingEvent =>
  outgoing('status-changed', portalCase, {
    status: 4,
    data: { status: 4, at: '2025-08-13T09:00:00+07:00' },
    ...(acknowledgedStatus === undefined ? {} : { acknowledgedStatus }),
  });

async function prepared(event: OutgoingEvent): Promise<PreparedItem> {
  const mapped = await connector.prepare(event);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return mapped.prepared;
}
const send = async (event: OutgoingEvent, more: Partial<SendContext> = {}) =>
  connector.send(await prepared(event), event, context(more));
const lookUp = async (event: OutgoingEvent, more: Partial<SendContext> = {}) =>
  connector.lookUp(await prepared(event), event, context(more));
const showing = (status: string | undefined): void => {
  afterLogin = json({
    error_code: '0',
    result: status === undefined ? [] : [{ MAHOSO: portalCase.code, TRANGTHAIHOSO: status }],
  });
};

beforeEach(async () => {
  sessions = [];
  logins = 0;
  afterLogin = json(sample('national-portal/answer.success.json'));
  portal = await startPartner(door);
  connector = new NationalPortalConnector(contract());
});
afterEach(async () => {
  await portal.stop();
  await connector.close();
});

describe('the national portal’s envelope', () => {
  it('is the source’s: login, then the case under its session', async () => {
    expect(await send(received)).toMatchObject({ kind: 'answered', status: 200, json: { error_code: '0' } });
    const [login, add] = portal.arrived;
    expect(login?.json).toEqual({ username: 'tinh-mau', password: secrets['CONG_DVC_PASSWORD'] });
    expect(shapeOf(login?.json)).toEqual(shapeOf(sample('national-portal/login.request.json')));
    expect(add?.path).toBe('/integration');
    expect(shapeOf(add?.json)).toEqual(shapeOf(sample('national-portal/DongBoHoSoMC.add.request.json')));
    expect(add?.json).toMatchObject({ session: 'S1', madonvi: 'H53', service: 'DongBoHoSoMC', isUpdating: 'False' });
    for (const { headers } of portal.arrived)
      expect(headers).toMatchObject({ dstcode: 'cong-dvcqg', charset: 'utf-8' });
  });

  it('is an update where the portal holds the case, with the same item', async () => {
    await send(received);
    await send(received, { asUpdate: true });
    await send(outgoing('supplemented', portalCase));
    await send(
      outgoing('result-issued', portalCase, { data: { status: 9, at: '2025-08-22T16:00:00+07:00', documents: [] } }),
    );
    const sent = portal.arrived.slice(1).map(({ json: body }) => body);
    expect(sent.map(({ isUpdating }) => isUpdating)).toEqual(['False', 'True', 'True', 'True']);
    expect(sent[1]?.['data']).toEqual(sent[0]?.['data']);
  });

  it('has no isUpdating for a progress row', async () => {
    await send(statusChanged());
    const sent = portal.arrived.at(-1)?.json ?? {};
    const shown = sample('national-portal/CapNhatTienDoHoSoMC.request.json');
    expect(shapeOf(sent)).toEqual(shapeOf(shown));
    expect(sent['data']).toHaveLength(1);
  });

  it('tells a revocation by the case in full, without the paper and with a note', async () => {
    const decision = { number: '03/QĐ-MAU', date: '2025-12-01' };
    const data = { at: '2025-12-01T09:00:00+07:00', reason: 'Sai họ tên', decision };
    const paper = { sha256: 'a'.repeat(64), name: 'phieu.pdf', mediaType: 'application/pdf', size: 1 };
    const result: ResultIssued = { status: 9, at: '2025-08-20T16:00:00+07:00', documents: [paper] };
    const revoked = outgoing('result-revoked', portalCase, { data, result, status: 10 });
    expect(await connector.prepare(revoked)).toMatchObject({
      prepared: {
        operation: 'DongBoHoSoMC',
        item: {
          TrangThaiHoSo: '10',
          NgayKetThucXuLy: '20250820160000',
          DanhSachGiayToKetQua: [],
          GhiChu: 'Kết quả đã bị thu hồi theo Quyết định số 03/QĐ-MAU ngày 01/12/2025: Sai họ tên',
        },
      },
    });
    const own = { ...contract(), settings: { ...contract().settings, ownCodes: portalCase.code.slice(0, 6) } };
    const filedThere = new NationalPortalConnector(own);
    expect(await filedThere.prepare(revoked)).toMatchObject({
      prepared: {
        operation: 'DongBoTrangThaiHoSo',
        item: {
          NoiDung: expect.stringContaining('thu hồi'),
          TaiLieuXuLy: [{ TepDinhKemId: paper.sha256, IsDeleted: 'True' }],
        },
      },
    });
    await filedThere.close();
  });
});

describe('the session', () => {
  it('is opened once for all that send at the same time, and kept', async () => {
    await Promise.all(Array.from({ length: 20 }, () => send(received)));
    await send(received);
    expect(logins).toBe(1);
    expect(portal.arrived).toHaveLength(22);
  });

  it('is opened again after the answer that turned it away, once for all', async () => {
    await send(received);
    sessions = [];
    const turnedAway = await Promise.all(Array.from({ length: 10 }, () => send(received)));
    expect(turnedAway.map((answer) => answer.kind === 'answered' && (answer.json as Row)['error_code'])).toEqual(
      Array(10).fill('-1'),
    );
    const again = await Promise.all(Array.from({ length: 10 }, () => send(received)));
    for (const answer of again) expect(answer).toMatchObject({ json: { error_code: '0' } });
    expect(logins).toBe(2);
  });

  it('that is newer survives a late answer to the old one', async () => {
    await send(received);
    sessions = [];
    let release: () => void = () => undefined;
    portal.answers((arrived, response, request) => {
      if (arrived.json['session'] !== 'S1') return door(arrived, response, request);
      release = () => door(arrived, response, request);
    });
    const late = send(received);
    await arrivedAre(3);
    const letGo = release;
    const early = send(received);
    await arrivedAre(4);
    release();
    await early;
    await send(received);
    letGo();
    expect(await late).toMatchObject({ json: { error_code: '-1' } });
    expect(await send(received)).toMatchObject({ json: { error_code: '0' } });
    expect(logins).toBe(2);
  });

  it('lives as long as the contract says, from when it was asked for', async () => {
    let now = 1_000;
    const opened = new PortalSession(
      () => Promise.resolve(answered({ session: `S${(logins += 1)}` })),
      600,
      () => now,
    );
    const tokens: unknown[] = [];
    for (now of [1_000, 1_599, 1_600, 2_199, 2_200]) tokens.push(await opened.open(context()));
    expect(tokens).toEqual(['S1', 'S1', 'S2', 'S2', 'S3'].map((token) => ({ kind: 'open', token })));
  });

  it('that can’t be had leaves the item provably unsent, and the next send asks again', async () => {
    portal.answers(json({ error_code: '-1', message: 'Sai tên đăng nhập hoặc mật khẩu' }));
    expect(await send(received)).toEqual({ kind: 'unsent', reason: 'login was refused (HTTP 200)' });
    portal.answers((_, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>'));
    expect(await send(received)).toEqual({ kind: 'unsent', reason: 'login was refused (HTTP 502)' });
    portal.answers((_, __, request) => request.socket.destroy());
    expect(await send(received)).toMatchObject({ kind: 'unsent' });
    expect(
      await send(received, {
        secret: () => {
          throw new Error('no file');
        },
      }),
    ).toMatchObject({ kind: 'unsent', reason: expect.stringContaining('CONG_DVC_PASSWORD') });
    portal.answers(door);
    expect(await send(received)).toMatchObject({ kind: 'answered' });
  });
});

describe('what TraCuuHoSo proves', () => {
  it('asks as the source’s sample does', async () => {
    showing('2');
    await lookUp(received);
    const asked = portal.arrived.at(-1);
    expect(asked?.path).toBe('/share');
    expect(shapeOf(asked?.json)).toEqual(shapeOf(sample('national-portal/TraCuuHoSo.request.json')));
  });

  it('of an add: held if shown with its status, not held if unknown, else nothing', async () => {
    showing('2');
    expect(await lookUp(received)).toEqual({ kind: 'held' });
    showing('4');
    expect(await lookUp(received)).toEqual({ kind: 'unknown' });
    showing(undefined);
    expect(await lookUp(received)).toEqual({ kind: 'not-held' });
  });

  it('of an add that went as an update: nothing, since the case stood there before', async () => {
    showing('2');
    expect(await lookUp(received, { asUpdate: true })).toEqual({ kind: 'unknown' });
  });

  it('of a full update: nothing', async () => {
    showing('9');
    const issued = outgoing('result-issued', portalCase, {
      status: 9,
      acknowledgedStatus: 4,
      data: { status: 9, at: '2025-08-22T16:00:00+07:00', documents: [] },
    });
    expect(await lookUp(issued)).toEqual({ kind: 'unknown' });
    showing('5');
    expect(await lookUp(outgoing('supplemented', portalCase, { status: 5, acknowledgedStatus: 5 }))).toEqual({
      kind: 'unknown',
    });
  });

  it('of a progress row: held only where the row before had another status', async () => {
    showing('4');
    expect(await lookUp(statusChanged(2))).toEqual({ kind: 'held' });
    expect(await lookUp(statusChanged(4))).toEqual({ kind: 'unknown' });
    expect(await lookUp(statusChanged())).toEqual({ kind: 'unknown' });
    showing('2');
    expect(await lookUp(statusChanged(2))).toEqual({ kind: 'unknown' });
  });

  it('nothing, where the contract offers no look-up or the answer can’t be read', async () => {
    showing('2');
    const { lookUp: _, ...without } = contract();
    expect(await connector.lookUp(await prepared(received), received, sending(without))).toEqual({ kind: 'unknown' });
    for (const strange of [
      { error_code: '0' },
      { error_code: '0', result: [{}] },
      { error_code: '0', result: [null] },
    ]) {
      afterLogin = json(strange);
      expect(await lookUp(received)).toEqual({ kind: 'unknown' });
    }
  });

  it('opens an ended session anew, and is busy where no answer comes', async () => {
    showing('2');
    await lookUp(received);
    sessions = [];
    expect(await lookUp(received)).toEqual({ kind: 'held' });
    expect(logins).toBe(2);
    afterLogin = (_, __, request) => request.socket.destroy();
    expect(await lookUp(received)).toMatchObject({ kind: 'busy' });
    afterLogin = (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>đang bảo trì</html>');
    expect(await lookUp(received)).toMatchObject({ kind: 'busy' });
  });
});

const answered = (body: object): PartnerAnswer => ({
  kind: 'answered',
  status: 200,
  contentType: 'application/json',
  text: '',
  json: body,
});

async function arrivedAre(count: number): Promise<void> {
  while (portal.arrived.length < count) await new Promise((resolve) => setImmediate(resolve));
}
