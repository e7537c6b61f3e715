import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { run } from './processes.js';

type Line = Record<string, unknown>;

let hub: Hub;
let partner: ChildProcess;
let address: string;

/** docs/newcomer: the file that a newcomer wrote from partner.md, against the partner of partner.mjs. */
beforeAll(async () => {
  hub = await Hub.start();
  partner = spawn(process.execPath, ['docs/newcomer/partner.mjs', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: partner.stdout! }), 'line')) as [string];
  address = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`;
  await writeFile(join(hub.env.LIENTHONG_SECRETS_DIR!, 'QLLD_PASSWORD'), 'mat-khau-mau', { mode: 0o600 });
  const file = join(hub.env.LIENTHONG_SECRETS_DIR!, '..', 'qlld.yaml');
  const written = await readFile('docs/newcomer/qlld.yaml', 'utf8');
  expect(written).toContain('http://127.0.0.1:8099');
  await writeFile(file, written.replace('http://127.0.0.1:8099', address));
  const { code, out, err } = await run('cli/src/main.js', ['agency', 'apply', file], hub.env);
  if (code !== 0) throw new Error(`${out}\n${err}`);
  await eventually(async () => {
    const probe = await enter();
    await hub.atRest();
    expect(await held(probe)).not.toEqual([]);
  });
}, 300_000);
afterAll(async () => {
  partner?.kill('SIGKILL');
  await hub?.stop();
});

const ask = async (path: string, method = 'GET'): Promise<unknown> =>
  (await fetch(`${address}${path}`, { method })).json();
const held = async (code: string): Promise<Line[]> =>
  ((await ask('/so-sach')) as Line[]).filter(({ so }) => so === code);
async function enter(more: Line = {}): Promise<string> {
  const code = nextCode();
  expect((await hub.post('/v1/cases', { ...otherCase(code), ...more })).status).toBe(202);
  return code;
}
const status = async (code: string, to: number, key: string): Promise<void> =>
  expect((await hub.post(`/v1/cases/${code}/events`, statusChanged(code, to, key))).status).toBe(202);

describe('a file that a newcomer wrote from a description', () => {
  it('brings many cases that come at once each to the partner, and their progress in shared requests', async () => {
    const codes = await Promise.all(Array.from({ length: 30 }, () => enter()));
    await hub.atRest();
    await Promise.all(codes.map((code) => status(code, 4, `${code}-4`)));
    await hub.atRest();
    for (const code of codes)
      expect(await held(code)).toMatchObject([
        { effect: 'new', so: code, loai: 'CN', kenh: 0 },
        { effect: 'progress', trangThai: '4' },
      ]);
  });

  it('goes on when its session has expired, for what is sent and for what is asked', async () => {
    await ask('/het-phien');
    const code = await enter();
    await hub.atRest();
    expect(await held(code)).toHaveLength(1);
    await ask('/het-phien');
    await ask(`/xong/${encodeURIComponent(code)}`, 'POST');
    await eventually(async () => {
      const rows = await hub.rows<{ sender: string }>(
        `select e.sender from events e join aliases a using (stream_id) where a.code = $1 and e.type like '%status-changed%'`,
        [code],
      );
      expect(rows).toEqual([{ sender: 'qlld' }]);
    });
    await hub.atRest();
    expect(await held(code)).toHaveLength(1);
  });

  it('parks what the partner refuses, in the partner’s own words', async () => {
    const applicant = { name: 'X'.repeat(101), kind: 'citizen' };
    const code = await enter({ applicant });
    await hub.atRest();
    const parked = await hub.rows<{ reason: string; state: string }>(
      `select d.state, d.reason from deliveries d join aliases a using (stream_id) where a.code = $1 and d.agency_id = 'qlld'`,
      [code],
    );
    expect(parked).toEqual([{ state: 'parked', reason: 'Họ tên không đúng' }]);
    expect(await held(code)).toEqual([]);
  });
});
