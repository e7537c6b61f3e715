import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CaseApplication } from '#wire';
import { contractOf, outgoing } from '../../libs/connectors/src/case.fixture.js';
import { catalogueOf, mapCase } from '../../libs/connectors/src/national-portal/map-case.js';
import { judicialRecordCase, nextCode, statusChanged } from './cases.js';
import { IntakeAlone } from './intake-alone.js';

const MB = 1_048_576;
/** Stands somewhere in what is sent, and nowhere else afterwards. */
const SECRET = 'Bí-Mật-Không-Được-Lặp-Lại';
const catalogue = { filesUrl: 'https://files.example.invalid/', ...catalogueOf(contractOf('cong-dvc')) };

type Members = Record<string, unknown>;
function itemOf(code: string, more: Members = {}): Members {
  const mapped = mapCase(outgoing('received', judicialRecordCase(code) as unknown as CaseApplication), catalogue);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return { ...(mapped.prepared.item as Members), ...more };
}
const row = (code: string, more: Members = {}): Members => ({
  ...{ MaHoSo: code, NguoiXuLy: SECRET, ThoiDiemXuLy: '20210601080000', NoiDungXuLy: SECRET, TrangThai: '4' },
  ...more,
});

let intake: IntakeAlone;
let session = '';
let held = '';
const post = async (path: string, body: unknown, headers = {}) => {
  const {
    status,
    headers: said,
    body: answer,
  } = await intake.send('POST', `/partners/mot-cua/${path}`, body, {
    authorization: undefined,
    ...headers,
  });
  expect(said.get('content-type')).toBe('application/json; charset=utf-8');
  return { status, answer: answer as Members };
};
const envelope = (more: Members): Members => ({ session, madonvi: 'H49', service: 'DongBoHoSoMC', ...more });
const add = (...data: unknown[]): Members => envelope({ isUpdating: 'False', data });
const progress = (...data: unknown[]): Members => envelope({ service: 'CapNhatTienDoHoSoMC', data });
const logIn = async (body: unknown, agency = 'mot-cua') =>
  (await intake.send('POST', `/partners/${agency}/login`, body, { authorization: undefined })).body as Members;

beforeAll(async () => {
  intake = await IntakeAlone.start();
  const opened = await logIn({ username: 'mot-cua', password: 'key-of-mot-cua' });
  expect(opened).toEqual({ session: expect.any(String), error_code: 0 });
  session = String(opened['session']);
  held = nextCode();
  expect((await post('integration', add(itemOf(held)))).answer).toEqual({
    error_code: '0',
    message: 'Đồng bộ hồ sơ thành công',
  });
}, 300_000);
afterAll(() => intake?.stop());

const fresh = '000.00.30.H49-210531-9100';
const ended = '-1 Phiên làm việc không hợp lệ hoặc đã hết hạn';

