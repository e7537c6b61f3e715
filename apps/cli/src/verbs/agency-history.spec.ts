import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readAgencies } from '#ledger';
import { agencyText, ContractWorld, versionText } from '../testing/contract-world.js';

let world: ContractWorld;
beforeAll(async () => {
  world = await ContractWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

interface Kept {
  serial: number;
  author: string;
  note: string | null;
  rolledBackTo: number | null;
  versions: { validFrom: string }[];
}
const history = async (): Promise<Kept[]> =>
  (JSON.parse((await world.typed('agency history a --json')).out) as { history: Kept[] }).history;
const inFlight = async (): Promise<number[]> =>
  (await readAgencies(world.db)).flatMap(({ versions }) => versions.map(({ limits }) => limits.inFlight));
const limited = (n: number, more = ''): string => agencyText({ limits: `{ inFlight: ${n}, timeout: 1s }` }, more);

describe('the history of an agency’s contract', () => {
  it('keeps every document that was applied, whole, with its author and note; what changes nothing gets no serial', async () => {
    await world.apply(limited(1), ' --note first');
    await world.apply(limited(2, versionText('2020-01-01')));
    await world.apply(limited(2, versionText('2020-01-01')));
    expect(await history()).toMatchObject([
      { serial: 2, author: 'lan', note: null, versions: [{ validFrom: '2018-01-01' }, { validFrom: '2020-01-01' }] },
      { serial: 1, author: 'lan', note: 'first', rolledBackTo: null, versions: [{ limits: { inFlight: 1 } }] },
    ]);
    expect((await world.typed('agency history a')).out).toMatch(/2 .*lan +2018-01-01 2020-01-01/);
    expect((await world.typed('agency history b')).code).toBe(1);
    await expect(world.db.pool.query(`update contract_history set note = 'x'`)).rejects.toThrow('append-only');
    await expect(world.db.pool.query(`delete from contract_history`)).rejects.toThrow('append-only');
  });

  it('is gone back in by a rollback, which is a serial of its own and can itself be rolled back', async () => {
    await world.apply(limited(1));
    await world.apply(limited(2));
    await world.apply(limited(3));
    expect((await world.typed('agency rollback a')).code).toBe(1);
    expect(await world.typed('agency rollback a --reason slow')).toMatchObject({
      code: 0,
      out: expect.stringContaining('serial 4 (nội dung của lần · the document of serial 2)'),
    });
    expect(await inFlight()).toEqual([2]);
    await world.typed('agency rollback a --to 1 --reason slower');
    expect(await inFlight()).toEqual([1]);
    await world.typed('agency rollback a --reason back');
    expect(await inFlight()).toEqual([2]);
    expect((await history()).map(({ serial, note, rolledBackTo }) => [serial, note, rolledBackTo])).toEqual([
      [6, 'back', 4],
      [5, 'slower', 1],
      [4, 'slow', 2],
      [3, null, null],
      [2, null, null],
      [1, null, null],
    ]);
  });

  it('isn’t gone back in where a secret has gone meanwhile, unless told so', async () => {
    world.keepSecret('OLD');
    await world.apply(limited(1).replace('secret: KEY', 'secret: OLD'));
    await world.apply(limited(2));
    rmSync(join(world.folder, 'secrets', 'OLD'));
    expect(await world.typed('agency rollback a --reason x')).toMatchObject({
      code: 1,
      err: expect.stringContaining('/versions/0/endpoint/login/secret không có mật khẩu này'),
    });
    expect(await inFlight()).toEqual([2]);
    expect((await world.typed('agency rollback a --reason x --without-secrets')).code).toBe(0);
    expect(await inFlight()).toEqual([1]);
  });

  it('refuses to go back to what isn’t there, or to what takes away a version in use', async () => {
    await world.apply(limited(1));
    expect((await world.typed('agency rollback a --reason none')).code).toBe(1);
    expect((await world.typed('agency rollback a --to 7 --reason none')).code).toBe(1);
    await world.apply(limited(1, versionText('2020-01-01')));
    await world.db.pool
      .query(`insert into lanes (agency_id, stream_id, last, deadline, wait) values ('a', 1, 1, now(), 'timer');
      insert into deliveries (agency_id, stream_id, sequence, event_id, contract_version) values ('a', 1, 1, gen_random_uuid(), '2020-01-01')`);
    const before = await world.inForce();
    expect(await world.typed('agency rollback a --to 1 --reason x')).toMatchObject({
      code: 1,
      err: expect.stringContaining('a 2020-01-01: 1 lần chuyển chưa xong'),
    });
    expect(await world.inForce()).toBe(before);
  });

  it('is listed with what is in force; pause and resume go by that name, too', async () => {
    await world.apply(limited(1));
    expect((await world.typed('agency ls')).out).toMatch(/a +Cơ quan A +H53 +2018-01-01 +one-stop +1 +1/);
    expect(await world.typed('agency pause a --reason x')).toMatchObject({ code: 0 });
    expect((await world.typed('agency ls')).out).toContain('a (tạm dừng · paused)');
    expect(await world.typed('agency resume a')).toMatchObject({ code: 0 });
    expect(JSON.parse((await world.typed('agency ls --json')).out)).toMatchObject({
      agencies: [{ id: 'a', paused: false, inForce: '2018-01-01', serial: 1, author: 'lan' }],
    });
  });
});
