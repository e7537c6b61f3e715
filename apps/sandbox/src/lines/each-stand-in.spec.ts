import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;

const rows = async (standIn: Running): Promise<Members[]> =>
  ((await standIn.ask('POST', '/lines/status-list', {})) as { rows: Members[] }).rows;
const falsify = async (standIn: Running, body: object): Promise<Members[]> =>
  ((await standIn.ask('POST', '/falsify', body)) as { planted: Members[] }).planted;

let folder: string;
let standIn: Running;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => standIn.stop());

describe('judicial records, second interface', () => {
  const request = sample('lltp-gen2-vneid/b-gui-ho-so.request.json');
  const code = String(request['maHoSoMCDT']);
  const poll = { ...sample('lltp-gen2-vneid/c-ket-qua.request.json'), maHoSoMCDT: code };
  const shown = async (): Promise<Members> =>
    (((await standIn.post('/api/lltp/ket-qua', poll)).body as Members)['value'] as Members[])[0]!;

  beforeEach(async () => {
    standIn = await run('lltp', folder);
    await standIn.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
    await standIn.post('/api/lltp/gui-ho-so', request);
    await standIn.ask('POST', `/cases/${code}/result`, {});
  });

  it('shows the record with its own file’s hash, and a revoked one as such until its books say that it stands', async () => {
    const [stands] = await rows(standIn);
    expect(stands).toMatchObject({ maHoSo: code, trangThai: '9', ketQua: 'yes' });
    expect(stands!['hashTep']).toMatch(/^[0-9a-f]{64}$/);
    await standIn.ask('POST', `/cases/${code}/revocation`, {});
    expect((await rows(standIn))[0]).toMatchObject({ ketQua: 'revoked' });
    expect(await falsify(standIn, { type: 'revoked-still-there' })).toEqual([
      { type: 'revoked-still-there', keys: [code], fields: ['resultStands'] },
    ]);
    expect((await rows(standIn))[0]).toEqual(stands);
    expect((await shown())['ketQuaXuLy']).toMatchObject({ quyetDinhThuHoi: null });
    await standIn.ask('POST', '/falsify/undo', {});
    expect((await shown())['ketQuaXuLy']).toMatchObject({ quyetDinhThuHoi: { LyDoThuHoi: 'Sai họ tên' } });
  });

  it('tells the same lie in its own protocol, also after a restart', async () => {
    await falsify(standIn, { type: 'status-differs', key: code, seed: 3 });
    const [row] = await rows(standIn);
    expect(row!['trangThai']).not.toBe('9');
    await standIn.stop();
    standIn = await run('lltp', folder);
    expect(String((await shown())['trangThaiXuLy'])).toBe(row!['trangThai']);
  });
});

describe('judicial records, first interface', () => {
  const request = sample('lltp-gen1/nhanHoSoDangKy.request.json');

  it('shows its three statuses in the words of a line, and a dropped case in none of its answers', async () => {
    standIn = await run('lltp-gen1', folder);
    await standIn.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
    const basic = `Basic ${Buffer.from('tinh-mau:<secret>').toString('base64')}`;
    const form = { 'content-type': 'application/x-www-form-urlencoded', authorization: basic };
    const token = (await standIn.post('/token', 'grant_type=client_credentials', form)).body as Members;
    const headers = { authorization: `Bearer ${String(token['access_token'])}` };
    await standIn.post('/lltp/nhanHoSoDangKy', request, headers);
    const code = String(request['idReceivedDec']);
    const listed = async (): Promise<unknown[]> =>
      ((await standIn.post('/lltp/traDsTrangThaiHs', { infoType: 2 }, headers)).body as Members)[
        'LISTCONTENT'
      ] as unknown[];
    expect(await rows(standIn)).toEqual([expect.objectContaining({ maHoSo: code, trangThai: '2' })]);
    await standIn.ask('POST', `/cases/${code}/status`, { status: 5 });
    expect(await rows(standIn)).toEqual([expect.objectContaining({ trangThai: '9' })]);
    expect(await listed()).toHaveLength(1);
    await falsify(standIn, { type: 'missing-there' });
    expect([await rows(standIn), await listed()]).toEqual([[], []]);
  });
});

describe('a ministry’s central system', () => {
  it('shows cases under its own codes, and lost progress rows', async () => {
    standIn = await run('bo-noi-vu', folder);
    const login = { client_id: 'tinh-mau', client_secret: '<secret>' };
    const { data } = (await standIn.post('/token', login)).body as { data: Members };
    const headers = { authorization: `Bearer ${String(data['access_token'])}` };
    const { value } = (await standIn.post('/GetNextValue', { code: 'G09.20' }, headers)).body as { value: string };
    const item = { ...sample('ministry-central/4-NoiHoSo.request.json'), MaHoSo: value, ThanhPhanHoSo: [] };
    expect((await standIn.post('/NoiHoSo', item, headers)).body).toMatchObject({ code: 200 });
    const [row] = sample('ministry-central/5-CapNhatTienTrinh.request.json') as unknown as Members[];
    await standIn.post('/CapNhatTienTrinh', [{ ...row, MaHoSo: value, IDHoSo: '' }], headers);
    expect(await rows(standIn)).toEqual([
      expect.objectContaining({
        maHoSo: value,
        trangThai: '2',
        soTienTrinh: '1',
        maTTHC: item['MaTTHC' as keyof typeof item],
      }),
    ]);
    await falsify(standIn, { type: 'progress-missing' });
    expect(await rows(standIn)).toEqual([expect.objectContaining({ soTienTrinh: '0' })]);
  });
});
