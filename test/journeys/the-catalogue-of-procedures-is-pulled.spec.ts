import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Database,
  listCatalogues,
  showProcedure,
  type ShownCatalogue,
  type ShownProcedure,
  type ShownPull,
} from '#ledger';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, StandIn } from './hub.js';
import { run, start } from './processes.js';
import { FrozenClock } from './two-owners.js';

let hub: Hub;
let clock: FrozenClock;
let api: StandIn;
let folder: string;
let db: Database;

const lienthong = (...words: string[]) => run('cli/src/main.js', words, hub.env);
const catalogue = async (): Promise<ShownCatalogue> => {
  const [found] = await listCatalogues(db);
  if (!found) throw new Error('no catalogue was pulled yet');
  return found;
};
const held = async (reason: string): Promise<ShownPull> => {
  const { held: waiting } = await eventually(async () => {
    const found = await catalogue();
    expect(found.held).toMatchObject({ reason });
    return found;
  });
  return waiting!;
};
const taken = (inForce: number) =>
  eventually(async () => expect(await catalogue()).toMatchObject({ inForce, held: null, newest: { state: 'taken' } }));
const shown = (code: string): Promise<ShownProcedure[]> => showProcedure(db, code);
const oddly = (standIn: StandIn, wording: Record<string, unknown>) => standIn.ask('PUT', '/wording', wording);

