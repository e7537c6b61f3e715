import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { portalCase } from '../../../../libs/connectors/src/case.fixture.js';
import type { UnmappedValues } from '#ledger';
import type { Json } from '#wire';
import { agencyText, ContractWorld } from '../testing/contract-world.js';

let world: ContractWorld;
beforeAll(async () => {
  world = await ContractWorld.begin();
});
afterAll(() => world.end());

/** An agency described by its file alone, whose table of channels is as told. */
const text = (channel: string): string =>
  agencyText({
    protocol: 'http',
    endpoint: `{ baseUrl: 'http://127.0.0.1:1', login: { kind: bearer, secret: KEY } }`,
    codeTables: `{ channel: ${channel} }`,
    operations: `{ create: { events: [case.received], path: /c, item: { no: { from: code }, via: { from: application.channel, table: channel } } } }`,
  });
const all = '[{ validFrom: 2018-01-01, codes: { counter: A, online: B, post: C } }]';
const withoutCounter = '[{ validFrom: 2018-01-01, codes: { online: B, post: C } }]';

const opened = (code: string, channel: string) => ({
  sender: 'm',
  key: code,
  type: 'vn.lienthong.case.received.v1' as const,
  caseCode: code,
  data: { ...portalCase, code, channel } as unknown as Json,
  opens: { procedure: '2.000488', openedOn: '2024-01-01', dueAt: null },
  status: 2 as const,
});
beforeEach(async () => {
  await world.clear();
  await world.enters(opened('C-1', 'counter'), opened('C-2', 'counter'), opened('C-3', 'online'));
  // One that the agency hasn't got yet, from long ago.
  await world.db.pool.query(`
    insert into lanes (agency_id, stream_id, last, deadline, wait) select 'a', stream_id, 1, now(), 'person' from aliases where code = 'C-2';
    insert into deliveries (agency_id, stream_id, sequence, event_id, state)
      select 'a', e.stream_id, 1, e.id, 'parked' from events e join aliases l using (stream_id) where l.code = 'C-2'`);
});

const unmapped = async (more = ''): Promise<{ code: number; found: UnmappedValues }> => {
  const { code, out, err } = await world.typed(`agency unmapped a${more} --json`);
  if (out === '') throw new Error(err);
  return { code, found: JSON.parse(out) as UnmappedValues };
};

describe('agency unmapped', () => {
  it('lists each code that the table in force lacks, with the cases it hits and how many of them wait', async () => {
    await world.apply(text(withoutCounter));
    const { code, found } = await unmapped();
    expect(code).toBe(1);
    expect(found).toMatchObject({ version: '2018-01-01', looked: 3, more: false });
    expect(found.values).toEqual([
      expect.objectContaining({
        table: 'channel',
        code: 'counter',
        stoodIn: false,
        events: 2,
        cases: 2,
        parked: 1,
        open: 0,
      }),
    ]);
    expect(found.values[0]!.examples.sort()).toEqual(['C-1', 'C-2']);
    expect((await unmapped(' --cases 1')).found.values[0]!.examples).toHaveLength(1);
    const { out } = await world.typed('agency unmapped a');
    expect(out).toMatch(/channel +counter +2 +2 +1 +0/);
  });

  it('looks at a file before it is applied, and at what waits whatever its age', async () => {
    await world.apply(text(all));
    expect(await unmapped()).toMatchObject({ code: 0, found: { values: [] } });
    const path = world.file(text(withoutCounter), 'next.yaml');
    expect((await unmapped(` ${path}`)).found.values).toMatchObject([{ code: 'counter', cases: 2 }]);
    await world.db.pool.query(
      `alter table events disable trigger all; update events set recorded_at = now() - interval '200 days'; alter table events enable trigger all`,
    );
    expect((await unmapped(` ${path}`)).found.values).toMatchObject([{ code: 'counter', cases: 1, parked: 1 }]);
  });

  it('tells a code that something stands in for from one that stops its case', async () => {
    await world.apply(text('[{ validFrom: 2018-01-01, codes: { online: B }, unmapped: K }]'));
    expect(await unmapped()).toMatchObject({
      code: 0,
      found: { values: [{ code: 'counter', stoodIn: true, cases: 2 }] },
    });
  });

  it('never shows what doesn’t look like a code', async () => {
    await world.enters(opened('C-4', 'Nguyễn Thị Mẫu'));
    await world.apply(text(all));
    const { found } = await unmapped();
    expect(found.values).toMatchObject([{ code: null, examples: ['C-4'] }]);
    expect(JSON.stringify(found)).not.toContain('Nguyễn');
  });
});

