import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, StandIn } from './hub.js';
import { run, start } from './processes.js';

let hub: Hub;
let ministry: StandIn;
beforeAll(async () => {
  hub = await Hub.start({ apps: [] });
  await writeFile(join(hub.env.LIENTHONG_SECRETS_DIR!, 'BO_NOI_VU_SECRET'), 'let-me-in', { mode: 0o600 });
  const played = await start('sandbox/src/stand-in.main.js', ['bo-noi-vu'], {
    ...hub.env,
    LIENTHONG_MINISTRY_PORT: '0',
  });
  ministry = new StandIn('bo-noi-vu', played);
  hub.env.LIENTHONG_MINISTRY_PORT = String(played.port);
  await apply('demo/agencies-more/bo-noi-vu', (text) =>
    text
      .replace('timeout: 20s, settle: 2s', 'timeout: 3s, settle: 200ms')
      .replace('first: 2s, factor: 2, atMost: 1m', 'first: 200ms, factor: 2, atMost: 1s'),
  );
  // In life the department's own software reports the result.
  await apply('uong-bi-2021/agencies/mot-cua', (text) =>
    text.replace('sends: [case.received', 'sends: [case.result-issued, case.received'),
  );
  await startDelivery();
}, 300_000);
afterEach(() => ministry.noFaults());
afterAll(async () => {
  await ministry?.process.kill('SIGTERM');
  await hub?.stop();
});

const startDelivery = () => hub.startApp('delivery', { LIENTHONG_INSTANCE: 'delivery-1' });

async function apply(name: string, change: (text: string) => string): Promise<void> {
  const file = join(hub.env.LIENTHONG_SECRETS_DIR!, '..', `${name.split('/').at(-1)}.yaml`);
  await writeFile(file, change(await readFile(`deploy/provinces/${name}.yaml`, 'utf8')));
  const { code, out, err } = await run('cli/src/main.js', ['apply', '-f', file], hub.env);
  if (code !== 0) throw new Error(`${out}\n${err}`);
}

