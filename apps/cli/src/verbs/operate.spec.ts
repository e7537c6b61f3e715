import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { typed } from '../testing/terminal.js';

let world: LaneWorld;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  world = await LaneWorld.begin();
  folder = mkdtempSync(join(tmpdir(), 'lienthong-operate-'));
  env = { DATABASE_URL: world.db.pool.options.connectionString!, LIENTHONG_AUTHOR: 'lan' };
});
beforeEach(async () => {
  await world.clear();
  await world.db.pool.query('truncate operations');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.end();
});

const CAUSE = '0123456789ab';
const codeOf = async (stream: string): Promise<string> =>
  (await world.db.pool.query<{ code: string }>('select code from aliases where stream_id = $1', [stream])).rows[0]!
    .code;
async function refused(): Promise<{ stream: string; code: string }> {
  const stream = await world.caseOf(['delta']);
  await world.refuse((await world.claim())!, { fingerprint: CAUSE, reason: 'Hồ sơ H53-0001: thiếu "ngày cấp"' });
  return { stream, code: await codeOf(stream) };
}
const item = (text: string): string => {
  const file = join(folder, 'item.json');
  writeFileSync(file, text);
  return file;
};

describe('an operator’s verbs', () => {
  it('list what is parked by cause, without what says whose case it is', async () => {
    const { code } = await refused();
    const { code: exit, out } = await typed('parked ls', env);
    expect(exit).toBe(0);
    expect(out).toContain(CAUSE);
    expect(out).toContain(code);
    expect(out).toContain('hồ sơ #: thiếu "…"');
    expect(out).not.toContain('H53-0001');
    const json = JSON.parse((await typed('parked ls --agency a --json', env)).out) as { groups: object[] };
    expect(json.groups).toMatchObject([{ fingerprint: CAUSE, count: 1, owner: 'data', again: 0 }]);
    expect((await typed('parked ls --agency z', env)).code).toBe(1);
  });

  it('show one delivery whole, and what was sent only when asked', async () => {
    const { code } = await refused();
    const { out } = await typed(`parked show ${code}`, env);
    expect(out).toContain('thiếu "ngày cấp"');
    expect(out).not.toContain('không giữ bản đã gửi');
    expect((await typed(`parked show ${CAUSE} --body`, env)).out).toContain('Không giữ bản đã gửi');
    expect((await typed('parked show NO-SUCH', env)).code).toBe(1);
  });

  it('edit with a JSON object only, under the author’s name', async () => {
    const { stream, code } = await refused();
    for (const wrong of ['nothing', '"text"', '{'])
      expect(await typed(`parked edit ${code} --file ${item(wrong)}`, env)).toMatchObject({ code: 1 });
    expect(await world.states(stream)).toEqual(['parked']);
    expect(await typed(`parked edit ${code} --file ${item('{ "b": 1, "a": 2 }')}`, env)).toMatchObject({ code: 0 });
    expect(await world.claim()).toMatchObject({ edited: '{"a":2,"b":1}', revision: 2 });
    expect((await typed('operation ls', env)).out).toMatch(/edit +a +lan/);
    expect(await typed(`parked edit ${code} --file ${item('{}')}`, env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('under way'),
    });
  });

  it('close with a reason only, and never in doubt; a person settles that first', async () => {
    const { stream, code } = await refused();
    expect((await typed(`parked close ${code}`, env)).code).toBe(1);
    await world.db.pool.query('update lanes set doubt_at = 1 where stream_id = $1', [stream]);
    expect(await typed(`parked close ${code} --reason r`, env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('parked settle'),
    });
    expect((await typed(`parked settle ${code}`, env)).code).toBe(1);
    expect((await typed(`parked settle ${code} --held --not-held`, env)).code).toBe(1);
    expect((await typed(`parked settle ${code} --not-held`, env)).code).toBe(0);
    expect((await typed(`parked close ${code} --reason r --until 31/12/2026`, env)).code).toBe(1);
    expect((await typed(`parked close ${code} --reason r --until 2999-12-31`, env)).code).toBe(0);
    expect(await world.states(stream)).toEqual(['closed']);
  });

  it('order a retry that waits for a delivery process, say so, and can be cancelled', async () => {
    const { stream } = await refused();
    expect((await typed(`parked retry ${CAUSE}`, env)).code).toBe(1);
    expect((await typed(`parked retry ${CAUSE} --all --canary 1`, env)).code).toBe(1);
    expect((await typed(`parked retry ${CAUSE} --canary none`, env)).code).toBe(1);
    const { code, out } = await typed(`parked retry ${CAUSE} --all --wait-seconds 1 --json`, env);
    const { operation } = JSON.parse(out) as { operation: { id: string; total: number } };
    expect([code, operation.total]).toEqual([1, 1]);
    expect((await typed(`operation show ${operation.id}`, env)).out).toContain('running');
    expect((await typed(`operation cancel ${operation.id}`, env)).code).toBe(0);
    expect((await typed(`operation cancel ${operation.id}`, env)).code).toBe(1);
    expect((await typed('operation show x', env)).code).toBe(1);
    expect(await world.states(stream)).toEqual(['parked']);
  });

  it('pause with a reason, show it where parked cases are listed, and resume', async () => {
    await world.caseOf(['delta']);
    expect((await typed('pause a', env)).code).toBe(1);
    expect((await typed('pause a --reason x --until 2001-01-01', env)).code).toBe(1);
    expect((await typed('pause a --reason bảo-trì --until 2999-01-01', env)).out).toMatch(/bảo-trì; lan\): 1 hồ sơ/);
    expect((await typed('parked ls', env)).out).toContain('bảo-trì');
    expect((await typed('resume a', env)).code).toBe(0);
    expect((await typed('parked ls', env)).out).not.toContain('bảo-trì');
  });

  it('merge two cases with a reason only, wait for a delivery process, and say why not', async () => {
    const [loser, survivor] = [await codeOf(await world.caseOf(['full'])), await codeOf(await world.caseOf(['full']))];
    for (const wrong of [`${loser} --into ${survivor}`, `${loser} --reason r`, `${loser} --into ${loser} --reason r`])
      expect((await typed(`case merge ${wrong}`, env)).code).toBe(1);
    expect(await typed(`case merge NO-SUCH --into ${survivor} --reason r`, env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('NO-SUCH'),
    });
    const { code, out } = await typed(`case merge ${loser} --into ${survivor} --reason r --wait-seconds 1 --json`, env);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      operation: { kind: 'merge', author: 'lan', reason: 'r', selection: { code: loser, into: survivor }, total: null },
    });
  });

  it('replay a period only from its beginning to its end', async () => {
    for (const wrong of ['', ' --from 2026-02-30 --to 2026-03-01', ' --from 2026-03-02 --to 2026-03-01'])
      expect((await typed(`replay a${wrong}`, env)).code).toBe(1);
    const { code, out } = await typed('replay a --from 2026-01-01 --to 2026-01-31 --wait-seconds 1 --json', env);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      operations: [
        {
          kind: 'rehearse-replay',
          selection: { from: '2025-12-31T17:00:00.000Z', to: '2026-01-31T17:00:00.000Z' },
        },
      ],
    });
  });
});
