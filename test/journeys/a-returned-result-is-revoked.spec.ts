import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { topicFor, flow } from '#wire';
import { readTopic } from '../../libs/messaging/src/testing/read-topic.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, StandIn } from './hub.js';
import { run, start } from './processes.js';

type Members = Record<string, unknown>;
const sample = JSON.parse(
  readFileSync('apps/sandbox/samples/lltp-gen2-vneid/a-TaoHoSo.request.json', 'utf8'),
) as Members & { toKhai: Members };
const province = 'deploy/provinces/demo';

let hub: Hub;
let vneid: StandIn;
let ministry: StandIn;
beforeAll(async () => {
  hub = await Hub.start({
    agencies: `${province}/agencies`,
    alsoAgencies: `${province}/agencies-more`,
    apps: [],
  });
  [vneid, ministry] = (await Promise.all(
    [
      ['vneid', 'LIENTHONG_VNEID_PORT'],
      ['bo-noi-vu', 'LIENTHONG_MINISTRY_PORT'],
    ].map(async ([name, variable]) => {
      const played = await start('sandbox/src/stand-in.main.js', [name!], { ...hub.env, [variable!]: '0' });
      hub.env[variable!] = String(played.port);
      hub.env[variable!.replace('_PORT', '_CONTROL_PORT')] = String(played.said.controlPort);
      return new StandIn(name!, played);
    }),
  )) as [StandIn, StandIn];
  const { lltp: records, portal, oneStop } = hub.standIns;
  hub.env.LIENTHONG_LLTP_CONTROL_PORT = String(records.process.said.controlPort);
  hub.env.LIENTHONG_PORTAL_CONTROL_PORT = String(portal.process.said.controlPort);
  hub.env.LIENTHONG_ONESTOP_CONTROL_PORT = String(oneStop.process.said.controlPort);
  const soon = (text: string): string =>
    text
      .replaceAll('timeout: 10s, settle: 2s', 'timeout: 2s, settle: 200ms')
      .replaceAll('timeout: 20s, settle: 2s', 'timeout: 2s, settle: 200ms')
      .replaceAll('first: 2s, factor: 2, atMost: 1m', 'first: 200ms, factor: 2, atMost: 1s');
  await apply('agencies-more/vneid', soon);
  // Cases that were filed elsewhere are the counter's to work on, too, and the ministry's to see.
  await apply('agencies/mot-cua', (text) =>
    soon(text).replace(
      'receives:\n',
      `receives:
      - procedures: ['2.000488', '3.000333']
        events: [case.received, case.supplemented, case.status-changed, case.result-issued, case.result-revoked]\n`,
    ),
  );
  await apply('agencies-more/bo-noi-vu', (text) =>
    soon(text)
      .replace("procedures: ['1.014201']", "procedures: ['2.000488', '3.000333']")
      .replace('service.1.014201: 1.014201.01', 'service.2.000488: 2.000488.01')
      .replaceAll('validFrom: 2025-07-01', 'validFrom: 2018-01-01'),
  );
  await apply('agencies/cong-dvc', soon);
  await apply('agencies/lltp', (text) =>
    soon(text).replace(
      'every: 3s, afterwards: { every: 1m, for: 365d }',
      'every: 100ms, afterwards: { every: 300ms, for: 365d }',
    ),
  );
  await hub.standIns.lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
  await hub.startApp('delivery');
}, 300_000);
afterEach(async () => {
  for (const one of [vneid, hub.standIns.portal, hub.standIns.oneStop]) await one.noFaults();
});
afterAll(async () => {
  await Promise.all([vneid, ministry].map((one) => one?.process.kill('SIGTERM')));
  await hub?.stop();
});

async function apply(name: string, change: (text: string) => string): Promise<void> {
  const file = join(hub.env.LIENTHONG_SECRETS_DIR!, '..', `${name.split('/').at(-1)}.yaml`);
  await writeFile(file, change(await readFile(`${province}/${name}.yaml`, 'utf8')));
  const { code, out, err } = await run('cli/src/main.js', ['apply', '-f', file], hub.env);
  if (code !== 0) throw new Error(`${out}\n${err}`);
}