const rows: [what: string, body: () => unknown, answer: string][] = [
  ['no session', () => ({ ...add(itemOf(fresh)), session: undefined }), ended],
  ['a session that nobody gave', () => ({ ...add(itemOf(fresh)), session: SECRET }), ended],
  ['a body that is a list', () => [SECRET], ended],
  ['no madonvi', () => envelope({ madonvi: '', isUpdating: 'False', data: [itemOf(fresh)] }), '3 Mã đơn vị không hợp lệ (madonvi)'],
  ['no service', () => envelope({ service: undefined }), '3 Dịch vụ không được hỗ trợ'],
  ['another service', () => envelope({ service: 'DongBoDanhGia' }), '3 Dịch vụ không được hỗ trợ'],
  ['an add that doesn’t say so', () => envelope({ data: [itemOf(fresh)] }), '3 Trường isUpdating không hợp lệ'],
  ['isUpdating that is no text', () => envelope({ isUpdating: true, data: [itemOf(fresh)] }), '3 Trường isUpdating không hợp lệ'],
  ['progress that says isUpdating', () => ({ ...progress(row(held)), isUpdating: 'True' }), '3 Trường isUpdating không hợp lệ'],
  ['no data', () => envelope({ isUpdating: 'False' }), '3 Thiếu trường data'],
  ['empty data', () => add(), '3 Thiếu trường data'],
  ['data that are one object', () => envelope({ isUpdating: 'False', data: itemOf(fresh) }), '3 Trường data không hợp lệ'],
  ['a row that is none', () => add(SECRET), '3 Trường data không hợp lệ'],
  ['101 cases', () => add(...Array.from({ length: 101 }, () => itemOf(fresh))), '3 Mỗi lần gửi tối đa 100 dòng'],
  ['eleven rows', () => progress(...Array.from({ length: 11 }, () => row(held))), '3 Mỗi lần gửi tối đa 10 dòng'],
  ['an empty item', () => add({}), '3 Thiếu trường MaHoSo; Thiếu trường MaTTHC; Thiếu trường TenTTHC; Thiếu trường MaLinhVuc; Thiếu trường TenLinhVuc; Thiếu trường KenhThucHien; Thiếu trường DonViXuLy; Thiếu trường NgayNopHoSo; Thiếu trường NgayTiepNhan; Thiếu trường TrichYeuHoSo; Thiếu trường ChuHoSo; Thiếu trường LoaiDoiTuong; Thiếu trường HinhThuc; Thiếu trường TrangThaiHoSo'],
  ['a date that isn’t one', () => add(itemOf(fresh, { NgayTiepNhan: '20210230080000' })), '3 Trường NgayTiepNhan không hợp lệ'],
  ['received before it was submitted', () => add(itemOf(fresh, { NgayTiepNhan: '20210530080000' })), '3 Trường NgayTiepNhan không hợp lệ'],
  ['a long summary', () => add(itemOf(fresh, { TrichYeuHoSo: SECRET.repeat(100) })), '3 Trường TrichYeuHoSo không hợp lệ'],
  ['an e-mail that isn’t one', () => add(itemOf(fresh, { Email: SECRET })), '3 Trường Email không hợp lệ'],
  ['half a letter', () => add(itemOf(fresh, { ChuHoSo: `${SECRET}\ud83d` })), '3 Trường ChuHoSo không hợp lệ'],
  ['NUL', () => add(itemOf(fresh, { ChuHoSo: `${SECRET}\0` })), '3 Trường ChuHoSo không hợp lệ'],
  ['a code of a form not yet in force', () => add(itemOf('H49.30-20210531-0001')), '3 Trường MaHoSo không hợp lệ'],
  ['a code that holds something else', () => add(itemOf(SECRET)), '3 Trường MaHoSo không hợp lệ'],
  ['a procedure that nobody receives', () => add(itemOf(fresh, { MaTTHC: '9.999999' })), '3 Mã thủ tục hành chính không hợp lệ (MaTTHC)'],
  ['a file that can’t be pulled', () => add(itemOf(fresh, { TaiLieuNop: [{ TenTepDinhKem: SECRET, DuongDanTaiTepTin: 'http://127.0.0.1:9/x' }] })), '3 Không tải được tệp ở trường DuongDanTaiTepTin'],
  ['an update of a case that nobody entered', () => ({ ...add(itemOf(fresh)), isUpdating: 'True' }), `3 Mã hồ sơ ${fresh} không tồn tại`],
  ['a result that its contract doesn’t let it send', () => envelope({ isUpdating: 'True', data: [itemOf(held, { TrangThaiHoSo: '9', DanhSachGiayToKetQua: [{ TenGiayTo: SECRET, DuongDanTepTinKetQua: 'x' }] })] }), '3 Hợp đồng kết nối không cho đơn vị gửi nội dung này (DanhSachGiayToKetQua)'],
  ['a case that is there', () => add(itemOf(held, { ChuHoSo: SECRET })), '-3 Mã hồ sơ {held} đã tồn tại'],
  ['a status that can’t follow', () => progress(row(held, { TrangThai: '1' })), '3 Trường TrangThai không hợp lệ: trạng thái này không thể nối tiếp trạng thái hiện tại của hồ sơ'],
  ['an update whose status can’t follow: nothing of it is entered', () => ({ ...add(itemOf(held, { ChuHoSo: SECRET, TrangThaiHoSo: '1' })), isUpdating: 'True' }), '3 Trường TrangThaiHoSo không hợp lệ: trạng thái này không thể nối tiếp trạng thái hiện tại của hồ sơ'],
  ['an update whose note is too long: nothing of it is entered', () => ({ ...add(itemOf(held, { ChuHoSo: SECRET, TrangThaiHoSo: '9', GhiChu: SECRET.repeat(400) })), isUpdating: 'True' }), '3 Trường GhiChu không hợp lệ'],
  ['an officer’s name that is too long', () => progress(row(held, { NguoiXuLy: SECRET.repeat(20) })), '3 Trường NguoiXuLy không hợp lệ'],
  ['broken JSON', () => `{"session":"${SECRET}",}`, '3 Nội dung không phải JSON hợp lệ.'],
  ['no body', () => '', '3 Nội dung không phải JSON hợp lệ.'],
  ['a member that stands twice', () => `{"session":"${SECRET}","session":"x"}`, '3 Nội dung không phải JSON hợp lệ.'],
  ['a hundred thousand brackets', () => '['.repeat(100_000), '3 Nội dung không phải JSON hợp lệ.'],
  ['invalid UTF-8', () => Buffer.from([0x22, 0xc3, 0x28, 0x22]), '3 Nội dung không phải UTF-8 hợp lệ.'],
  ['a body of 20 MB', () => Buffer.alloc(20 * MB, 0x20), '3 Nội dung quá lớn.'],
]; // prettier-ignore

