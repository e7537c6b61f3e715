import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { carryOn } from '#ledger';
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { typed } from '../testing/terminal.js';

let world: LaneWorld;
let env: Record<string, string>;
beforeAll(async () => {
  world = await LaneWorld.begin();
  await world.clear();
  env = { DATABASE_URL: world.url };
});
afterAll(() => world.end());

describe('what an operator does at eight in the morning', () => {
  it('sees one cause, tries two cases, and sends the rest', async () => {
    for (let i = 0; i < 4; i++) {
      await world.caseOf(['delta']);
      await world.refuse((await world.claim())!, { reason: 'thiếu ngày cấp CCCD', fingerprint: 'aa11' });
    }
    const listed = await typed('parked ls', env);
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.out).toMatch(/aa11 +a +4 +0 +0 +dữ liệu · the data .* W-\d+ +thiếu ngày cấp CCCD/);
    expect(await typed('parked retry aa11 --agency a --canary 2', env)).toMatchObject({ code: 0 });
    await carryOn(world.db, world.worker, 10);
    for (const lane of (await world.claims()).claimed) await world.settle(lane, 'acknowledged');
    expect((await typed('operations ls', env)).out).toMatch(/aa11 +xong · done +2\/2 +2 +0 /);
    expect(await typed('parked retry aa11 --agency a --all', env)).toMatchObject({ code: 0 });
    await carryOn(world.db, world.worker, 10);
    expect(JSON.parse((await typed('parked ls --json', env)).out)).toEqual([]);
  });

  it('is told what is not understood, and nothing is ordered', async () => {
    for (const asked of [
      'parked retry aa11 --agency a',
      'parked retry aa11 --agency a --canary 0',
      'parked retry aa11 --agency a --canary 2 --all',
      'parked retry aa11 --agency nobody --all',
      'parked retry nothing --agency a --all',
      'parked ls --agency nobody',
      'pause a',
      'pause a --reason x --until yesterday',
      'operations cancel x',
    ])
      expect([asked, (await typed(asked, env)).code]).toEqual([asked, 1]);
    expect(JSON.parse((await typed('operations ls --json', env)).out)).toHaveLength(2);
  });

  it('pauses an agency, whose lanes keep their turn, and resumes it', async () => {
    const stream = await world.caseOf(['delta']);
    expect(await typed('pause a --reason bao-tri', env)).toMatchObject({ code: 0 });
    expect((await world.claims()).claimed.filter((lane) => lane.streamId === stream)).toEqual([]);
    expect((await world.lane(stream)).wait).toBe('turn');
    expect(await typed('resume a', env)).toMatchObject({ code: 0 });
    expect((await world.claims()).claimed.map((lane) => lane.streamId)).toContain(stream);
  });
});