describe('agency apply', () => {
  const refused = (channel: string) => world.apply(text(channel));

  it('refuses a code table that loses a code still in use, at its line, with the number of cases; nothing changes', async () => {
    await world.apply(text(all));
    const before = await world.inForce();
    const { code, err } = await refused(withoutCounter);
    expect(code).toBe(1);
    expect(err).toMatch(
      /a\.yaml:16:19: \/versions\/0\/codeTables\/channel bảng mã mất một mã còn được dùng.*\[in-use:counter\] \(counter: 2 hồ sơ/s,
    );
    expect(await world.inForce()).toBe(before);
  });

  it('takes one that loses what nobody uses, ends a code from a later day on, or says what stands in', async () => {
    await world.apply(text(all));
    expect((await refused('[{ validFrom: 2018-01-01, codes: { counter: A, online: B } }]')).out).toContain('serial 2');
    const later =
      '[{ validFrom: 2018-01-01, codes: { counter: A, online: B } }, { validFrom: 2199-01-01, codes: { online: B } }]';
    expect((await refused(later)).out).toContain('serial 3');
    expect((await refused('[{ validFrom: 2018-01-01, codes: { online: B }, unmapped: K }]')).out).toContain('serial 4');
  });

  it('refuses nothing that had no meaning before, either', async () => {
    const twice = (counter: string): string =>
      `[{ validFrom: 2000-01-01, codes: { ${counter}online: B } }, { validFrom: 2018-01-01, codes: { online: B } }]`;
    await world.apply(text(twice('counter: A, ')));
    expect((await refused(twice(''))).out).toContain('serial 2');
  });
});

describe('agency retire', () => {
  it('leaves versions and history, takes what it receives, reports and is asked, and names what is still on its way', async () => {
    await world.apply(text(all));
    expect(await world.typed('agency retire a')).toMatchObject({ code: 1, err: expect.stringContaining('--reason') });
    const { code, out } = await world.typed('agency retire a --reason sáp-nhập');
    expect(code).toBe(0);
    expect(out).toContain('✓ a: ngừng kết nối, lần áp dụng · retired, serial 2');
    expect(out).toMatch(/còn 1 hồ sơ đang chuyển, trong đó 1 chờ người xử lý.*C-2/);
    const { out: history } = await world.typed('agency history a --json');
    expect((JSON.parse(history) as { history: object[] }).history).toMatchObject([
      { serial: 2, note: 'sáp-nhập', author: 'lan', versions: [{ receives: [], sends: [], protocol: 'http' }] },
      { serial: 1 },
    ]);
    expect((await world.typed('agency rollback a --reason nhầm')).out).toContain('serial 3');
  });
});

describe('key create --operator', () => {
  it('prints the key alone, says that no file holds it, and keeps its hash; key revoke takes it back', async () => {
    const { code, out, err } = await world.typed('key create --operator lan');
    expect(code).toBe(0);
    expect(out).toMatch(/^lto_[\w-]{43}\n$/);
    expect(err).toContain('không ghi tệp nào');
    const { rows } = await world.db.pool.query(`select operator, revoked_at, key_hash from operator_keys`);
    expect(rows).toMatchObject([{ operator: 'lan', revoked_at: null }]);
    expect(JSON.stringify(rows)).not.toContain(out.trim());
    expect((await world.typed('key revoke --operator lan')).out).toContain('thu hồi 1 khóa');
    expect(await world.typed('key revoke --operator lan')).toMatchObject({ code: 1 });
    expect(await world.typed('key create a --operator lan')).toMatchObject({ code: 2 });
  });
});
