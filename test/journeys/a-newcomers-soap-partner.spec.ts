import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Authority, daysFromNow } from '../../libs/connectors/src/http/certificate.fixture.js';
import { nextCode, otherCase } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { run } from './processes.js';

interface Book {
  book: ({ effect: string; SoHoSo?: string } & Record<string, unknown>)[];
  changes: number[];
  acknowledged: number[];
}

const authority = new Authority('CA VPDK mau');
let hub: Hub;
let partner: ChildProcess;
let control: string;

/** docs/newcomer/soap-partner: the file that a newcomer wrote from README.md, against the partner of partner.mjs. */
beforeAll(async () => {
  hub = await Hub.start();
  const pki = join(hub.env.LIENTHONG_SECRETS_DIR!, '..', 'pki');
  await mkdir(pki);
  const server = authority.issue('localhost');
  await writeFile(join(pki, 'ca.pem'), authority.cert);
  await writeFile(join(pki, 'server.pem'), server.cert);
  await writeFile(join(pki, 'server.key'), server.key, { mode: 0o600 });
  const script = 'docs/newcomer/soap-partner/partner.mjs';
  partner = spawn(process.execPath, [script, pki], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: partner.stdout! }), 'line')) as [string];
  const { port, control: at } = JSON.parse(line) as { port: number; control: number };
  control = `http://127.0.0.1:${at}`;
  await secret('VPDK_CA', authority.cert);
  await show(authority.issue('hub'));
  const file = join(hub.env.LIENTHONG_SECRETS_DIR!, '..', 'vpdk.yaml');
  const written = await readFile('docs/newcomer/soap-partner/agency.yaml', 'utf8');
  expect(written).toContain('https://127.0.0.1:8443');
  await writeFile(file, written.replace('https://127.0.0.1:8443', `https://localhost:${port}`));
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

const secret = (name: string, value: string): Promise<void> =>
  writeFile(join(hub.env.LIENTHONG_SECRETS_DIR!, name), value, { mode: 0o600 });
async function show(ours: { cert: string; key: string }): Promise<void> {
  await secret('VPDK_CERT', ours.cert);
  await secret('VPDK_KEY', ours.key);
}
async function tell(path: string, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const response = await fetch(`${control}${path}`, { method: 'PUT', body: JSON.stringify(given) });
  return (await response.json()) as Record<string, unknown>;
}
const books = async (): Promise<Book> => (await (await fetch(`${control}/so-sach`)).json()) as Book;
const held = async (code: string): Promise<Book['book']> =>
  (await books()).book.filter(({ SoHoSo }) => SoHoSo === code);
async function enter(name = 'Nguyễn Văn Mẫu'): Promise<string> {
  const code = nextCode();
  const applicant = { name, kind: 'citizen', idNumber: '001090012345' };
  const procedure = { code: '1.012756', name: 'Đăng ký biến động đất đai' };
  expect((await hub.post('/v1/cases', { ...otherCase(code), applicant, procedure })).status).toBe(202);
  return code;
}
const delivery = (code: string): Promise<Record<string, unknown>[]> =>
  hub.rows(
    `select d.state, d.reason from deliveries d join aliases a using (stream_id)
     where a.code = $1 and d.agency_id = 'vpdk' order by d.sequence`,
    [code],
  );
/** What `case show` says of the partner's line. */
async function told(code: string): Promise<string> {
  const { out } = await run('cli/src/main.js', ['case', 'show', code], hub.env);
  return /^ +vpdk .*\d.*$/m.exec(out)?.[0] ?? '';
}
const events = (code: string): Promise<Record<string, unknown>[]> =>
  hub.rows(
    `select e.type, e.sender from events e join aliases a using (stream_id) where a.code = $1 and e.sequence > 1 order by e.sequence`,
    [code],
  );

describe('a partner of SOAP and client certificates, connected by a file alone', () => {
  it('gets many cases in shared envelopes, the elements in the file’s order, each answered by its own row', async () => {
    const codes = await Promise.all(Array.from({ length: 24 }, () => enter()));
    const tooLong = await enter('X'.repeat(81));
    await hub.atRest();
    for (const code of codes) expect(await held(code)).toMatchObject([{ effect: 'new', loai: '01' }]);
    expect(await held(tooLong)).toEqual([]);
    expect(await delivery(tooLong)).toMatchObject([{ state: 'parked', reason: 'HoTen không hợp lệ' }]);
  });

  it('doesn’t hold a case twice whose answer was lost', async () => {
    await tell('/hong', { kieu: 'mat-tra-loi', lan: 1, ham: 'TiepNhanHoSo' });
    const code = await enter();
    await hub.atRest();
    expect(await held(code)).toHaveLength(1);
    expect(await delivery(code)).toMatchObject([{ state: 'acknowledged' }]);
  });

  it('waits out a maintenance page that comes with 200', async () => {
    await tell('/hong', { kieu: 'html', lan: 3, ham: 'TiepNhanHoSo' });
    const code = await enter();
    await hub.atRest();
    expect(await held(code)).toHaveLength(1);
    expect(await delivery(code)).toMatchObject([{ state: 'acknowledged', reason: null }]);
  });

  it('never shows a certificate that has run out, says so, and goes on with the new one', async () => {
    await show(authority.issue('hub', { from: daysFromNow(-30), until: daysFromNow(-1) }));
    // Secrets are read again within a second: until then a case may still go with the old one.
    const code = await eventually(async () => {
      const probe = await enter();
      await eventually(async () => expect((await told(probe)).length).toBeGreaterThan(0));
      expect(await told(probe)).toContain('chứng thư của trục hết hạn ngày');
      return probe;
    });
    expect(await held(code)).toEqual([]);
    await show(authority.issue('hub'));
    await hub.atRest();
    expect(await held(code)).toHaveLength(1);
  });

  it('brings back a status and a file, acknowledges them, and loses no row that can’t be read', async () => {
    const [code, other] = [await enter(), await enter()];
    await hub.atRest();
    await tell(`/bien-dong/${code}`, { loai: 'TT', trangThai: 'DXL', ghiChu: 'đang đo đạc' });
    const { Stt } = await tell(`/bien-dong/${code}`, { loai: 'KQ', noiDung: `giấy ${code}` });
    const wrong = await tell(`/bien-dong/${other}`, { loai: 'KQ', maBam: '00'.repeat(32) });
    await eventually(async () =>
      expect(await events(code)).toEqual([
        { type: 'vn.lienthong.case.status-changed.v1', sender: 'vpdk' },
        { type: 'vn.lienthong.case.result-issued.v1', sender: 'vpdk' },
      ]),
    );
    await eventually(async () => expect((await books()).acknowledged).toContain(Stt));
    expect(await events(other)).toEqual([]);
    expect((await books()).acknowledged).not.toContain(wrong.Stt);
    const asked = (await books()).book.length;
    await eventually(async () => {
      const later = (await books()).book.slice(asked).map(({ body }) => String(body));
      expect(later.filter((body) => body.includes('LayBienDong')).length).toBeGreaterThan(0);
      expect(later.some((body) => body.includes(`<TuMoc>${Number(wrong.Stt)}</TuMoc>`))).toBe(false);
    });
  });
});
