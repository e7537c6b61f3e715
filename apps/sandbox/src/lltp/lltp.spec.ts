import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';
import type { LltpCase } from './cases.js';

const request = sample('lltp-gen2-vneid/b-gui-ho-so.request.json');
const poll = sample('lltp-gen2-vneid/c-ket-qua.request.json');
const code = String(request['maHoSoMCDT']);
const never = { toInProgressMs: null, toDoneMs: null };

type Members = Record<string, unknown>;

/** Same keys and same types, at every depth; a list's shape is that of its first item. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (value === null) return null;
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shape(member)]));
}

const ketQua = (answer: unknown): Members => ((answer as Members)['value'] as Members[])[0]?.['ketQuaXuLy'] as Members;

let folder: string;
let lltp: Running;

beforeEach(async () => {
  folder = newFolder();
  lltp = await run('lltp', folder);
  await lltp.ask('PUT', '/processing', never);
});
afterEach(() => lltp.stop());

const apply = async (change: Members = {}) => (await lltp.post('/api/lltp/gui-ho-so', { ...request, ...change })).body;
const declare = (change: Members) => apply({ toKhai: { ...(request['toKhai'] as Members), ...change } });
const ask = async (ofCode = code) => (await lltp.post('/api/lltp/ket-qua', { ...poll, maHoSoMCDT: ofCode })).body;

describe('flow b, an application', () => {
  it('answers the samples word for word: taken, then a duplicate', async () => {
    expect(await apply()).toEqual(sample('lltp-gen2-vneid/b-gui-ho-so.success.json'));
    expect(await apply()).toEqual(sample('lltp-gen2-vneid/b-gui-ho-so.duplicate.json'));
    expect(await declare({ nycDienThoai: '0900000124' })).toEqual(sample('lltp-gen2-vneid/b-gui-ho-so.duplicate.json'));
    const effects = (await lltp.lines('/books')).map(({ effect, operation }) => [operation, effect]);
    expect(effects).toEqual([
      ['gui-ho-so', 'applied'],
      ['gui-ho-so', 'repeat'],
      ['gui-ho-so', 'refused'],
    ]);
  });

  it('takes a case again only while it waits for a supplement, and then works on it', async () => {
    await apply();
    await lltp.ask('POST', `/cases/${code}/status`, { status: 5, reason: 'Bổ sung ảnh chụp hộ chiếu' });
    expect(await ask()).toMatchObject({
      statusDescription: 'Bổ sung ảnh chụp hộ chiếu',
      value: [{ trangThaiXuLy: 5 }],
    });
    expect(await declare({ nycEmail: 'mau@example.invalid' })).toEqual(
      sample('lltp-gen2-vneid/b-gui-ho-so.success.json'),
    );
    expect(await ask()).toMatchObject({ value: [{ trangThaiXuLy: 4, ketQuaXuLy: null }] });
  });

  it('keeps no secret in its book and books nothing of a sender it does not know', async () => {
    expect(await apply({ authKey: 'wrong' })).toMatchObject({
      status: '0',
      errorCode: 'AUTH',
      errorDescription: 'authKey',
    });
    expect(await lltp.lines('/books')).toEqual([]);
  });

  it.each([
    ['without a name', { nycHoTen: '' }, 'thiếu nycHoTen'],
    ['with a number for a string', { soLuongCap: 1 }, 'soLuongCap không đúng định dạng'],
    ['with a number deep inside', { nycThuongTru: { maTinhThanh: 38 } }, 'maTinhThanh không đúng định dạng'],
    ['born on a day that is none', { nycNgaySinh: '31/02/1990' }, 'nycNgaySinh không đúng định dạng'],
    ['with an ISO date', { nycNgayCapGiayTo: '2022-02-01' }, 'nycNgayCapGiayTo không đúng định dạng'],
    ['with the sex of the other interface', { nycGioiTinh: '0' }, 'nycGioiTinh không đúng định dạng'],
    ['by mandate of nobody', { uyQuyen: '1' }, 'thiếu uyQuyenHoTen'],
    [
      'with a file that is no base64',
      { fileHoSo: [{ tenLoaiFile: 'a', tenFile: 'b', noiDungFile: '{}' }] },
      'noiDungFile không đúng định dạng',
    ],
    ['with a residence of no time', { nycCuTru: [{ tuNgay: '13/2004', denNgay: '' }] }, 'tuNgay không đúng định dạng'],
  ])('refuses an application %s, in its own words', async (_what, change, errorDescription) => {
    expect(await declare(change)).toEqual({
      status: '0',
      statusDescription: 'Gửi thông tin không hợp lệ',
      errorCode: 'DATA',
      errorDescription,
    });
    expect(await lltp.ask('GET', `/holds?code=${code}`)).toEqual({ held: false });
    expect(await lltp.lines('/books')).toMatchObject([{ effect: 'refused', code }]);
  });

  it.each([
    ['nguonDangKy', 1],
    ['nguonDangKy', '2'],
    ['ngayTiepNhan', '2024-11-12'],
    ['maHoSoMCDT', 'H56'],
    ['toKhai', undefined],
  ])('refuses %s = %p', async (field, value) => {
    expect(await apply({ [field]: value })).toMatchObject({
      status: '0',
      errorCode: 'DATA',
      errorDescription: expect.stringContaining(field),
    });
  });
});

describe('flow c, a poll', () => {
  it('produces the samples: pending, done, with a conviction', async () => {
    await apply();
    await lltp.ask('POST', `/cases/${code}/status`, { status: 4 });
    expect(await ask()).toEqual(sample('lltp-gen2-vneid/c-ket-qua.pending.json'));

    await lltp.ask('POST', `/cases/${code}/result`);
    const done = sample('lltp-gen2-vneid/c-ket-qua.done.json');
    const answer = await ask();
    expect(shape(answer)).toEqual(shape(done));
    const { phieuLLTP: _own, ...result } = ketQua(answer);
    const { phieuLLTP: _its, ...expected } = ketQua(done);
    expect(result).toEqual(expected);

    const other = 'H56.14-241112-0011';
    await apply({ maHoSoMCDT: other });
    await lltp.ask('POST', `/cases/${other}/result`, { withConviction: true });
    expect(shape(await ask(other))).toEqual(shape(sample('lltp-gen2-vneid/c-ket-qua.with-record.json')));
  });

  it('knows neither a strange case nor one of another province', async () => {
    expect(await ask()).toMatchObject({ status: 0, value: [] });
    await apply();
    expect((await lltp.post('/api/lltp/ket-qua', { ...poll, maTinh: '80' })).body).toMatchObject({
      status: 0,
      value: [],
    });
  });

  it('gives a real PDF, the same bytes at each poll and after a restart', async () => {
    await apply();
    await lltp.ask('POST', `/cases/${code}/result`);
    const first = await ask();
    const pdf = Buffer.from(String(ketQua(first)['phieuLLTP']), 'base64').toString('latin1');
    const start = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
    const offsets = [...pdf.slice(start).matchAll(/(\d{10}) 00000 n/g)].map(([, at]) => Number(at));
    expect(offsets).toHaveLength(6);
    offsets.forEach((at, i) => expect(pdf.slice(at).startsWith(`${i + 1} 0 obj`)).toBe(true));
    expect(pdf).toContain(`Ma ho so: ${code}`);

    await lltp.stop();
    lltp = await run('lltp', folder);
    expect(await ask()).toEqual(first);
  });
});

describe('its clock', () => {
  it('moves a case 2, 4, 9 by itself', async () => {
    await lltp.ask('PUT', '/processing', { toInProgressMs: 1, toDoneMs: 1 });
    await apply();
    await eventually(async () =>
      expect(await ask()).toMatchObject({ value: [{ trangThaiXuLy: 9, ketQuaXuLy: { ngayCapPhieu: '21/11/2024' } }] }),
    );
  });

  it('asks the configured share for a supplement, once, and goes on when it came', async () => {
    await lltp.ask('PUT', '/processing', { toInProgressMs: 0, toDoneMs: 0, supplementShare: 1 });
    await apply();
    await eventually(async () => expect(await ask()).toMatchObject({ value: [{ trangThaiXuLy: 5 }] }));
    await declare({ nycEmail: 'mau@example.invalid' });
    await eventually(async () => expect(await ask()).toMatchObject({ value: [{ trangThaiXuLy: 9 }] }));
  });

  it('goes on after a restart with the speed and the cases it had', async () => {
    await apply();
    await lltp.stop();
    lltp = await run('lltp', folder);
    expect(await ask()).toMatchObject({ value: [{ trangThaiXuLy: 2 }] });
    expect(await lltp.ask('GET', '/processing')).toMatchObject(never);
    await lltp.ask('PUT', '/processing', { toInProgressMs: 0, toDoneMs: 0 });
    await eventually(async () => expect(((await lltp.ask('GET', `/holds?code=${code}`)) as LltpCase).status).toBe(9));
    expect(await lltp.lines('/books')).toHaveLength(1);
  });

  it('revokes only what it issued', async () => {
    await apply();
    expect(await lltp.ask('POST', `/cases/${code}/revocation`, {})).toMatchObject({ detail: expect.any(String) });
    await lltp.ask('POST', `/cases/${code}/result`);
    await lltp.ask('POST', `/cases/${code}/revocation`, { date: '01/12/2024' });
    const revoked = sample('lltp-gen2-vneid/d-traKetQua.revoke.request.json')['ketQuaXuLy'] as Members;
    const decision = ketQua(await ask())['quyetDinhThuHoi'] as Members;
    const { FileQuyetDinh: _file, ...expected } = revoked['quyetDinhThuHoi'] as Members;
    expect(decision).toMatchObject(expected);
    expect(Buffer.from(String(decision['FileQuyetDinh']), 'base64').toString('latin1').startsWith('%PDF-1.4')).toBe(
      true,
    );
  });
});