let serial = 0;
async function keepFile(text: string) {
  const bytes = Buffer.from(`%PDF-1.4 ${text}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const response = await fetch(`${hub.intake}/v1/files/${sha256}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await hub.key('mot-cua')}`, 'content-type': 'application/pdf' },
    body: bytes,
  });
  expect(response.ok).toBe(true);
  return { sha256, name: `${text}.pdf`, mediaType: 'application/pdf', size: bytes.length, componentCode: 'TP-MAU-1' };
}

/** A case with two papers of its own. */
async function enter(): Promise<{ code: string; files: string[] }> {
  const code = `H49.30-260609-${String(++serial).padStart(4, '0')}`;
  const documents = [await keepFile(`de-nghi ${code}`), await keepFile(`de-an ${code}`)];
  const body = {
    ...otherCase(code),
    procedure: { code: '1.014201', name: 'Thủ tục mẫu' },
    submittedAt: '2026-06-09T08:00:00+07:00',
    receivedAt: '2026-06-09T08:30:00+07:00',
    dueAt: '2026-06-16T17:00:00+07:00',
    documents,
  };
  const { status, body: said } = await hub.post('/v1/cases', body);
  expect([status, said['faults']]).toEqual([202, undefined]);
  return { code, files: documents.map(({ sha256 }) => sha256) };
}
const report = async (code: string, type: string, data: Record<string, unknown>): Promise<void> => {
  const event = { ...statusChanged(code, 4, `${code}/${type}`), type: `vn.lienthong.case.${type}.v1`, data };
  expect((await hub.post(`/v1/cases/${code}/events`, event)).status).toBe(202);
};

const deliveriesOf = (code: string) =>
  hub.rows<{ state: string; hash: string | null; reason: string | null }>(
    `select d.state, encode(d.item_hash, 'hex') as hash, d.reason from deliveries d join aliases a using (stream_id)
     where a.code = $1 and d.agency_id = 'bo-noi-vu' order by d.sequence`,
    [code],
  );
const acknowledged = (code: string, n = 1) =>
  eventually(async () =>
    expect((await deliveriesOf(code)).map(({ state }) => state)).toEqual(
      Array.from({ length: n }, () => 'acknowledged'),
    ),
  );
const stepsOf = async (code: string): Promise<Map<string, Record<string, string>>> =>
  new Map(
    (
      await hub.rows<{ step: string; result: Record<string, string> }>(
        `select s.step, s.result from delivery_steps s join aliases a using (stream_id) where a.code = $1 order by s.sequence, s.at`,
        [code],
      )
    ).map(({ step, result }) => [step, result]),
  );
/** The code by which the ministry knows a case, as the hub holds it. */
const issuedTo = async (code: string): Promise<string> => (await stepsOf(code)).get('GetNextValue')!['value']!;
const held = async (issued: string) => (await ministry.ask('GET', `/holds?code=${issued}`)) as Record<string, unknown>;
const count = async (operation: string): Promise<number> =>
  (await ministry.books()).filter((line) => line.operation === operation).length;
/** One case under the code that the hub holds, created once; each of its files once. */
async function holdsOnce({ code, files }: { code: string; files: string[] }): Promise<string> {
  const issued = await issuedTo(code);
  const [created, ...more] = await ministry
    .applied(issued)
    .then((lines) => lines.filter((l) => l.operation === 'NoiHoSo'));
  expect(more).toEqual([]);
  expect(created!.hash).toBe((await deliveriesOf(code))[0]!.hash);
  const uploads = (await ministry.books()).filter(({ operation }) => operation === 'upload').map(({ hash }) => hash);
  for (const sha256 of files) expect(uploads.filter((hash) => hash === sha256)).toHaveLength(1);
  return issued;
}

describe('a ministry that issues the code', () => {
  it('gets one case, each file once, when delivery is killed between upload and create', async () => {
    const codes = await count('GetNextValue');
    await ministry.faults({ hang: 1, when: { operation: 'NoiHoSo' } });
    const entered = await enter();
    await eventually(async () =>
      expect(await ministry.ask('GET', '/faults')).toMatchObject({ faults: [{ hits: 1, left: 0 }] }),
    );
    expect([...(await stepsOf(entered.code)).keys()]).toEqual([
      'GetNextValue',
      ...entered.files.map((sha256) => `upload/${sha256}`),
    ]);
    const before = await issuedTo(entered.code);
    await hub.apps.get('delivery')!.kill('SIGKILL');
    await startDelivery();
    await acknowledged(entered.code);
    expect(await holdsOnce(entered)).toBe(before);
    expect(await count('GetNextValue')).toBe(codes + 1);
    expect((await stepsOf(entered.code)).get('NoiHoSo')).toEqual({ idHoSo: `HS-${before}`, caseCode: before });
  });

  it('is told of progress and of the result by the code that it issued', async () => {
    const entered = await enter();
    await report(entered.code, 'status-changed', { status: 4, at: '2026-06-10T09:00:00+07:00', note: 'Thụ lý' });
    const result = await keepFile(`ket-qua ${entered.code}`);
    await report(entered.code, 'result-issued', { status: 9, at: '2026-06-15T09:00:00+07:00', documents: [result] });
    await acknowledged(entered.code, 3);
    const issued = await holdsOnce({ ...entered, files: [...entered.files, result.sha256] });
    expect(await held(issued)).toMatchObject({ status: 9, progress: 2, results: [expect.any(String)] });
  });

  it('has taken a case whose answer was lost: the repeat has the same code, and what follows goes by it', async () => {
    await ministry.faults({ loseAnswer: 1, when: { operation: 'NoiHoSo' } });
    const entered = await enter();
    await report(entered.code, 'withdrawn', { status: 7, at: '2026-06-10T09:00:00+07:00', reason: 'Rút hồ sơ' });
    await acknowledged(entered.code, 2);
    const issued = await holdsOnce(entered);
    expect(
      (await ministry.books()).filter((l) => l.code === issued && l.operation === 'NoiHoSo').map((l) => l.effect),
    ).toEqual(['applied', 'repeat']);
    expect(await held(issued)).toMatchObject({ status: 7, progress: 1 });
  });

  it('repeats only the second of two calls when its answer was lost', async () => {
    const entered = await enter();
    await acknowledged(entered.code);
    await ministry.faults({ loseAnswer: 1, when: { operation: 'CapNhatTrangThai' } });
    await report(entered.code, 'status-changed', { status: 4, at: '2026-06-10T09:00:00+07:00' });
    await acknowledged(entered.code, 2);
    expect(await held(await issuedTo(entered.code))).toMatchObject({ status: 4, progress: 1 });
  });

  it('whose catalogue has changed refuses: the case is parked with its words, and goes by its code once that is mended', async () => {
    await ministry.ask('PUT', '/wording', { retired: ['1.014201'] });
    const entered = await enter();
    await eventually(async () =>
      expect(await deliveriesOf(entered.code)).toMatchObject([
        { state: 'parked', reason: 'Mã 1.014201 không có trong danh mục' },
      ]),
    );
    const codes = await count('GetNextValue');
    await ministry.ask('PUT', '/wording', { retired: [] });
    expect((await run('cli/src/main.js', ['retry', 'bo-noi-vu'], hub.env)).code).toBe(0);
    await acknowledged(entered.code);
    expect(await count('GetNextValue')).toBe(codes);
    expect(await held(await issuedTo(entered.code))).toMatchObject({ status: 2 });
  });

  it('whose tokens have ended, and whose gateway answers with a page, gets everything all the same, once', async () => {
    await ministry.ask('DELETE', '/sessions');
    await ministry.faults({
      reply: [{ status: 502, html: '<html><body><h1>502 Bad Gateway</h1></body></html>' }],
      when: { operation: 'upload' },
    });
    const codes = await count('GetNextValue');
    const entered = await enter();
    await acknowledged(entered.code);
    await holdsOnce(entered);
    expect(await count('GetNextValue')).toBe(codes + 1);
  });
});
