import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { bucketOf, lineDiscrepancies, lineHash, textHash, type ComparedField, type Line } from '#wire';

import type { Told } from './digests.js';
import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;
type Planted = { type: string; keys: string[]; there?: string; fields?: string[] };

const of = (name: string): Members => sample(`national-portal-case-sync/${name}.json`);
const headers = { dstcode: 'PORTAL-MAU', charset: 'utf-8' };
const add = of('DongBoHoSoMC.add.request');
const item = (add['data'] as Members[])[0]!;
const progressRow = (of('CapNhatTienDoHoSoMC.request')['data'] as Members[])[0]!;
const compares: ComparedField[] = ['status', 'procedure', 'dueOn', 'progressRows', 'applicantName'];
const days = 'from=2026-01-01&to=2026-12-31';
const sha = 'a'.repeat(64);

let folder: string;
let portal: Running;
let session: unknown;

beforeEach(async () => {
  folder = newFolder();
  portal = await run('cong-dvc', folder);
  session = ((await portal.post('/login', of('login.request'), headers)).body as Members)['session'];
});
afterEach(() => portal.stop());

const code = (unit: string, n: number): string => `${unit}-260105-${String(n).padStart(4, '0')}`;
const aCase = (MaHoSo: string, n: number): Members => ({
  ...item,
  MaHoSo,
  ChuHoSo: `nguyễn  văn ${n}`,
  NgayTiepNhan: `2026010${1 + (n % 5)}080000`,
  NgayHenTra: '20260120170000',
  DanhSachGiayToKetQua: [
    { TenGiayTo: 'Kết quả', GiayToId: `KQ${n}`, MaGiayToKetQua: `${n}/KQ`, DuongDanTepTinKetQua: `http://tinh/${sha}` },
  ],
});

const send = (service: string, isUpdating: string | undefined, data: Members[]): Promise<unknown> =>
  portal.post('/integration', { ...add, service, session, isUpdating, data }, headers);

/** 20 cases of one unit and 5 of another with the same days and numbers, each with one progress row. */
async function enter(): Promise<string[]> {
  const codes = [
    ...Array.from({ length: 20 }, (_, n) => code('H53.15', n)),
    ...Array.from({ length: 5 }, (_, n) => code('H53.14', n)),
  ];
  await send(
    'DongBoHoSoMC',
    'False',
    codes.map((one) => aCase(one, Number(one.slice(-4)))),
  );
  for (let at = 0; at < codes.length; at += 10)
    await send(
      'CapNhatTienDoHoSoMC',
      undefined,
      codes.slice(at, at + 10).map((MaHoSo) => ({ ...progressRow, MaHoSo })),
    );
  return codes;
}

const ask = async <T>(path: string): Promise<T> => (await portal.ask('GET', path)) as T;
const linesIn = async (path: string): Promise<Line[]> => (await portal.lines(path)) as unknown as Line[];
const rows = async (): Promise<Members[]> =>
  ((await portal.ask('POST', '/lines/status-list', {})) as { rows: Members[] }).rows;
const falsify = async (body: object): Promise<Planted[]> =>
  ((await portal.ask('POST', '/falsify', body)) as { planted: Planted[] }).planted;
const asPartner = (path: string): Promise<Response> =>
  fetch(portal.partner + path, { headers: { authorization: 'Bearer <secret>' } });

