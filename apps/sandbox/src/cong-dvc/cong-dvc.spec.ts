import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;
const of = (name: string): Members => sample(`national-portal-case-sync/${name}.json`);

const add = of('DongBoHoSoMC.add.request');
const update = of('DongBoHoSoMC.update.request');
const progress = of('CapNhatTienDoHoSoMC.request');
const item = (add['data'] as Members[])[0] as Members;
const row = (progress['data'] as Members[])[0] as Members;
const code = String(item['MaHoSo']);
const accepted = expect.objectContaining({ error_code: '0', message: expect.stringContaining('thành công') });

let folder: string;
let portal: Running;
let session: string;

beforeEach(async () => {
  folder = newFolder();
  portal = await run('cong-dvc', folder);
  session = await logIn();
});
afterEach(() => portal.stop());

const headers = { dstcode: 'PORTAL-MAU', charset: 'utf-8' };
async function logIn(): Promise<string> {
  const answer = (await portal.post('/login', of('login.request'), headers)).body as Members;
  const expected = of('login.answer');
  expect(Object.keys(answer)).toEqual(Object.keys(expected));
  expect(answer['error_code']).toBe(expected['error_code']);
  return String(answer['session']);
}
const integrate = async (body: Members) => (await portal.post('/integration', { ...body, session }, headers)).body;
const share = async (body: Members) => (await portal.post('/share', { ...body, session }, headers)).body;
const addWith = (change: Members) => integrate({ ...add, data: [{ ...item, ...change }] });
const status = () => share(of('TraCuuHoSo.request'));
const effects = async () => (await portal.lines('/books')).map(({ operation, effect }) => [operation, effect]);

describe('cases', () => {
  it('answers the samples: taken, a duplicate on add, then an update', async () => {
    expect(await status()).toEqual(of('TraCuuHoSo.unknown'));
    expect(await integrate(add)).toEqual(of('answer.success'));
    expect(await integrate(add)).toEqual(of('answer.duplicate'));
    expect(await integrate(update)).toEqual(of('answer.success'));
    expect(await integrate(update)).toEqual(of('answer.success'));
    expect(await effects()).toEqual([
      ['DongBoHoSoMC', 'applied'],
      ['DongBoHoSoMC', 'repeat'],
      ['DongBoHoSoMC', 'applied'],
      ['DongBoHoSoMC', 'repeat'],
    ]);
    expect(await portal.ask('GET', `/holds?code=${code}`)).toMatchObject({ status: 10 });
  });

  it('applies an older state that comes late: a second effect that its book shows', async () => {
    await integrate(add);
    await integrate(update);
    await integrate({ ...add, isUpdating: 'True' });
    const books = await portal.lines('/books');
    expect(books.map(({ effect, hash }) => [effect, hash === books[0]?.['hash']])).toEqual([
      ['applied', true],
      ['applied', false],
      ['applied', true],
    ]);
  });

  it('says what it holds, and who there is', async () => {
    await integrate(add);
    await integrate(progress);
    expect(await status()).toEqual(of('TraCuuHoSo.found'));
    const units = (await share({ madonvi: 'H56', service: 'LayDanhMucCoQuan' })) as { result: Members[] };
    expect({ ...units, result: units.result.slice(0, 2) }).toEqual(of('LayDanhMucCoQuan.answer'));
  });

  it('refuses an unknown procedure as the sample does', async () => {
    expect(await addWith({ MaTTHC: 'khong-co' })).toEqual(of('answer.refused'));
  });

  it.each([
    ['MaLinhVuc', ''],
    ['NoiNopHoSo', undefined],
    ['NgayTiepNhan', '20250230081000'],
    ['NgayTiepNhan', '12/08/2025'],
    ['NgayHenTra', ''],
    ['NgayTra', '20251301000000'],
    ['LoaiDoiTuong', '0'],
    ['TrangThaiHoSo', '11'],
    ['KenhThucHien', 1],
    ['TrichYeuHoSo', 'a'.repeat(1_001)],
    ['DinhDanhCHS', [{ LoaiDinhDanh: '1', SoDinhDanh: '079200' }]],
    [
      'TaiLieuNop',
      [{ TenTepDinhKem: 'a'.repeat(4_001), DuongDanTaiTepTin: 'https://files.example.invalid/1', IsDeleted: 'False' }],
    ],
    ['DanhSachLePhi', [{ Gia: 200_000 }]],
  ])('refuses %s = %p', async (field, value) => {
    expect(await addWith({ [field]: value })).toMatchObject({ error_code: '3' });
    expect(await portal.ask('GET', `/holds?code=${code}`)).toEqual({ held: false });
    expect(await effects()).toEqual([['DongBoHoSoMC', 'refused']]);
  });

  it('refuses an update of a case it does not know, and a request that does not say which it is', async () => {
    expect(await integrate(update)).toMatchObject({ error_code: '3' });
    expect(await integrate({ ...add, isUpdating: true })).toMatchObject({ error_code: '3' });
    expect(await integrate({ ...add, service: 'KhongCo' })).toMatchObject({ error_code: '3' });
  });
});

