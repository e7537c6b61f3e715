import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { carryOn, closeBatch, retryBatch, takeOperations } from '#ledger';
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { typed } from '../testing/terminal.js';

let world: LaneWorld;
let env: Record<string, string>;
beforeAll(async () => {
  world = await LaneWorld.begin();
  env = { DATABASE_URL: world.url };
});
beforeEach(async () => {
  await world.clear();
  await world.db.pool.query('truncate operations');
});
afterAll(() => world.end());

/** As a delivery process does. */
async function operate(): Promise<void> {
  const { db, worker } = world;
  for (const { id } of await takeOperations(db, worker))
    await carryOn(db, worker, id, (client, operation) =>
      (operation.kind === 'close' ? closeBatch : retryBatch)(client, operation, 100),
    );
}

async function parked(cases: number): Promise<string[]> {
  const codes: string[] = [];
  for (let i = 0; i < cases; i++) {
    const stream = await world.caseOf(['delta', 'delta']);
    const lane = (await world.claim())!;
    codes.push(lane.caseCode);
    await world.refuse(lane, { reason: 'thiếu ngày cấp CCCD', fingerprint: 'aa11' });
    expect((await world.lane(stream)).wait).toBe('person');
  }
  return codes;
}
const groups = async () =>
  (JSON.parse((await typed('parked ls --json', env)).out) as { groups: { fingerprint: string; count: number }[] })
    .groups;

describe('what an operator does at eight in the morning', () => {
  it('sees one cause, tries two cases, and sends the rest', async () => {
    await parked(4);
    const listed = await typed('parked ls', env);
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.out).toMatch(/aa11 +a +4 +0 +0 +dữ liệu · the data .* W-\d+ +thiếu ngày cấp cccd/i);
    expect(await typed('parked retry aa11 --agency a --canary 2', env)).toMatchObject({ code: 0 });
    await operate();
    const { claimed } = await world.claims();
    expect(claimed).toHaveLength(2);
    await world.settle(claimed[0]!, 'acknowledged');
    await world.refuse(claimed[1]!, { fingerprint: 'aa11' });
    const [id] = (await typed('operations ls', env)).out.match(/^\d+(?= +retry +a +xong)/m) ?? [];
    expect(JSON.parse((await typed(`operations show ${id}`, env)).out)).toMatchObject({
      state: 'done',
      done: 2,
      since: { passed: 1, parkedAgain: 1, underWay: 0 },
    });
    expect(await typed('parked retry aa11 --agency a --all', env)).toMatchObject({ code: 0 });
    await operate();
    expect(await groups()).toEqual([]);
  });

  it('shows one case, edits it, closes another, and a group', async () => {
    const [first, second] = await parked(4);
    expect((await typed(`parked show ${first}`, env)).out).toMatch(new RegExp(`a ${first} #1 .*parked`));
    const file = join(mkdtempSync(join(tmpdir(), 'lienthong-edit-')), 'item.json');
    writeFileSync(file, '{"ngayCap":"2021-05-31"}');
    expect(await typed(`parked edit ${first} --agency a --file ${file} --reason bo-sung`, env)).toMatchObject({
      code: 0,
    });
    const edited = (await world.claim())!;
    expect(edited).toMatchObject({ caseCode: first, revision: 2, edited: '{"ngayCap":"2021-05-31"}' });
    expect(await typed(`parked close ${second} --agency a --reason trung`, env)).toMatchObject({ code: 0 });
    expect((await world.claim())!).toMatchObject({ caseCode: second, sequence: 2 });
    expect(await typed('parked close --group aa11 --agency a --reason cu', env)).toMatchObject({ code: 0 });
    await operate();
    expect(await groups()).toEqual([]);
  });

  it('settles a doubt only by what the partner says, and not while a copy may be out', async () => {
    const stream = await world.caseOf(['delta']);
    const lane = (await world.claim())!;
    await world.settle(lane, 'parked', { inDoubt: true, owner: 'theirs', reason: 'r', fingerprint: 'bb22' });
    const settle = (how: string) => typed(`parked settle ${lane.caseCode} --agency a --${how} --reason goi-dien`, env);
    expect(await typed(`parked close ${lane.caseCode} --agency a --reason x`, env)).toMatchObject({ code: 1 });
    expect((await settle('held')).err).toContain('a copy may still arrive');
    await world.passes(stream, 120);
    expect(await settle('held')).toMatchObject({ code: 0 });
    expect(await world.states(stream)).toEqual(['acknowledged']);
  });

  it.each([
    'parked retry aa11 --agency a',
    'parked retry aa11 --agency a --canary 0',
    'parked retry aa11 --agency a --canary 2 --all',
    'parked retry aa11 --agency nobody --all',
    'parked retry nothing --agency a --all',
    'parked ls --agency nobody',
    'parked show W-0',
    'parked close W-0 --agency a --reason x',
    'parked close --agency a --reason x',
    'parked settle W-0 --agency a --reason x',
    'pause a',
    'pause a --reason x --until yesterday',
    'replay a --from 2026-01-02 --to 2026-01-01',
    'operations cancel x',
    'operations show 999999',
  ])('is told why not, and nothing is ordered: %s', async (asked) => {
    await parked(1);
    expect((await typed(asked, env)).code).toBe(1);
    expect(JSON.parse((await typed('operations ls --json', env)).out)).toEqual([]);
  });

  it('pauses an agency, whose lanes keep their turn, sees it stand, and resumes it', async () => {
    const stream = await world.caseOf(['delta']);
    expect(await typed('pause a --reason bao-tri --author lan', env)).toMatchObject({ code: 0 });
    expect(await world.claim()).toBeUndefined();
    expect((await world.lane(stream)).wait).toBe('turn');
    expect((await typed('parked ls', env)).out).toMatch(/! a: tạm dừng · paused: bao-tri.*1 đang chờ/);
    expect(await typed('resume a', env)).toMatchObject({ code: 0 });
    expect(await world.claim()).toMatchObject({ streamId: stream });
  });
});
