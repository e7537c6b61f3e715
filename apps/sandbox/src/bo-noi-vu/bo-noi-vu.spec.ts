import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;
const of = (name: string): Members => sample(`ministry-central/${name}.json`);
const bytes = Buffer.from('%PDF-1.4 a paper\r\n');
const hash = createHash('sha256').update(bytes).digest('hex');

let folder: string;
let ministry: Running;
let token: string;

beforeEach(async () => {
  folder = newFolder();
  ministry = await run('bo-noi-vu', folder);
  token = await logIn();
});
afterEach(() => ministry.stop());

async function logIn(): Promise<string> {
  const { body } = await ministry.post('/token', { client_id: 'tinh-mau', client_secret: '<secret>' });
  const { data } = body as { data: Members };
  expect({ ...(body as Members), data: { ...data, access_token: '<token>', expires_in: 3_600 } }).toEqual(
    of('1-token.answer'),
  );
  return String(data['access_token']);
}
const post = (path: string, body: unknown) => ministry.post(path, body, { authorization: `Bearer ${token}` });
const nextValue = async (): Promise<string> =>
  String(((await post('/GetNextValue', { code: 'G09.20' })).body as Members)['value']);

async function upload(file = bytes): Promise<{ status: number; body: Members }> {
  const form = new FormData();
  form.append('files', new Blob([file], { type: 'application/pdf' }), 'Văn bản đề nghị.pdf');
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${ministry.partner}/upload`, { method: 'POST', headers, body: form });
  return { status: response.status, body: (await response.json()) as Members };
}

/** The sample's case, by a code and with a file that this ministry has given. */
async function aCase(change: Members = {}): Promise<Members> {
  const MaHoSo = await nextValue();
  const { IdTepTin, HashTepTin } = ((await upload()).body['data'] as Members[])[0]!;
  const item = of('4-NoiHoSo.request') as Members & { ThanhPhanHoSo: { GiayToDinhKem: Members[] }[] };
  Object.assign(item.ThanhPhanHoSo[0]!.GiayToDinhKem[0]!, { IdGiayTo: IdTepTin, HashTepTin });
  return { ...item, MaHoSo, ...change };
}
const effects = async () => (await ministry.lines('/books')).map(({ operation, effect }) => [operation, effect]);
const holds = async ({ MaHoSo }: Members) => (await ministry.ask('GET', `/holds?code=${String(MaHoSo)}`)) as Members;
const rowOf = (name: string, { MaHoSo }: Members, id: string, change: Members = {}): Members[] => [
  { ...(of(name) as unknown as Members[])[0], MaHoSo, [id]: `HS-${String(MaHoSo)}`, ...change },
];

describe('the six steps', () => {
  it('answer as the samples: token, code, file, case, progress, status', async () => {
    const item = await aCase();
    expect(item['MaHoSo']).toMatch(/^G09\.20-\d{8}-\d{7}$/);
    const created = await post('/NoiHoSo', item);
    expect(created.body).toEqual({
      ...of('4-NoiHoSo.success'),
      data: { idHoSo: expect.any(String), maHoSo: item['MaHoSo'] },
    });
    expect((await post('/CapNhatTienTrinh', rowOf('5-CapNhatTienTrinh.request', item, 'IDHoSo'))).status).toBe(200);
    expect((await post('/CapNhatTrangThai', rowOf('6-CapNhatTrangThai.request', item, 'IdHoSo'))).status).toBe(200);
    expect(await holds(item)).toMatchObject({ status: 9, progress: 1, files: ['TT-1'] });
    expect((await effects()).map(([operation]) => operation)).toEqual([
      ...['GetNextValue', 'upload', 'NoiHoSo', 'CapNhatTienTrinh', 'CapNhatTrangThai'],
    ]);
  });

  it('stand in its book: after a restart it holds the same, and issues no code twice', async () => {
    const item = await aCase();
    await post('/NoiHoSo', item);
    await ministry.stop();
    ministry = await run('bo-noi-vu', folder);
    token = await logIn();
    expect(await holds(item)).toMatchObject({ status: 2, files: ['TT-1'] });
    expect(await nextValue()).not.toBe(item['MaHoSo']);
    expect((await post('/NoiHoSo', item)).body).toEqual(of('4-NoiHoSo.duplicate.inferred'));
  });

  it('answer an upload with the content’s hash, through the proxy nested; too large a file is refused', async () => {
    expect((await upload()).body).toEqual({ data: [{ IdTepTin: 'TT-1', HashTepTin: hash }] });
    await ministry.ask('PUT', '/wording', { throughProxy: true, mostFileBytes: 20 });
    expect((await upload()).body).toEqual({ data: [{ response: { data: [{ IdTepTin: 'TT-2', HashTepTin: hash }] } }] });
    expect((await upload(Buffer.alloc(21))).status).toBe(413);
    await ministry.ask('PUT', '/wording', { throughProxy: false, files: 'damaged' });
    expect(((await upload()).body['data'] as Members[])[0]!['HashTepTin']).not.toBe(hash);
  });
});

describe('what is refused', () => {
  it('a case that it holds already, which its book tells from another', async () => {
    const item = await aCase();
    await post('/NoiHoSo', item);
    const again = await post('/NoiHoSo', item);
    expect([again.status, again.body]).toEqual([200, of('4-NoiHoSo.duplicate.inferred')]);
    await post('/NoiHoSo', { ...item, ChuHoSo: 'Người khác' });
    expect((await effects()).slice(2)).toEqual([
      ['NoiHoSo', 'applied'],
      ['NoiHoSo', 'repeat'],
      ['NoiHoSo', 'refused'],
    ]);
  });

  it.each([
    ['MaTTHC', undefined, 'Thiếu trường MaTTHC'],
    ['MaHoSo', 'G09.20-20260609-9999999', 'Mã hồ sơ chưa được cấp'],
    ['LoaiDoiTuong', 3, 'Trường LoaiDoiTuong không đúng định dạng'],
    ['LoaiDoiTuong', '1', 'Trường LoaiDoiTuong không đúng định dạng'],
    ['NgayNop', '20260609080000', 'Trường NgayNop không đúng định dạng'],
    ['NgayTiepNhan', '2026-02-30 08:00:00', 'Trường NgayTiepNhan không đúng định dạng'],
  ])('%s = %p', async (field, value, message) => {
    const { status, body } = await post('/NoiHoSo', await aCase({ [field]: value }));
    expect([status, body]).toEqual([400, { code: 400, message, data: null }]);
    expect((await effects()).at(-1)).toEqual(['NoiHoSo', 'refused']);
  });

  it('a file with another hash than its upload’s, an unknown one, and a code that left the catalogue', async () => {
    const item = (await aCase()) as Members & { ThanhPhanHoSo: { GiayToDinhKem: Members[] }[] };
    const paper = item.ThanhPhanHoSo[0]!.GiayToDinhKem[0]!;
    const refused = async () => ((await post('/NoiHoSo', item)).body as Members)['message'];
    Object.assign(paper, { HashTepTin: '0'.repeat(64) });
    expect(await refused()).toBe('HashTepTin của tệp TT-1 không khớp');
    Object.assign(paper, { IdGiayTo: 'TT-9' });
    expect(await refused()).toBe('Không tìm thấy tệp TT-9');
    await ministry.ask('PUT', '/wording', { retired: ['TP-MAU-1'] });
    expect(await refused()).toBe('Mã TP-MAU-1 không có trong danh mục');
  });

  it('rows of no case, other times, and lists where the status has none', async () => {
    const item = await aCase();
    const progress = (change: Members) => rowOf('5-CapNhatTienTrinh.request', item, 'IDHoSo', change);
    expect((await post('/CapNhatTienTrinh', progress({}))).status).toBe(400);
    await post('/NoiHoSo', item);
    expect((await post('/CapNhatTienTrinh', progress({ IDHoSo: 'HS-0' }))).status).toBe(400);
    expect((await post('/CapNhatTienTrinh', progress({ ThoiDiemXuLy: '2026-06-09T02:00:00Z' }))).status).toBe(400);
    expect((await post('/CapNhatTienTrinh', progress({ IDHoSo: '' }))).status).toBe(200);
    const status = rowOf('6-CapNhatTrangThai.request', item, 'IdHoSo', { TrangThai: 4 });
    expect((await post('/CapNhatTrangThai', status)).status).toBe(400);
    expect(await holds(item)).toMatchObject({ status: 2, progress: 1 });
  });
});

describe('tokens and gateways', () => {
  it('a token ends when told: nothing is taken until the next login', async () => {
    const item = await aCase();
    await ministry.ask('DELETE', '/sessions');
    const turnedAway = await post('/NoiHoSo', item);
    expect([turnedAway.status, turnedAway.body]).toEqual([401, of('token-expired.http401')]);
    token = await logIn();
    expect((await post('/NoiHoSo', item)).status).toBe(200);
    expect((await ministry.post('/token', { client_id: 'tinh-mau', client_secret: 'x' })).status).toBe(401);
  });

  it('plays a gateway’s page, and loses the answer of a create that it has booked', async () => {
    const item = await aCase();
    const page = '<html><body><h1>502 Bad Gateway</h1></body></html>';
    await ministry.ask('PUT', '/faults', { reply: [{ status: 502, html: page }], when: { operation: 'NoiHoSo' } });
    expect(await post('/NoiHoSo', item)).toMatchObject({ status: 502, body: page });
    await ministry.ask('PUT', '/faults', { loseAnswer: 1, when: { code: item['MaHoSo'] } });
    await expect(post('/NoiHoSo', item)).rejects.toThrow();
    expect(await holds(item)).toMatchObject({ code: item['MaHoSo'] });
  });
});