describe('progress', () => {
  it('appends rows, a repeated one twice: it has no key to know it by', async () => {
    await integrate(add);
    expect(await integrate(progress)).toEqual(accepted);
    expect(await integrate(progress)).toEqual(accepted);
    expect(await portal.ask('GET', `/holds?code=${code}`)).toMatchObject({ progress: 4, status: 4 });
  });

  it('refuses rows of an unknown case, more than ten, a long name, and isUpdating', async () => {
    expect(await integrate(progress)).toMatchObject({ error_code: '3' });
    await integrate(add);
    expect(await integrate({ ...progress, data: Array.from({ length: 11 }, () => row) })).toMatchObject({
      error_code: '3',
    });
    expect(await integrate({ ...progress, data: [{ ...row, NguoiXuLy: 'a'.repeat(51) }] })).toMatchObject({
      error_code: '3',
    });
    expect(await integrate({ ...progress, isUpdating: 'False' })).toMatchObject({ error_code: '3' });
    expect(await portal.ask('GET', `/holds?code=${code}`)).toMatchObject({ progress: 0, status: 2 });
  });
});

describe('cases filed on the portal', () => {
  it('takes their status from the province', async () => {
    const filed = of('DongBoTrangThaiHoSo.request');
    expect(await integrate(filed)).toEqual(accepted);
    expect(await integrate(filed)).toEqual(accepted);
    expect(await integrate({ ...filed, type: '1' })).toMatchObject({ error_code: '3' });
    expect(await effects()).toEqual([
      ['DongBoTrangThaiHoSo', 'applied'],
      ['DongBoTrangThaiHoSo', 'repeat'],
    ]);
  });
});

describe('sessions', () => {
  it('ends them when told, when their time is over, and when it starts again; nothing is taken meanwhile', async () => {
    const expired = { error_code: '-1', message: 'Phiên làm việc không hợp lệ hoặc đã hết hạn' };
    await portal.ask('DELETE', '/sessions');
    expect(await integrate(add)).toEqual(expired);
    session = await logIn();
    expect(await integrate(add)).toEqual(of('answer.success'));

    await portal.ask('PUT', '/sessions', { lifetimeMs: 0 });
    session = await logIn();
    expect(await integrate(update)).toEqual(expired);

    await portal.ask('PUT', '/wording', { sessionExpired: 'Hết phiên', sessionExpiredCode: '401' });
    expect(await integrate(update)).toEqual({ error_code: '401', message: 'Hết phiên' });
    await portal.stop();
    portal = await run('cong-dvc', folder);
    expect(await integrate(update)).toEqual(expired);
    expect(await effects()).toEqual([['DongBoHoSoMC', 'applied']]);
  });

  it('wants the password, the destination code and the sender', async () => {
    expect((await portal.post('/login', { ...of('login.request'), password: 'x' }, headers)).body).not.toHaveProperty(
      'session',
    );
    expect((await portal.post('/login', of('login.request'))).body).not.toHaveProperty('session');
    expect(await integrate({ ...add, madonvi: '' })).toMatchObject({ error_code: '3' });
  });

  it('writes its codes as text, as numbers, or as it likes', async () => {
    const codes = async () =>
      [await integrate(add), await integrate(add)].map((answer) => typeof (answer as Members)['error_code']);
    expect(await codes()).toEqual(['string', 'string']);
    await portal.ask('PUT', '/wording', { codesAs: 'number' });
    expect(await codes()).toEqual(['number', 'number']);
    await portal.ask('PUT', '/wording', { codesAs: 'mixed' });
    expect(new Set(await codes()).size).toBe(2);
  });
});