const body = (more: Members = {}): Members => {
  const [year, month, day] = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10).split('-');
  return { ...sample, ngayTiepNhan: `${day}/${month}/${year}`, toKhai: { ...sample.toKhai, ...more } };
};
/** A citizen files it in VNeID. */
async function filed(more: Members = {}): Promise<string> {
  const { code, answer } = (await vneid.ask('POST', '/filings', body(more))) as { code: string; answer: Members };
  expect(answer).toEqual({ statusCode: '00', data: null, errorDetail: '' });
  await eventually(async () => expect(await hub.standIns.lltp.applied(code)).toHaveLength(1));
  return code;
}
const lltp = (code: string, what: string, asked: Members = {}): Promise<unknown> =>
  hub.standIns.lltp.ask('POST', `/cases/${code}/${what}`, asked);
interface Held {
  status: number;
  record?: { number: string; sha256: string };
  revokedBy?: string;
}
const held = async (code: string): Promise<Held> => (await vneid.ask('GET', `/holds?code=${code}`)) as Held;
const heldWith = (code: string, expected: Members) =>
  eventually(async () => expect(await held(code)).toMatchObject(expected), 90_000);
/** The record that LLTP issued, byte for byte. */
async function recordOf(code: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${hub.env.LIENTHONG_LLTP_PORT}/api/lltp/ket-qua`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ authKey: await secret('LLTP_KEY'), maTinh: '38', maHoSoMCDT: code }),
  });
  const { value } = (await response.json()) as { value: { ketQuaXuLy: { phieuLLTP: string } }[] };
  return createHash('sha256').update(Buffer.from(value[0]!.ketQuaXuLy.phieuLLTP, 'base64')).digest('hex');
}
const secret = async (name: string) => (await readFile(join(hub.env.LIENTHONG_SECRETS_DIR!, name), 'utf8')).trim();
const deliveries = (agency: string, code: string) =>
  hub.rows<{ event: string; state: string; reason: string | null }>(
    `select split_part(e.type, '.', 4) as event, d.state, d.reason from deliveries d join aliases a using (stream_id)
     join events e on e.stream_id = d.stream_id and e.sequence = d.sequence
     where a.code = $1 and d.agency_id = $2 order by d.sequence`,
    [code, agency],
  );
/** LLTP has been asked so often since. */
async function askedAgain(code: string, times: number): Promise<void> {
  const asked = async (): Promise<number> => {
    const rows = await hub.rows<{ asked: number }>(
      `select asked from collections c join aliases a using (stream_id) where a.code = $1`,
      [code],
    );
    return rows[0]!.asked;
  };
  const before = await asked();
  await eventually(async () => expect(await asked()).toBeGreaterThanOrEqual(before + times), 90_000);
}
const download = async (sha256: string) =>
  fetch(`${hub.intake}/v1/files/${sha256}`, { headers: { authorization: `Bearer ${await hub.key('mot-cua')}` } });
/** Operations and effects of this case in VNeID's own book. */
const book = async (code: string): Promise<string[]> =>
  (await vneid.books())
    .filter((line) => line.code === code)
    .map((line) => `${line.operation.replace('traKetQuaHoSoLLTP', 'kq')} ${line.effect}`);

describe('a result that was returned is revoked', () => {
  it('and everyone who got it is told: VNeID, the counter, the portal, the ministry, the reader of a topic', async () => {
    const code = await filed();
    await lltp(code, 'status', { status: 4 });
    await heldWith(code, { status: 4 });
    await lltp(code, 'result');
    await heldWith(code, { status: 9 });
    const sha256 = await recordOf(code);
    expect((await held(code)).record!.sha256).toBe(sha256);
    const { portal, oneStop } = hub.standIns;
    await eventually(async () => {
      expect(await portal.ask('GET', `/holds?code=${code}`)).toMatchObject({ status: 9, papers: [sha256] });
      expect(await hub.typesHeldBy('mot-cua', oneStop, code)).toContain('case.result-issued');
      for (const { state } of await deliveries('bo-noi-vu', code)) expect(state).toBe('acknowledged');
      expect(await deliveries('bo-noi-vu', code)).toHaveLength(3);
    }, 90_000);
    expect((await download(sha256)).status).toBe(200);

    await lltp(code, 'revocation', { number: '07/QĐ-MAU', reason: 'Sai họ tên' });
    await heldWith(code, { status: 9, revokedBy: '07/QĐ-MAU', record: { sha256 } });
    await eventually(async () => {
      expect(await portal.ask('GET', `/holds?code=${code}`)).toMatchObject({ status: 9, papers: [] });
      expect((await hub.typesHeldBy('mot-cua', oneStop, code)).at(-1)).toBe('case.result-revoked');
      for (const agency of ['bo-noi-vu', 'bo-tu-phap', 'cong-dvc', 'mot-cua', 'vneid'])
        expect((await deliveries(agency, code)).at(-1)).toMatchObject({
          event: 'result-revoked',
          state: 'acknowledged',
        });
    }, 90_000);
    const topic = await readTopic(
      hub.env.KAFKA_BROKERS!,
      `${hub.env.LIENTHONG_NAMESPACE}.${topicFor(flow.agencyEvents, 'bo-tu-phap')}`,
    );
    const told = topic
      .map(({ value }) => JSON.parse(value) as Members)
      .filter(({ subject }) => subject === `case/${code}`);
    expect(told.at(-1)).toMatchObject({
      type: 'vn.lienthong.case.result-revoked.v1',
      data: { decision: { number: '07/QĐ-MAU' } },
    });
    const blocked = await download(sha256);
    expect([blocked.status, ((await blocked.json()) as Members)['code']]).toEqual([410, 'revoked-file']);
    expect(await book(code)).toEqual(['kq applied', 'kq applied', 'kq.thuhoi applied']);
  }, 300_000);

  it('is found after the counter has handed it over, and once only however often LLTP is asked', async () => {
    const code = await filed();
    await lltp(code, 'result');
    await heldWith(code, { status: 9 });
    await lltp(code, 'status', { status: 10 });
    await heldWith(code, { status: 10 });
    await lltp(code, 'revocation', { number: '08/QĐ-MAU' });
    await heldWith(code, { status: 10, revokedBy: '08/QĐ-MAU' });
    await askedAgain(code, 3);
    expect(await book(code)).toEqual(['kq applied', 'kq applied', 'kq.thuhoi applied']);
    const found = await hub.rows<{ n: number }>(
      `select count(*)::int as n from events e join aliases a using (stream_id) where a.code = $1 and e.type like '%revoked%'`,
      [code],
    );
    expect(found[0]!.n).toBe(1);
  }, 300_000);

  it('and handed over only afterwards: it is neither issued nor revoked once more', async () => {
    const code = await filed();
    await lltp(code, 'result');
    await heldWith(code, { status: 9 });
    await lltp(code, 'revocation', { number: '11/QĐ-MAU' });
    await heldWith(code, { revokedBy: '11/QĐ-MAU' });
    await lltp(code, 'status', { status: 10 });
    await askedAgain(code, 3);
    expect(await book(code)).toEqual(['kq applied', 'kq.thuhoi applied']);
  }, 300_000);

  it('also to whom it is in doubt whether the result came: the doubt is settled first, then it is revoked', async () => {
    const code = await filed();
    await vneid.faults({ loseAnswer: 1, when: { code, operation: 'traKetQuaHoSoLLTP' } });
    await lltp(code, 'result');
    await eventually(async () => expect(await book(code)).toContain('kq applied'));
    await lltp(code, 'revocation', { number: '09/QĐ-MAU' });
    await heldWith(code, { revokedBy: '09/QĐ-MAU' });
    const lines = await book(code);
    expect(lines.filter((line) => line === 'kq applied')).toHaveLength(1);
    expect(lines.at(-1)).toBe('kq.thuhoi applied');
  }, 300_000);

  it('and whoever refused the result is told neither: nothing is left that waits for a person', async () => {
    const code = await filed();
    await vneid.faults({ refuseField: { path: 'maHoSoMCDT', text: 'Mã hồ sơ không hợp lệ' }, when: { code } });
    await lltp(code, 'result');
    await eventually(async () => expect((await deliveries('vneid', code)).at(-1)).toMatchObject({ state: 'parked' }));
    await lltp(code, 'revocation', { number: '10/QĐ-MAU' });
    await eventually(
      async () =>
        expect(await deliveries('vneid', code)).toEqual([
          { event: 'result-issued', state: 'closed', reason: 'revoked before it was sent' },
          { event: 'result-revoked', state: 'closed', reason: 'revoked before it was sent' },
        ]),
      20_000,
    );
    expect(await held(code)).not.toHaveProperty('record');
    // The portal had it, and is told.
    await eventually(
      async () =>
        expect((await deliveries('cong-dvc', code)).at(-1)).toMatchObject({
          event: 'result-revoked',
          state: 'acknowledged',
        }),
      20_000,
    );
  }, 300_000);
});

describe('VNeID', () => {
  it('is told why a case isn’t received, and what is to be supplemented; the supplement goes on to LLTP', async () => {
    const refused = await filed();
    await lltp(refused, 'status', { status: 3, reason: 'Hồ sơ không thuộc thẩm quyền' });
    await heldWith(refused, { status: 3 });
    const unnamed = (await vneid.ask('POST', '/filings', { ...body(), thongTinBienLai: null })) as { code: string };
    expect(
      await hub.rows(`select procedure from streams s join aliases a on a.stream_id = s.id where a.code = $1`, [
        unnamed.code,
      ]),
    ).toEqual([{ procedure: '3.000333' }]);
    const code = await filed();
    await lltp(code, 'status', { status: 5, reason: 'Bổ sung ảnh chụp hộ chiếu' });
    await heldWith(code, { status: 5 });
    const { answer } = (await vneid.ask(
      'POST',
      `/filings/${code}`,
      body({ nycEmail: 'mau@example.invalid' }),
    )) as Members;
    expect(answer).toMatchObject({ statusCode: '00' });
    await eventually(async () =>
      expect(await hub.typesHeldBy('lltp', hub.standIns.lltp, code)).toEqual(['case.received', 'case.supplemented']),
    );
  }, 300_000);

  it('that is ahead already is left alone, and reconciliation names what it doesn’t hold', async () => {
    const code = await filed();
    await vneid.ask('POST', `/cases/${code}/status`, { status: 10 });
    await lltp(code, 'result');
    await eventually(async () =>
      expect((await deliveries('vneid', code)).at(-1)).toMatchObject({ state: 'acknowledged' }),
    );
    expect(await held(code)).toMatchObject({ status: 10 });
    const reconciliation = await hub.startApp('reconciliation');
    const file = join(hub.env.LIENTHONG_SECRETS_DIR!, '..', 'found.json');
    await run('cli/src/main.js', ['reconcile', 'run', '--json', file], {
      ...hub.env,
      LIENTHONG_RECONCILIATION_PORT: String(reconciliation.port),
    });
    const { discrepancies } = JSON.parse(await readFile(file, 'utf8')) as { discrepancies: Members[] };
    expect(discrepancies.filter((d) => d['agency'] === 'vneid')).toMatchObject([{ type: 'acknowledged-not-held' }]);
  }, 300_000);

  it('that is interrupted, or down, gets everything in order all the same', async () => {
    await vneid.faults({ busy: 2 });
    const code = await filed();
    await lltp(code, 'status', { status: 4 });
    await lltp(code, 'result');
    await heldWith(code, { status: 9 });
    expect((await book(code)).at(-1)).toBe('kq applied');
  }, 300_000);
});