describe('what stands at the partner now', () => {
  it('is shown as digests, lines, pages, a list, one by one and as a file, all the same', async () => {
    const codes = (await enter()).sort();
    const listed = await rows();
    expect(listed.map(({ maHoSo }) => maHoSo).sort()).toEqual(codes);
    expect(listed[0]).toMatchObject({ chuHoSo: 'NGUYỄN VĂN 0', ngayHenTra: '2026-01-20', hashTep: sha, ketQua: 'yes' });

    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { rows: Members[]; next: string | null } = await ask(`/lines/list?${days}&limit=7&cursor=${cursor}`);
      paged.push(...page.rows);
      cursor = page.next;
    }
    expect(paged).toEqual(listed);
    const third = await ask<{ rows: Members[] }>(`/lines/list?${days}&limit=7&page=2`);
    expect(third.rows).toEqual(listed.slice(14, 21));
    expect(await ask(`/lines/list?${days}&limit=25`)).toEqual({ rows: listed, total: 25, next: null });
    expect(await ask(`/lines/look-up?key=${codes[3]}`)).toEqual({
      rows: listed.filter(({ maHoSo }) => maHoSo === codes[3]),
    });

    const csv = await (await fetch(`${portal.control}/lines/daily.csv?separator=;&bom=1`)).bytes();
    const text = Buffer.from(csv).toString('utf8');
    expect(text.startsWith('\uFEFFMã hồ sơ;Ngày tiếp nhận;')).toBe(true);
    expect(text.split('\r\n')).toHaveLength(27);
    expect(text).toContain(`${String(listed[0]!['maHoSo'])};01/01/2026;`);
    const workbook = Buffer.from(await (await fetch(`${portal.control}/lines/daily.xlsx`)).arrayBuffer());
    expect(workbook.subarray(0, 2).toString()).toBe('PK');
  });

  it('is digested as the protocol says, by day and by bucket', async () => {
    const codes = await enter();
    const agreed = `${days}&compares=${compares.join()}`;
    const lines = await linesIn(`/lines/lines?${agreed}`);
    expect(lines.map(({ key }) => key)).toEqual(codes.sort());
    const over = (some: Line[]): string => textHash(some.map(({ key, hash }) => `${key}\n${hash}\n`).join(''));
    const { digests } = await ask<{ digests: Told[] }>(`/lines/digests?${agreed}&by=day`);
    expect(digests.map(({ day }) => day)).toEqual([1, 2, 3, 4, 5].map((day) => `2026-01-0${day}`));
    for (const { day, lines: count, digest } of digests) {
      const some = lines.filter(({ receivedOn }) => receivedOn === day);
      expect({ count, digest }).toEqual({ count: some.length, digest: over(some) });
    }
    expect(await ask(`/lines/digests?${agreed}`)).toEqual({ digests: [{ lines: 25, digest: over(lines) }] });
    const buckets = await ask<{ digests: Told[] }>(`/lines/digests?${agreed}&by=bucket`);
    expect(buckets.digests.reduce((all, { lines: some }) => all + some, 0)).toBe(25);
    const [first] = buckets.digests;
    const opened = await linesIn(`/lines/lines?${agreed}&bucket=${first!.bucket}`);
    expect(opened).toEqual(lines.filter(({ key }) => bucketOf(key) === first!.bucket));
    expect({ lines: opened.length, digest: over(opened) }).toEqual({ lines: first!.lines, digest: first!.digest });
    const [bare] = await linesIn(`/lines/lines?${agreed}&fields=no`);
    expect(Object.keys(bare!)).toEqual(['key', 'receivedOn', 'hash']);
    const row = (await rows()).find(({ maHoSo }) => maHoSo === opened[0]!.key)!;
    const said = { status: '2', procedure: String(row['maTTHC']), dueOn: '2026-01-20', progressRows: '1' };
    const named = { ...said, status: String(row['trangThai']), applicantName: String(row['chuHoSo']) };
    expect(opened[0]!.hash).toBe(lineHash(opened[0]!.key, named, compares));
  });

  it('asks for its key at the partner port, where faults play', async () => {
    await enter();
    expect((await fetch(`${portal.partner}/lines/digests?${days}`)).status).toBe(401);
    const packed = await asPartner(`/lines/digests?${days}`);
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const honest = (await packed.json()) as { digests: Told[] };
    await portal.ask('PUT', '/faults', [{ digestLies: 1 }]);
    expect(await (await asPartner(`/lines/digests?${days}`)).json()).not.toEqual(honest);
    expect(await (await asPartner(`/lines/digests?${days}`)).json()).toEqual(honest);

    await portal.ask('PUT', '/faults', [{ dayOff: 1 }]);
    const honestDay = (await linesIn(`/lines/lines?${days}`))[0]!.receivedOn;
    const [shifted = ''] = (await (await asPartner(`/lines/lines?${days}`)).text()).split('\n');
    expect(Date.parse((JSON.parse(shifted) as Line).receivedOn) - Date.parse(honestDay)).toBe(86_400_000);

    for (const [moves, count] of [
      ['skips', 23],
      ['repeats', 27],
    ] as const) {
      await portal.ask('PUT', '/faults', [{ listMoves: moves }]);
      let seen = 0;
      for (let cursor: string | null = ''; cursor !== null;) {
        const answer = await asPartner(`/lines/list?${days}&limit=10&cursor=${cursor}`);
        const page = (await answer.json()) as { rows: unknown[]; next: string | null };
        seen += page.rows.length;
        cursor = page.next;
      }
      expect(seen).toBe(count);
    }
  });
});