describe('answered in the portal’s envelope, the field named and no value, and nothing half-written', () => {
  it.each(rows)('%s', async (_what, body, expected) => {
    const before = await intake.everything();
    const { status, answer } = await post('integration', body());
    expect([status, `${String(answer['error_code'])} ${String(answer['message'])}`]).toEqual([
      200,
      expected.replace('{held}', held),
    ]);
    expect(typeof answer['error_code']).toBe('string');
    expect(JSON.stringify(answer)).not.toContain('Bí-Mật');
    expect(await intake.everything()).toEqual(before);
  });

  it('a body of 200 MB, of which it keeps nothing', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': 200 * MB };
    const request = httpRequest(intake.url('/partners/mot-cua/integration'), { method: 'POST', headers });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.on('error', () => undefined);
    const piece = Buffer.alloc(MB, 0x20);
    let sent = 0;
    const more = (): void => {
      while (sent++ < 200 && !request.destroyed) if (!request.write(piece)) return void request.once('drain', more);
    };
    more();
    const [response] = await answered;
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    expect(JSON.parse(text)).toEqual({ error_code: '3', message: 'Nội dung quá lớn.' });
    request.destroy();
  });

  it('whoever isn’t let in, at the login', async () => {
    const wrong = { error_code: '-1', message: 'Sai tên đăng nhập hoặc mật khẩu' };
    const right = { username: 'mot-cua', password: 'key-of-mot-cua' };
    const others = [{ password: 'x' }, { username: 'khac' }, { password: 1 }, { password: 'x'.repeat(500) }];
    for (const body of [{}, [], ...others.map((other) => ({ ...right, ...other }))])
      expect(await logIn(body)).toEqual(wrong);
    expect(await logIn(right, 'mot-cua-khac')).toEqual(wrong);
    expect(await logIn({ username: 'mot-cua', password: 'key-of-lltp' })).toEqual(wrong);
    expect(await logIn({ username: 'lltp', password: 'key-of-lltp' }, 'lltp')).toMatchObject({ error_code: '3' });
    const { body } = await intake.send('POST', '/partners/mot-cua-khac/integration', add(itemOf(fresh)));
    expect(body).toMatchObject({ error_code: '-1' });
  });

  it('another agency’s case', async () => {
    const other = await logIn({ username: 'mot-cua-khac', password: 'key-of-mot-cua-khac' }, 'mot-cua-khac');
    const as = async (body: Members) =>
      (await intake.send('POST', '/partners/mot-cua-khac/integration', { ...body, session: other['session'] })).body;
    const refused = { error_code: '3', message: 'Hồ sơ thuộc cơ quan khác.' };
    expect(await as(add(itemOf(held)))).toEqual(refused);
    expect(await as(progress(row(held)))).toEqual(refused);
    const asked = { session: other['session'], madonvi: 'H49', service: 'TraCuuHoSo', mahoso: held };
    const { body } = await intake.send('POST', '/partners/mot-cua-khac/share', asked);
    expect(body).toEqual({ error_code: '0', result: [] });
  });

  it('leaves no word of it in the log', () => {
    expect(intake.process.lines.join('\n')).not.toMatch(/Bí-Mật|key-of|lt1\./);
  });
});

