import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, startPartner, type ScriptedPartner } from '../../libs/connectors/src/testing/partner.js';
import { nextCode, otherCase } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { run } from './processes.js';

interface Held {
  caseNo: string;
  finished?: string;
  [field: string]: unknown;
}

let hub: Hub;
let partner: ScriptedPartner;
let file: string;
/** The partner's own book, by its own rules: an add of what it holds is refused, an update of what it doesn't, too. */
const book = new Map<string, Held>();
const effects: string[] = [];
let answersAreLost = false;

beforeAll(async () => {
  hub = await Hub.start();
  partner = await startPartner((arrived, response, request) => {
    const say = (value: unknown, status = 200): void => json(value, status)(arrived, response, request);
    if (arrived.path === '/api/auth/token') return say({ access_token: 't' });
    if (arrived.headers.authorization !== 'Bearer t') return say({ error: 'TOKEN_EXPIRED' }, 401);
    if (arrived.path === '/api/progress') {
      const rows = arrived.json.rows as { caseNo: string; no: number }[];
      for (const { caseNo, no } of rows) effects.push(`${caseNo} progress ${no}`);
      return say({ result: { rows: rows.map(({ caseNo }) => ({ caseNo, code: '00' })) } });
    }
    if (request.method === 'GET') {
      const held = book.get(decodeURIComponent(arrived.path.split('/').at(-1)!));
      if (!held) return say({ error: 'NOT_FOUND' }, 404);
      const done = { state: 'done', finished: held.finished, officer: 'Lê Văn Mẫu' };
      return say({ case: { no: 'A', ...(held.finished === undefined ? { state: 'new' } : done) } });
    }
    const { isNew, data } = arrived.json as { isNew: boolean; data: Held };
    if (isNew && book.has(data.caseNo)) return say({ code: '05', message: 'Hồ sơ đã tồn tại' }, 409);
    if (data.person === undefined) return say({ code: '-3', message: 'Thiếu người nộp' });
    book.set(data.caseNo, { ...book.get(data.caseNo), ...data });
    effects.push(`${data.caseNo} ${isNew ? 'added' : 'updated'}`);
    if (answersAreLost) return void request.socket.destroy();
    say({ code: '00', caseNo: data.caseNo });
  });
  file = join(hub.env.LIENTHONG_SECRETS_DIR!, '..', 'so-lao-dong.yaml');
  await writeFile(join(hub.env.LIENTHONG_SECRETS_DIR!, 'LABOUR_SECRET'), 'let-me-in', { mode: 0o600 });
}, 300_000);
afterAll(async () => {
  await partner?.stop();
  await hub?.stop();
});

/** The engineer's file, applied while the hub runs. */
async function apply(change: (text: string) => string = (text) => text): Promise<void> {
  const text = await readFile('libs/connectors/src/http-declared/labour.fixture.yaml', 'utf8');
  await writeFile(file, change(text.replace('every: 5m', 'every: 1s')));
  hub.env.LIENTHONG_LABOUR_PORT = new URL(partner.url).port;
  const { code, out, err } = await run('cli/src/main.js', ['apply', '-f', file], hub.env);
  if (code !== 0) throw new Error(`${out}\n${err}`);
}
const enter = async (): Promise<string> => {
  const code = nextCode();
  expect((await hub.post('/v1/cases', otherCase(code))).status).toBe(202);
  return code;
};
const held = (code: string): Promise<void> => eventually(() => Promise.resolve(expect(book.get(code)).toBeDefined()));

describe('a partner that this hub has never heard of', () => {
  it('gets cases once its file is applied, without a restart and without code', async () => {
    await apply();
    // What came before the file was in force isn't this agency's.
    await eventually(async () => {
      const code = await enter();
      await hub.atRest();
      expect(book.get(code)).toBeDefined();
    });
    const code = await enter();
    await held(code);
    expect(book.get(code)).toMatchObject({ caseNo: code, kind: 1, via: 'truc-tiep' });
  });

  it('is asked before anything is sent again: a lost answer doubles nothing', async () => {
    answersAreLost = true;
    const code = await enter();
    await held(code);
    answersAreLost = false;
    await hub.atRest();
    expect(effects.filter((effect) => effect.startsWith(code))).toEqual([`${code} added`]);
    const states = await hub.rows<{ state: string }>(
      `select d.state from deliveries d join aliases a using (stream_id) where a.code = $1 and d.agency_id = 'so-lao-dong'`,
      [code],
    );
    expect(states).toEqual([{ state: 'acknowledged' }]);
  });

  it('reports, and everybody else hears of it; what it said itself doesn’t come back to it', async () => {
    const code = await enter();
    await held(code);
    book.get(code)!.finished = '20/06/2021 16:00:00';
    const { portal } = hub.standIns;
    await eventually(async () =>
      expect(await hub.typesHeldBy('cong-dvc', portal, code)).toEqual(['case.received', 'case.status-changed']),
    );
    await hub.atRest();
    expect(effects.filter((effect) => effect.startsWith(code))).toEqual([`${code} added`]);
  });

  it('gets what a changed file says from the next case on', async () => {
    await apply((text) => text.replace('via: {', 'channel: {'));
    await eventually(async () => {
      const code = await enter();
      await hub.atRest();
      expect(book.get(code)).toMatchObject({ channel: 'truc-tiep' });
    }, 90_000);
  });
});
