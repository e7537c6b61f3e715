import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OutgoingEvent } from '#connectors';
import type { CaseApplication } from '#wire';
import { outgoing, pdf, pdfHash } from '../../libs/connectors/src/case.fixture.js';
import { nextCode, otherCase } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { PortalClient } from './portal-client.js';
import { start, type Started } from './processes.js';

const AGENCY = 'mot-cua-cu';
const SESSION_SECONDS = 4;

let hub: Hub;
let files: Server;
let oneStop: PortalClient;
let password: string;

beforeAll(async () => {
  files = createServer((request, response) => {
    if (request.url !== '/files/9001') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/pdf' }).end(pdf);
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  hub = await Hub.start({
    alsoAgencies: 'test/journeys/agencies-portal-speaking',
    env: {
      LIENTHONG_FILES_PORT: String((files.address() as AddressInfo).port),
      LIENTHONG_DOOR_SESSION_SECONDS: String(SESSION_SECONDS),
    },
  });
  password = await hub.key(AGENCY);
  oneStop = new PortalClient(hub.intake, AGENCY, password);
}, 300_000);
afterAll(async () => {
  await oneStop?.close();
  await hub?.stop();
  files?.close();
});

const application = (code: string, more: Partial<CaseApplication> = {}): CaseApplication => ({
  ...(otherCase(code) as unknown as CaseApplication),
  ...more,
});
const changed = (of: CaseApplication, status: 4 | 5 | 9 | 10, more: Record<string, unknown> = {}): OutgoingEvent =>
  outgoing('status-changed', of, {
    status,
    data: {
      status,
      at: '2021-06-01T08:00:00+07:00',
      officer: { name: 'Trần Văn Thử', position: 'Chuyên viên', department: 'Phòng Một cửa' },
      ...(status === 5 ? { reason: 'Bổ sung ảnh' } : { note: 'Đang xác minh' }),
      startedAt: '2021-06-01T08:00:00+07:00',
      dueAt: '2021-06-10T17:00:00+07:00',
      ...more,
    },
  });

interface Entered {
  type: string;
  sender: string;
  status: number;
  body: Record<string, unknown>;
}
const entered = (code: string): Promise<Entered[]> =>
  hub.rows<Entered>(
    `select split_part(e.type, '.', 4) as type, e.sender, e.status, e.body from events e join aliases a using (stream_id)
     where a.code = $1 order by e.sequence`,
    [code],
  );
const shown = async (code: string): Promise<string[]> =>
  (await entered(code)).map(({ type, status }) => `${type} ${status}`);
const portalTook = async (code: string): Promise<string[]> =>
  (await hub.standIns.portal.applied(code)).map(({ operation, hash }) => `${operation} ${hash}`);

describe('a one-stop that speaks the portal’s protocol, unchanged but for its URL', () => {
  it('submits a case: the ledger has it as it was meant, and the portal gets the very item', async () => {
    const one = application(nextCode());
    const received = outgoing('received', one);
    expect(await oneStop.send(received)).toEqual({ kind: 'accepted' });
    expect(await entered(one.code)).toEqual([
      { type: 'received', sender: AGENCY, status: 2, body: { ...one, status: 2 } },
    ]);
    const hash = await oneStop.hashOf(received);
    await eventually(async () => expect(await portalTook(one.code)).toEqual([`DongBoHoSoMC ${hash}`]));
  });

  it('may write Vietnamese in another Unicode form: the ledger has ours, and beside it what came', async () => {
    const one = application(nextCode(), { summary: 'Đề nghị cấp Phiếu'.normalize('NFC') });
    const theirs = { ...one, summary: one.summary.normalize('NFD') };
    expect(await oneStop.send(outgoing('received', theirs))).toEqual({ kind: 'accepted' });
    expect((await entered(one.code))[0]!.body).toEqual({ ...one, status: 2 });
    const kept = await hub.rows<{ came: string }>(
      `select came from as_it_came c join events e on e.id = c.event_id join aliases a using (stream_id) where a.code = $1`,
      [one.code],
    );
    expect(kept.map(({ came }) => (JSON.parse(came) as { TrichYeuHoSo: string }).TrichYeuHoSo)).toEqual([
      theirs.summary,
    ]);
  });

  it('is told “đã tồn tại” for a case that is there, and its update is what changed and nothing else', async () => {
    const one = application(nextCode());
    const received = outgoing('received', one);
    await oneStop.send(received);
    expect(await oneStop.send(received)).toEqual({ kind: 'already-held' });
    expect(await oneStop.send(received, true)).toEqual({ kind: 'accepted' });
    const other = { ...one, applicant: { ...one.applicant, phone: '0900000999' } };
    expect(await oneStop.send(outgoing('received', other))).toEqual({ kind: 'already-held' });
    expect(await shown(one.code)).toEqual(['received 2']);

    const supplement = { receivedAt: '2021-06-03T08:00:00+07:00', request: 'Bổ sung ảnh' };
    const supplemented = outgoing('supplemented', { ...other, supplement }, { status: 4 });
    expect(await oneStop.send(supplemented)).toEqual({ kind: 'accepted' });
    expect(await oneStop.send(supplemented)).toEqual({ kind: 'accepted' });
    expect(await oneStop.send(outgoing('supplemented', { ...other, supplement }, { status: 9 }))).toEqual({
      kind: 'accepted',
    });
    expect(await shown(one.code)).toEqual(['received 2', 'supplemented 4', 'status-changed 9']);
    expect((await entered(one.code))[1]!.body).toMatchObject({ applicant: { phone: '0900000999' }, supplement });
    const kinds = await hub.rows<{ kind: string }>(
      `select r.kind from receipts r join aliases a using (stream_id) where a.code = $1`,
      [one.code],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    await eventually(async () => expect(await portalTook(one.code)).toHaveLength(3));
  });

  it('reports progress: officer, unit and words arrive, and a row that comes again is the same event', async () => {
    const one = application(nextCode());
    await oneStop.send(outgoing('received', one));
    const [working, asked] = [changed(one, 4), changed(one, 5)];
    for (const event of [working, asked, working]) expect(await oneStop.send(event)).toEqual({ kind: 'accepted' });
    expect(await shown(one.code)).toEqual(['received 2', 'status-changed 4', 'status-changed 5']);
    expect((await entered(one.code))[1]!.body).toEqual(working.data);
    const rows = [await oneStop.hashOf(working), await oneStop.hashOf(asked)].map(
      (hash) => `CapNhatTienDoHoSoMC ${hash}`,
    );
    await eventually(async () => expect((await portalTook(one.code)).slice(1)).toEqual(rows));

    expect(await oneStop.send(outgoing('supplemented', one, { status: 5 }))).toEqual({ kind: 'accepted' });
    const withdrawal = { status: 7, at: '2021-06-04T08:00:00+07:00', reason: 'Không còn nhu cầu' };
    expect(await oneStop.send(outgoing('withdrawn', one, { status: 7, data: withdrawal }))).toEqual({
      kind: 'accepted',
    });
    expect((await entered(one.code)).at(-1)).toMatchObject({ type: 'withdrawn', status: 7, body: withdrawal });
    const gone = await oneStop.send(changed(one, 9));
    expect(gone).toMatchObject({ kind: 'refused', reason: expect.stringContaining('TrangThai') });
    await eventually(async () => expect(await portalTook(one.code)).toHaveLength(4));
  });

  it('is refused for a case that nobody entered, and may ask where a case stands', async () => {
    const nobodys = application(nextCode());
    const reason = `Mã hồ sơ ${nobodys.code} không tồn tại`;
    expect(await oneStop.send(changed(nobodys, 4))).toEqual({ kind: 'refused', reason });
    expect(await oneStop.send(outgoing('supplemented', nobodys))).toEqual({ kind: 'refused', reason });
    expect(await oneStop.lookUp(outgoing('received', nobodys))).toBe('not-held');
    await oneStop.send(outgoing('received', nobodys));
    expect(await oneStop.lookUp(outgoing('received', nobodys))).toBe('held');
  });

  it('logs in anew when its session has ended', async () => {
    const one = application(nextCode());
    expect(await oneStop.send(outgoing('received', one))).toEqual({ kind: 'accepted' });
    const session = await oneStop.logIn();
    const ask = { session, madonvi: 'H49', service: 'TraCuuHoSo', mahoso: one.code };
    const found = { error_code: '0', result: [{ MAHOSO: one.code, TRANGTHAIHOSO: '2' }] };
    expect(await oneStop.post('share', ask)).toEqual(found);
    const ended = { error_code: '-1', message: 'Phiên làm việc không hợp lệ hoặc đã hết hạn' };
    await eventually(async () => expect(await oneStop.post('share', ask)).toEqual(ended));
    const working = changed(one, 4);
    expect(await oneStop.sendOnce(working)).toEqual({ kind: 'session-expired' });
    expect(await oneStop.send(working)).toEqual({ kind: 'accepted' });
  });

  it('keeps its session at another instance, and after a restart', async () => {
    const others: Started[] = [];
    const another = async (): Promise<string> => {
      const own = { LIENTHONG_INTAKE_PORT: '0', LIENTHONG_INSTANCE: 'intake-2', LIENTHONG_DOOR_SESSION_SECONDS: '600' };
      const env = { ...hub.env, ...own };
      others.push(await start('intake/src/main.js', [], env));
      return `http://127.0.0.1:${others.at(-1)!.port}`;
    };
    try {
      const first = await another();
      const session = await oneStop.logIn(first);
      await others[0]!.kill('SIGKILL');
      const ask = { session, madonvi: 'H49', service: 'TraCuuHoSo', mahoso: nextCode() };
      const nothing = { error_code: '0', result: [] };
      expect(await oneStop.post('share', ask)).toEqual(nothing);
      expect(await oneStop.post('share', ask, await another())).toEqual(nothing);
    } finally {
      await Promise.all(others.map((each) => each.kill('SIGKILL')));
    }
  });

  it('sends several at once: a bad row stops no other, and each that is sent again does no harm', async () => {
    const [a, b] = [application(nextCode()), application(nextCode())];
    const bad = application('000.00.30.H49-210231-0001');
    const events = [a, bad, b].map((each) => outgoing('received', each));
    expect(await oneStop.sendSeveral(events)).toEqual({
      kind: 'refused',
      reason: 'Dòng 2: Trường MaHoSo không hợp lệ',
    });
    for (const { code } of [a, b]) expect(await shown(code)).toEqual(['received 2']);
    expect(await oneStop.send(events[1]!)).toEqual({ kind: 'refused', reason: 'Trường MaHoSo không hợp lệ' });
    expect(await oneStop.send(events[2]!)).toEqual({ kind: 'already-held' });
    expect(await oneStop.send(events[2]!, true)).toEqual({ kind: 'accepted' });

    const rows = [changed(a, 4), changed(bad, 4), changed(b, 4)];
    expect(await oneStop.sendSeveral(rows)).toMatchObject({ kind: 'refused' });
    expect(await oneStop.sendSeveral([rows[0]!, rows[2]!])).toEqual({ kind: 'accepted' });
    for (const { code } of [a, b]) {
      expect(await shown(code)).toEqual(['received 2', 'status-changed 4']);
      await eventually(async () => expect(await portalTook(code)).toHaveLength(2));
    }
    const data = await Promise.all(rows.map((row) => oneStop.item(row)));
    const envelope = { session: await oneStop.logIn(), madonvi: 'H49', service: 'CapNhatTienDoHoSoMC', data };
    expect(await oneStop.post('integration', envelope)).toEqual({
      error_code: '3',
      message: 'Dòng 2: Trường MaHoSo không hợp lệ',
      result: [
        { MAHOSO: a.code, error_code: '0', message: 'Cập nhật tiến độ thành công' },
        { MAHOSO: bad.code, error_code: '3', message: 'Trường MaHoSo không hợp lệ' },
        { MAHOSO: b.code, error_code: '0', message: 'Cập nhật tiến độ thành công' },
      ],
    });
  });

  it('has its files pulled and kept by content; a result comes with its own, and 10 follows it', async () => {
    const one = application(nextCode());
    const plain = await oneStop.item(outgoing('received', one));
    const address = `http://127.0.0.1:${hub.env.LIENTHONG_FILES_PORT!}/files/9001`;
    const file = { TepDinhKemId: '9001', TenTepDinhKem: 'Tờ khai.pdf', IsDeleted: 'False', DuongDanTaiTepTin: address };
    const result = { GiayToId: '9001', TenGiayTo: 'Trích lục', DuongDanTepTinKetQua: address, MaGiayToKetQua: 'KQ.1' };
    const sync = async (isUpdating: string, more: object) =>
      oneStop.post('integration', {
        ...{ session: await oneStop.logIn(), madonvi: 'H49', service: 'DongBoHoSoMC', isUpdating },
        data: [{ ...plain, ...more }],
      });
    const taken = { error_code: '0', message: 'Đồng bộ hồ sơ thành công' };
    expect(await sync('False', { TaiLieuNop: [{ ...file, DuongDanTaiTepTin: `${address}-none` }] })).toEqual({
      error_code: '3',
      message: 'Không tải được tệp ở trường DuongDanTaiTepTin',
    });
    const elsewhere = address.replace('/files/', '/files/../other/');
    const stray = { ...file, DuongDanTaiTepTin: elsewhere };
    expect(await sync('False', { TaiLieuNop: [stray] })).toMatchObject({ error_code: '3' });
    expect(await sync('False', { TaiLieuNop: [file] })).toEqual(taken);
    const done = { TrangThaiHoSo: '10', NgayKetThucXuLy: '20210609160000', NgayTra: '20210610093000' };
    const handedOver = { ...done, TaiLieuNop: [file], DanhSachGiayToKetQua: [result] };
    for (let time = 1; time <= 2; time++) expect(await sync('True', handedOver)).toEqual(taken);
    expect(await shown(one.code)).toEqual(['received 2', 'result-issued 9', 'status-changed 10']);
    const [received, issued, returned] = await entered(one.code);
    const kept = { sha256: pdfHash, mediaType: 'application/pdf', size: pdf.length };
    expect(received!.body['documents']).toEqual([{ ...kept, name: 'Tờ khai.pdf' }]);
    expect(issued!.body).toEqual({
      status: 9,
      at: '2021-06-09T16:00:00+07:00',
      documents: [{ ...kept, name: 'Trích lục', componentCode: 'KQ.1' }],
    });
    expect(returned!.body).toMatchObject({ status: 10, at: '2021-06-10T09:30:00+07:00' });
    const bytes = await fetch(`${hub.intake}/v1/files/${pdfHash}`, {
      headers: { authorization: `Bearer ${password}` },
    });
    expect(Buffer.from(await bytes.arrayBuffer()).equals(pdf)).toBe(true);
    await eventually(async () => expect(await portalTook(one.code)).toHaveLength(3));
  });
});
