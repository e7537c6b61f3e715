import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { today } from '#ledger';
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { typed } from '../testing/terminal.js';

let world: LaneWorld;
let env: Record<string, string>;
const day = today();
const dayBefore = today(new Date(Date.now() - 86_400_000));

beforeAll(async () => {
  world = await LaneWorld.begin();
  await world.clear();
  env = { DATABASE_URL: world.url, LIENTHONG_AUTHOR: 'lan' };
  await world.db.pool.query(`truncate day_counts, ledger_days; insert into ledger_days (day) values ('${dayBefore}')`);
});
afterAll(() => world.end());

describe('lienthong day', () => {
  it('closes what is over, shows it with its identity, and gives the same when it is closed again', async () => {
    await world.caseOf(['full']);
    await world.settle((await world.claim())!, 'acknowledged');
    await world.caseOf(['full']);
    const { code, out } = await typed('day close', env);
    expect(code).toBe(0);
    expect(out).toContain(`Ngày ${dayBefore}`);
    expect(out).toContain('Đẳng thức · identity: 0 + 2 + 0 = 1 + 0 + 0 + 1');
    expect((await typed('day close', env)).out).toContain('no day is to be closed');
    expect((await typed(`day close --day ${dayBefore}`, env)).out).toBe(out);
    expect((await typed(`day show ${dayBefore} --recount`, env)).out).toContain('the same, to the unit');
    expect((await typed('day ls', env)).out).toMatch(new RegExp(`${day} +đang mở · open`));
  });

  it('says which agency isn’t as it was written, once somebody has changed the ledger by hand', async () => {
    await world.db.pool.query(`update deliveries set ended_day = null where ended_day is not null`);
    const { code, out } = await typed(`day show ${dayBefore} --recount`, env);
    expect(code).toBe(1);
    expect(out).toContain('it is NOT the same: a');
  });

  it('refuses days that aren’t any, haven’t begun or were before the first', async () => {
    expect((await typed('day show 2026-02-30', env)).code).toBe(2);
    expect((await typed('day show 2001-01-01', env)).err).toContain('the ledger has no day 2001-01-01');
    expect((await typed('day close --day 2999-01-01', env)).err).toContain(`open day is ${day}`);
  });
});