/** The demo's own file, but asked every second and as fast as the stand-ins answer. */
async function apply(
  more: (yaml: string) => string = (yaml) => yaml,
): Promise<{ code: number; out: string; err: string }> {
  const demo = await readFile('deploy/provinces/demo/agencies-more/csdl-tthc.yaml', 'utf8');
  const file = join(folder, 'csdl-tthc.yaml');
  await writeFile(file, more(demo.replaceAll('every: 1d', 'every: 1s').replaceAll('perSecond: 5', 'perSecond: 1000')));
  return lienthong('agency', 'apply', file);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-catalogue-'));
  clock = await FrozenClock.at('2025-12-30T09:00:00+07:00');
  hub = await Hub.start({ agencies: 'test/journeys/agencies-filed-online', env: clock.env, apps: [] });
  db = new Database(hub.env.DATABASE_URL!, 'spec', { info: () => {}, warn: () => {}, error: () => {} }, 2);
  const played = await start('sandbox/src/stand-in.main.js', ['csdl-tthc'], {
    ...hub.env,
    LIENTHONG_PROCEDURES_PORT: '0',
  });
  api = new StandIn('csdl-tthc', played);
  hub.env.LIENTHONG_PROCEDURES_PORT = String(played.port);
  // As the agency that shares the portal with this one says them.
  hub.env.LIENTHONG_PORTAL_MADONVI = 'H49';
  const { code, out, err } = await apply();
  if (code !== 0) throw new Error(`${out}\n${err}`);
}, 300_000);
afterAll(async () => {
  await api?.process.kill('SIGTERM');
  await db?.close();
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('by the portal’s partner interface', () => {
  it('comes whole, with its details, names cleaned and kept as they came', async () => {
    await eventually(async () => expect(await catalogue()).toMatchObject({ inForce: 71, detailed: 71 }));
    expect((await catalogue()).newest.source).toContain('procedures-portal');
    const [marriage] = await shown('1.000894');
    expect(marriage).toMatchObject({
      name: 'Đăng ký kết hôn',
      rawName: 'Đăng ký kết hôn  ',
      seenUntil: null,
      facts: {
        executing: [{ name: 'UBND cấp xã' }],
        levels: ['Cấp Xã'],
        channels: ['counter', 'online'],
        terms: [
          { channel: 'counter', amount: 10, unit: 'Ngày làm việc' },
          { channel: 'online', amount: 10, unit: 'Ngày làm việc' },
        ],
      },
    });
    expect((await lienthong('catalogue', 'show', '1.000894')).out).toContain('counter: 10 Ngày làm việc');
    expect(await lienthong('catalogue', 'show', '9.999999')).toMatchObject({ code: 1 });
  });

  it('a short list is held and switches nothing off; dropped, it isn’t asked about again', async () => {
    await oddly(hub.standIns.portal, { shortList: 40 });
    const { id, lost } = await held('loses-too-many');
    expect(lost).toBe(31);
    expect((await catalogue()).inForce).toBe(71);
    expect((await lienthong('catalogue', 'ls')).out).toContain(
      '40 dòng, thiếu 31; thiếu nhiều thủ tục hơn mức cho phép',
    );
    expect((await lienthong('doctor')).out).toContain('lienthong catalogue diff csdl-tthc');
    expect((await lienthong('catalogue', 'diff', 'csdl-tthc')).out).toContain(
      '- 1.009832 Cấp lại thẻ giám định viên tư pháp',
    );
    expect((await lienthong('catalogue', 'drop', 'csdl-tthc', '--pull', id, '--note', 'danh sách thiếu')).code).toBe(0);
    await eventually(async () => {
      const { newest, held: waiting, inForce } = await catalogue();
      expect({ state: newest.state, waiting, inForce }).toEqual({ state: 'dropped', waiting: null, inForce: 71 });
      expect(newest.times).toBeGreaterThan(2);
    });
  });

  it('accepted by a person, the one that was looked at and no other, it ends what it lacks; the full list brings it back', async () => {
    await oddly(hub.standIns.portal, { shortList: 50 });
    const { id } = await held('loses-too-many');
    const wrong = await lienthong('catalogue', 'accept', 'csdl-tthc', '--pull', String(Number(id) - 1));
    expect(wrong).toMatchObject({ code: 1 });
    expect((await catalogue()).inForce).toBe(71);
    expect((await lienthong('catalogue', 'accept', 'csdl-tthc', '--pull', id)).out).toContain('bỏ 21');
    expect((await catalogue()).inForce).toBe(50);
    expect((await shown('1.009832'))[0]!.seenUntil).not.toBeNull();
    await oddly(hub.standIns.portal, { shortList: 0 });
    await taken(71);
    expect((await shown('1.009832')).map(({ seenUntil }) => seenUntil === null)).toEqual([true, false]);
  });

  it('is read as an adapter wraps it, and as text of another name', async () => {
    await oddly(hub.standIns.portal, { wrapped: true });
    await hub.standIns.portal.ask('PUT', '/procedures/2.000815', { name: '  Chứng thực  bản sao từ bản chính (mới) ' });
    await eventually(async () =>
      expect((await shown('2.000815')).map(({ name }) => name)).toEqual([
        'Chứng thực bản sao từ bản chính (mới)',
        'Chứng thực bản sao từ bản chính',
      ]),
    );
    await oddly(hub.standIns.portal, { wrapped: false });
  });
});

describe('by the public API of 2026, from its date on', () => {
  it('goes on where the other ended: through pages that overlap, one procedure fewer', async () => {
    await api.ask('DELETE', '/procedures/2.000488');
    await oddly(api, { pageRows: 20, overlap: 3 });
    await clock.set('2026-01-01T00:00:01+07:00');
    await eventually(async () => {
      const { inForce, newest } = await catalogue();
      expect(newest.source).toContain('procedures-2026');
      expect(inForce).toBe(70);
    });
    await eventually(async () => expect((await catalogue()).detailed).toBe(70));
    expect((await shown('1.000894'))[0]).toMatchObject({
      facts: { terms: [{ unit: 'WORKING_DAY' }], levels: ['Cấp Xã'] },
    });
  });

  it('a firewall’s page in the middle is asked past; pages that stay take nothing away', async () => {
    await api.faults({ rejectPage: 2, when: { operation: 'list' } });
    await api.ask('PUT', '/procedures/1.999001', { name: 'Thủ tục mới' });
    await taken(71);
    const refusals = Array.from({ length: 200 }, () => ({ status: 403, html: '<title>Request Rejected</title>' }));
    await api.faults({ reply: refusals, when: { operation: 'list' } });
    await api.ask('PUT', '/procedures/1.999002', { name: 'Thủ tục mới nữa' });
    await eventually(async () => {
      const { faults } = (await api.ask('GET', '/faults')) as { faults: { hits: number }[] };
      expect(faults[0]!.hits).toBeGreaterThan(8);
    });
    expect(await catalogue()).toMatchObject({ inForce: 71, held: null });
    await api.noFaults();
    await taken(72);
  });

  it('a cursor that stays before the end is a short list, held by the partner’s own total; gone when the list is whole', async () => {
    await oddly(api, { cursorStaysAfter: 2 });
    const { listed } = await held('short-of-total');
    expect(listed).toBe(40);
    expect((await catalogue()).inForce).toBe(72);
    await oddly(api, { cursorStaysAfter: 0 });
    await eventually(async () => expect(await catalogue()).toMatchObject({ inForce: 72, held: null }));
  });
});

describe('what the hub makes of it', () => {
  it('names procedures of agency files that aren’t listed, or under another name, in doctor and on apply', async () => {
    await api.ask('PUT', '/procedures/1.001193', { name: 'Đăng ký khai sinh trong nước' });
    await eventually(async () => expect((await shown('1.001193'))[0]!.name).toBe('Đăng ký khai sinh trong nước'));
    const other = '1.001193: tệp ghi “Đăng ký khai sinh”, danh mục ghi “Đăng ký khai sinh trong nước”';
    const gone = /danh mục thủ tục mới nhất không có 2\.000488 \(đến · until /;
    const doctor = await lienthong('doctor');
    expect(doctor.out).toContain(other);
    expect(doctor.out).toMatch(gone);
    const applied = await lienthong('agency', 'apply', 'test/journeys/agencies-filed-online/cong-dvc.yaml');
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.out).toContain(other);
    expect(applied.out).toMatch(gone);
  });

  it('gives a case that was filed on the portal its procedure’s name, and the same name when it is filed again', async () => {
    const form = {
      MaHoSo: 'G22.99-251230-0000001',
      MaTTHC: '1.000656',
      NgayNopHoSo: '20251230073000',
      TenThuongNhan: 'Phạm Văn Ví Dụ',
      DienThoai: '0900000456',
    };
    const key = await hub.key('cong-dvc');
    const file = async (): Promise<unknown> =>
      (
        await fetch(`${hub.intake}/partners/cong-dvc/filed`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: JSON.stringify(form),
        })
      ).json();
    expect(await file()).toMatchObject({ error_code: 0 });
    await api.ask('PUT', '/procedures/1.000656', { name: 'Đăng ký khai tử (đổi tên)' });
    await eventually(async () => expect((await shown('1.000656'))[0]!.name).toBe('Đăng ký khai tử (đổi tên)'));
    expect(await file()).toMatchObject({ error_code: 1 });
    const events = await hub.rows<{ name: string }>(
      `select e.body #>> '{procedure,name}' as name from events e join aliases a using (stream_id) where a.code = $1`,
      [form.MaHoSo],
    );
    expect(events).toEqual([{ name: 'Đăng ký khai tử' }]);
  });
});