describe('several at once', () => {
  it('of one case are one case: the first is entered, the others are told that it is there', async () => {
    const code = nextCode();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('integration', add(itemOf(code)))));
    expect(answers.map(({ answer }) => answer['error_code']).sort()).toEqual([...Array<string>(19).fill('-3'), '0']);
    const updates = Array.from({ length: 20 }, () =>
      post('integration', { ...add(itemOf(code, { TrangThaiHoSo: '4', ChuHoSo: 'Mẫu Hai' })), isUpdating: 'True' }),
    );
    for (const { answer } of await Promise.all(updates)) expect(answer['error_code']).toBe('0');
    const { rows: events } = await intake.ledger.query(
      `select e.status, e.type from events e join aliases a using (stream_id) where a.code = $1 order by sequence`,
      [code],
    );
    expect(events).toEqual([
      { status: 2, type: 'vn.lienthong.case.received.v1' },
      { status: 4, type: 'vn.lienthong.case.supplemented.v1' },
    ]);
  });
});

describe('what others said', () => {
  it('is no news when the one-stop shows it again: neither their status nor their result', async () => {
    const code = nextCode();
    const update = async (more: Members) =>
      (await post('integration', { ...add(itemOf(code, more)), isUpdating: 'True' })).answer['error_code'];
    await post('integration', add(itemOf(code)));
    const result = { status: 9, at: '2021-06-09T16:00:00+07:00', documents: [] };
    const event = { ...statusChanged(code, 9, 'r1'), type: 'vn.lienthong.case.result-issued.v1', data: result };
    const lltp = { authorization: 'Bearer key-of-lltp' };
    expect((await intake.send('POST', `/v1/cases/${code}/events`, event, lltp)).status).toBe(202);
    const papers = { DanhSachGiayToKetQua: [{ TenGiayTo: 'Phiếu', DuongDanTepTinKetQua: 'https://elsewhere/1' }] };
    expect(await update({ TrangThaiHoSo: '9', ...papers })).toBe('0');
    expect(await update({ TrangThaiHoSo: '10', NgayTra: '20210610093000', ...papers })).toBe('0');
    expect((await post('integration', progress(row(code, { TrangThai: '2' })))).answer['error_code']).toBe('0');
    const { rows: events } = await intake.ledger.query<{ event: string }>(
      `select e.sender || ' ' || e.status as event from events e join aliases a using (stream_id) where a.code = $1 order by sequence`,
      [code],
    );
    expect(events.map(({ event: each }) => each)).toEqual(['mot-cua 2', 'lltp 9', 'mot-cua 10']);
  });
});