describe('books that are made false', () => {
  it.each(lineDiscrepancies.filter((type) => type !== 'revoked-still-there'))(
    'shows %s, and undoes it',
    async (type) => {
      await enter();
      const before = await rows();
      const planted = await falsify({ type, count: 2, seed: 7 });
      expect(planted).toHaveLength(2);
      const after = await rows();
      const row = (key: string | undefined, list = after): Members[] => list.filter(({ maHoSo }) => maHoSo === key);
      for (const { keys, there, fields = [] } of planted) {
        const [key] = keys;
        if (type === 'doubled-there') expect(row(key)).toHaveLength(2);
        else if (fields.length > 0) expect(row(key)).not.toEqual(row(key, before));
        else for (const gone of keys) expect(row(gone)).toHaveLength(0);
        if (there !== undefined) expect(row(there)).toHaveLength(1);
      }
      const concerned = planted.flatMap(({ keys, there }) => [...keys, there]);
      const untouched = (list: Members[]): Members[] =>
        list.filter(({ maHoSo }) => !concerned.includes(String(maHoSo)));
      expect(untouched(after)).toEqual(untouched(before));

      await portal.stop();
      portal = await run('cong-dvc', folder);
      expect(await rows()).toEqual(after);
      await portal.ask('POST', '/falsify/undo', {});
      expect(await rows()).toEqual(before);
    },
  );

  it('plants the same lines for the same seed, never one line twice, and says which it could not', async () => {
    await enter();
    const first = await falsify({ type: 'status-differs', count: 3, seed: 1 });
    await portal.ask('POST', '/falsify/undo', {});
    expect(await falsify({ type: 'status-differs', count: 3, seed: 1 })).toEqual(first);
    const rest = await falsify({ type: 'missing-there', count: 100, seed: 1 });
    expect(rest).toHaveLength(22);
    expect(await falsify({ type: 'revoked-still-there', count: 1 })).toEqual([]);
    expect(await portal.ask('POST', '/falsify', { type: 'no-such' })).toMatchObject({
      detail: expect.stringContaining('missing-there'),
    });
  });

  it('is mended by what arrives anew: a dropped case, a wrong field', async () => {
    const codes = await enter();
    const [one = '', other = ''] = codes;
    const before = await rows();
    await falsify({ type: 'missing-there', key: one });
    await falsify({ type: 'field-differs', key: other, fields: ['applicantName'] });
    await send('DongBoHoSoMC', 'False', [aCase(one, 0)]);
    await send('CapNhatTienDoHoSoMC', undefined, [{ ...progressRow, MaHoSo: one }]);
    await send('DongBoHoSoMC', 'True', [{ ...aCase(other, 1), TrangThaiHoSo: String(progressRow['TrangThai']) }]);
    expect(await rows()).toEqual(before);
    expect(await portal.ask('POST', '/falsify/undo', {})).toEqual({ restored: 0 });
  });

  it('shows a progress row once, however often it was sent: a lost one is there again, nothing else is more', async () => {
    const [one = ''] = await enter();
    const rowThen = (ThoiDiemXuLy: string, TrangThai: string) => ({
      ...progressRow,
      MaHoSo: one,
      ThoiDiemXuLy,
      TrangThai,
    });
    const sent = [rowThen('20260106080000', '4'), rowThen('20260107090000', '9')];
    await send('CapNhatTienDoHoSoMC', undefined, sent);
    const shown = async (): Promise<Members> => (await rows()).find(({ maHoSo }) => maHoSo === one)!;
    const before = await shown();
    expect(before).toMatchObject({ soTienTrinh: '3', tienTrinh: expect.stringMatching(/,2026-01-07T09:00:00\/9$/) });
    await falsify({ type: 'progress-missing', key: one });
    expect(await shown()).toMatchObject({ soTienTrinh: '2' });
    await send('CapNhatTienDoHoSoMC', undefined, [{ ...progressRow, MaHoSo: one }, ...sent]);
    expect(await shown()).toEqual(before);
    expect(await portal.ask('GET', `/holds?code=${one}`)).toMatchObject({ progress: 5 });
  });
});
