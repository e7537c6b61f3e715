import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;
interface Page {
  items: { id: string; code: string; name: string }[];
  lastId: string;
  total: number;
}

const list = '/api/v1/submitting/formality/list-all-public-formality-by-citizen';
const detail = '/api/v1/configuring/formality/get-formality-by-citizen';
let api: Running;

beforeEach(async () => {
  api = await run('csdl-tthc', newFolder());
});
afterEach(() => api.stop());

const page = async (lastId = '', more: Members = {}): Promise<Page> => {
  const { status, body } = await api.post(list, {
    ...sample('procedure-database/v2026-list.request.json'),
    lastId,
    ...more,
  });
  expect(status).toBe(201);
  return (body as { data: Page }).data;
};
/** All pages, as a client goes through them; at most so many. */
async function pages(most = 20): Promise<Page[]> {
  const read: Page[] = [];
  for (let lastId = ''; read.length < most;) {
    const one = await page(lastId);
    read.push(one);
    if (one.lastId === lastId) break;
    lastId = one.lastId;
  }
  return read;
}
const codesOf = (read: Page[]) => read.flatMap(({ items }) => items.map(({ code }) => code));
const members = (value: object): string[] => Object.keys(value).sort();

describe('the public API of 2026', () => {
  it('answers in the samples’ shape: HTTP 201, code OK', async () => {
    const { data: sampled } = sample('procedure-database/v2026-list.success.http201.json') as { data: Page };
    const shown = await page();
    expect(members(shown)).toEqual(members(sampled));
    expect(members(shown.items[0]!)).toEqual(members(sampled.items[0]!));
    const { body } = await api.post(detail, { id: shown.items[0]!.id });
    expect(body).toMatchObject({ code: 'OK', data: { code: '3.000333', isProvince: true, formalityType: 'STANDARD' } });
    expect((await api.post(detail, { id: 'none' })).body).toMatchObject({ code: 'OK', data: null });
    expect((await api.post(list, { limit: 201, lastId: '' })).status).toBe(400);
  });

  it('goes on by its cursor until that stays, everything once', async () => {
    await api.ask('PUT', '/wording', { pageRows: 20 });
    const read = await pages();
    expect(new Set(codesOf(read)).size).toBe(read[0]!.total);
    expect(codesOf(read)).toHaveLength(71);
  });

  it.each<[string, Members, (read: Page[]) => void]>([
    ['overlapping pages', { overlap: 5 }, (read) => expect(codesOf(read).length).toBeGreaterThan(71)],
    ['a cursor that stays too early', { cursorStaysAfter: 2 }, (read) => expect(codesOf(read)).toHaveLength(40)],
    ['a cursor in a circle', { cursorCircles: true }, (read) => expect(read).toHaveLength(20)],
    ['a short list', { shortList: 30 }, (read) => expect([codesOf(read).length, read[0]!.total]).toEqual([30, 30])],
    [
      'a total that moves',
      { totalMoves: true },
      (read) => expect(new Set(read.map(({ total }) => total)).size).toBe(read.length),
    ],
  ])('plays %s', async (_, wording, shows) => {
    await api.ask('PUT', '/wording', { pageRows: 20, ...wording });
    shows(await pages());
  });

  it('plays a firewall’s page, and changes by hand', async () => {
    await api.ask('PUT', '/faults', { rejectPage: 1, when: { operation: 'list' } });
    expect(await api.post(list, { limit: 200, lastId: '' })).toMatchObject({
      status: 200,
      body: expect.stringContaining('Request Rejected'),
    });
    await api.ask('PUT', '/procedures/1.001193', { name: 'Tên khác  ' });
    await api.ask('DELETE', '/procedures/1.000894');
    const { items } = await page();
    expect(items.find(({ code }) => code === '1.001193')!.name).toBe('Tên khác  ');
    expect(items.some(({ code }) => code === '1.000894')).toBe(false);
  });
});

describe('the portal’s own interface', () => {
  it('answers LayDanhSachTTHC and LayThuTuc in a session', async () => {
    const portal = await run('cong-dvc', newFolder());
    try {
      const headers = { dstcode: 'cong-dvcqg' };
      const login = { username: 'tinh-mau', password: '<secret>' };
      const { session } = (await portal.post('/login', login, headers)).body as { session: string };
      const ask = async (body: Members) =>
        (await portal.post('/share', { madonvi: 'H56', session, ...body }, headers)).body as Members;
      const asked = { ...sample('procedure-database/LayThuTuc.request.json'), session };
      const { result } = (await ask({ service: 'LayDanhSachTTHC' })) as { result: Members[] };
      expect(result).toHaveLength(71);
      expect(await ask(asked)).toMatchObject({ error_code: '0', result: [{ MATTHC: '3.000333', TRANGTHAI: 1 }] });
      expect(await ask({ ...asked, maTTHC: '9.999999' })).toEqual(sample('procedure-database/LayThuTuc.unknown.json'));
      await portal.ask('PUT', '/wording', { wrapped: true, shortList: 3 });
      const { message } = (await ask({ service: 'LayDanhSachTTHC' })) as { message: string };
      expect((JSON.parse(message) as { result: Members[] }).result).toHaveLength(3);
    } finally {
      await portal.stop();
    }
  });
});
