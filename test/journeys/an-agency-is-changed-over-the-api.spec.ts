import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, startPartner, type ScriptedPartner } from '../../libs/connectors/src/testing/partner.js';
import { nextCode, otherCase } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { OperatorClient } from './operator-client.js';

/** Every process reads the contracts again every two seconds; a look, and what it starts, take their time on a busy machine. */
const IN_FORCE_WITHIN_MS = 6_000;

let hub: Hub;
let partner: ScriptedPartner;
let api: OperatorClient;
/** By case code: members of the item that arrived. */
const arrived = new Map<string, Record<string, unknown>>();

beforeAll(async () => {
  partner = await startPartner((request, response, raw) => {
    arrived.set(String(request.json.maHoSo), request.json);
    json({ code: '00' })(request, response, raw);
  });
  hub = await Hub.start({ apps: [] });
  for (const n of [1, 2]) {
    const started = await hub.startApp('delivery', { LIENTHONG_INSTANCE: `delivery-${n}` });
    hub.apps.set(`delivery-${n}`, started);
  }
  hub.apps.delete('delivery');
  await hub.startApp('console');
  api = await OperatorClient.of(hub, 'lan');
}, 300_000);
afterAll(async () => {
  await hub?.stop();
  await partner?.stop();
});

interface Listed {
  serial: number;
  paused: { reason: string; by: string } | null;
  history: { serial: number; author: string; note: string | null; rolledBackTo: number | null }[];
}
interface Faulty {
  code: string;
  detail: string;
  faults: { path: string; rule: string; line?: number; column?: number; detail?: string }[];
}

let draft = '';
const enter = async (): Promise<string> => {
  const code = nextCode();
  expect((await hub.post('/v1/cases', otherCase(code))).status).toBe(202);
  return code;
};
const itemOf = (code: string) =>
  eventually(() => arrived.get(code) ?? Promise.reject(new Error(`${code} isn't there`)));
const serials = async (): Promise<Listed> => (await api.get<Listed>('/v1/agencies/so-y-te')).body;

/** Cases are entered until each process has sent some of them as `isNew` says, and that is when the last other one left. */
async function inForceEverywhere(isNew: (item: Record<string, unknown>) => boolean): Promise<number> {
  const [applied] = await hub.rows<{ at: Date }>(
    `select applied_at as at from contract_history where agency_id = 'so-y-te' order by serial desc limit 1`,
  );
  let lastOld = 0;
  await eventually(async () => {
    await Promise.all([enter(), enter(), enter(), enter()]);
    const sent = await hub.rows<{ code: string; worker: string; ms: number }>(
      `select a.code, t.worker, extract(epoch from t.started_at - $1)::float8 * 1000 as ms from attempts t
       join aliases a using (stream_id) where t.agency_id = 'so-y-te' and t.started_at > $1`,
      [applied!.at],
    );
    const here = sent.flatMap((one) => (arrived.has(one.code) ? [{ ...one, item: arrived.get(one.code)! }] : []));
    lastOld = Math.max(0, ...here.filter(({ item }) => !isNew(item)).map(({ ms }) => ms));
    expect(new Set(here.filter(({ item }) => isNew(item)).map(({ worker }) => worker)).size).toBe(2);
  }, 300_000);
  return lastOld;
}

describe('an agency, over the API', () => {
  it('is open to an operator’s key only: none, an agency’s and one taken back are answered 401', async () => {
    const at = `http://127.0.0.1:${hub.env.LIENTHONG_CONSOLE_PORT}/v1/agencies`;
    const none = await fetch(at, { headers: { 'accept-language': 'en' } });
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await none.json()).toMatchObject({ code: 'missing-credentials', detail: 'Credentials are missing.' });
    const agencys = await fetch(at, { headers: { authorization: `Bearer ${await hub.key('mot-cua')}` } });
    expect([agencys.status, await agencys.json()]).toMatchObject([401, { detail: 'Khóa truy cập không đúng.' }]);
    const minh = await OperatorClient.of(hub, 'minh');
    expect((await minh.get('/v1/agencies')).status).toBe(200);
    await hub.db.query(`update operator_keys set revoked_at = now() where operator = 'minh'`);
    expect((await minh.get('/v1/agencies')).status).toBe(401);
    const kept = await hub.rows<{ kept: string }>(`select encode(key_hash, 'hex') as kept from operator_keys`);
    expect(JSON.stringify(kept)).not.toContain(Buffer.from(api.key).toString('hex'));
  });

  it('begins as a draft of a sample request and answer; what it leaves open is refused by line and column', async () => {
    const sample = { maHoSo: 'H-1', chuHoSo: 'Nguyễn Văn A', loai: '1', kenh: 'truc-tiep', ngayNhan: '31/05/2021' };
    const made = await api.post('/v1/agencies/new', {
      json: { id: 'so-y-te', url: `${partner.url}/api/ho-so`, request: sample, answer: { code: '00' } },
    });
    expect([made.status, made.type]).toEqual([200, 'application/yaml; charset=utf-8']);
    const asIs = await api.post<Faulty>('/v1/agencies/apply', { yaml: made.text });
    expect([asIs.status, asIs.body.code]).toEqual([422, 'invalid-agency-file']);
    const { body: table } = await Promise.resolve({
      body: (
        await api.post('/v1/agencies/tables', {
          json: { name: 'channel', columns: 'counter\ttruc-tiep\nonline\ttruc-tuyen' },
        })
      ).text,
    });
    expect(table).toContain('"counter": "truc-tiep"');
    draft = made.text
      .replace('name: { vi: TODO, en: TODO }', 'name: { vi: Sở Y tế, en: Health }')
      .replace('owner: TODO', 'owner: H53.10')
      .replace(/ {6}login: .*\n/, '')
      .replace(/.*means: already-held.*\n|.*text: TODO.*means: refused.*\n/g, '')
      .replace('basis: TODO', 'basis: Nghị định 118/2025/NĐ-CP')
      .replace('counter: TODO, online: TODO, post: TODO', 'counter: truc-tiep, online: truc-tuyen, post: buu-chinh')
      .replace(
        'citizen: TODO, business: TODO, state-body: TODO, other: TODO',
        'citizen: 1, business: 2, state-body: 3, other: 4',
      );
    expect(draft).not.toMatch(/: TODO/);
  });

  it('is compared, rehearsed with progress, and applied: live in both delivery processes, without a restart', async () => {
    for (let i = 0; i < 10; i++) await enter();
    const changes = await api.post('/v1/agencies/diff', { yaml: draft });
    expect(changes.body).toMatchObject({ agency: 'so-y-te', isNew: true });
    const rehearsal = await api.post('/v1/agencies/rehearse?days=3', {
      yaml: draft,
      headers: { accept: 'application/x-ndjson' },
    });
    const lines = rehearsal.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
    expect(lines[0]).toEqual({ progress: { done: 10, total: 10 } });
    expect(lines.at(-1)).toMatchObject({
      result: { agency: 'so-y-te', events: 10, findings: { 'newly-received': { events: 10 }, failing: { events: 0 } } },
    });
    const applied = await api.post('/v1/agencies/apply?note=lần đầu', { yaml: draft });
    expect(applied).toMatchObject({
      status: 200,
      body: { agency: 'so-y-te', serial: 1, isChanged: true, topics: 'made' },
    });
    await eventually(async () => {
      // What is planned before the processes have read the contract again goes without it.
      const code = await enter();
      await hub.atRest();
      expect(arrived.get(code)).toMatchObject({ kenh: 'truc-tiep', loai: 1 });
    });

    const changed = draft.replace('kenh:', 'kenhNop:');
    expect((await api.post('/v1/agencies/apply', { yaml: changed })).body).toMatchObject({
      serial: 2,
      isChanged: true,
    });
    expect(await inForceEverywhere((item) => 'kenhNop' in item)).toBeLessThanOrEqual(IN_FORCE_WITHIN_MS);
    expect(await serials()).toMatchObject({
      serial: 2,
      history: [{ author: 'lan' }, { author: 'lan', note: 'lần đầu' }],
    });
  }, 300_000);

  it('stays as it is where a file is faulty, or loses a code still in use: each with its line and column', async () => {
    const faulty = await api.post<Faulty>('/v1/agencies/apply', {
      yaml: draft.replace('    owner: H53.10', '    owner: H53.10\n    shoeSize: 44'),
      headers: { 'accept-language': 'en' },
    });
    expect([faulty.status, faulty.type]).toEqual([422, 'application/problem+json; charset=utf-8']);
    expect(faulty.body.faults).toEqual([
      {
        path: '/versions/0/shoeSize',
        rule: 'additionalProperties',
        line: 9,
        column: 5,
        detail: 'nobody reads this member',
      },
    ]);
    const loses = await api.post<Faulty>('/v1/agencies/apply', { yaml: draft.replace('counter: truc-tiep, ', '') });
    expect([loses.status, loses.body.code]).toEqual([409, 'code-still-in-use']);
    const [fault] = loses.body.faults;
    expect(fault).toMatchObject({
      path: '/versions/0/codeTables/channel',
      rule: 'in-use:counter',
      detail: expect.stringMatching(/^bảng mã mất một mã còn được dùng.*counter: \d+ hồ sơ/),
    });
    expect(draft.split('\n')[fault!.line! - 1]).toContain('channel:');
    // One that nobody uses may go.
    expect((await api.post('/v1/agencies/diff', { yaml: draft.replace(', post: buu-chinh', '') })).status).toBe(200);
    expect((await serials()).serial).toBe(2);
    expect(await itemOf(await enter())).toHaveProperty('kenhNop');
  });

  it('lists codes that its tables lack, by a file and by what is in force, with the cases they hit', async () => {
    const lacks = draft.replace('counter: truc-tiep, ', '');
    const before = await api.post<{ values: object[] }>('/v1/agencies/unmapped?days=3', { yaml: lacks });
    expect(before.body.values).toMatchObject([{ table: 'channel', code: 'counter', stoodIn: false, parked: 0 }]);
    const now = await api.get<{ values: object[]; looked: number }>('/v1/agencies/so-y-te/unmapped');
    expect(now.body.values).toEqual([]);
    expect(now.body.looked).toBeGreaterThan(10);
  });

  it('shows one item with its request, and writes down before who looked at which case', async () => {
    const code = await enter();
    const tried = await api.post<Record<string, unknown>>('/v1/agencies/try', { json: { file: draft, case: code } });
    expect(tried.body).toMatchObject({
      outcome: 'rendered',
      operation: 'create',
      item: { maHoSo: code, kenh: 'truc-tiep' },
      request: { method: 'POST', url: `${partner.url}/api/ho-so` },
    });
    const looks = await hub.rows(`select operator, door, action, agency_id, case_code from audit_log`);
    expect(looks).toEqual([{ operator: 'lan', door: 'api', action: 'try', agency_id: 'so-y-te', case_code: code }]);
    const sent = await api.post('/v1/agencies/try', { json: { file: draft, case: code, send: true } });
    expect(sent.body).toMatchObject({ sent: { reply: { kind: 'accepted' } } });
    expect((await api.post('/v1/agencies/try', { json: { file: draft, case: 'H0' } })).status).toBe(404);
    await expect(hub.db.query(`delete from audit_log`)).rejects.toThrow();
  });

  it('carries no secret of the hub, and no case, to an address that was only posted', async () => {
    const foreign = await startPartner((request, response, raw) => json({ code: '00' })(request, response, raw));
    const code = await enter();
    const login = '      login: { kind: bearer, secret: MOT_CUA_KEY }\n';
    const elsewhere = draft.replace(partner.url, foreign.url);
    const secretly = draft.replace(/( {6}baseUrl: .*\n)/, `$1${login}`);
    const asAnother = elsewhere.replace('id: so-y-te', 'id: mot-cua');
    const sent = async (file: string) => {
      const { status, body } = await api.post<Faulty>('/v1/agencies/try', { json: { file, case: code, send: true } });
      return [status, body.code, body.faults?.map(({ path, rule }) => `${path} ${rule}`)];
    };
    const before = partner.arrived.length;
    try {
      expect(secretly).toContain(login);
      expect(await sent(elsewhere)).toEqual([409, 'not-applied', ['/versions/0/endpoint/baseUrl applied']]);
      expect(await sent(secretly)).toEqual([409, 'not-applied', ['/versions/0/endpoint/login/secret applied']]);
      expect(await sent(asAnother)).toEqual([409, 'not-applied', ['/versions/0/endpoint/baseUrl applied']]);
      expect(foreign.arrived).toEqual([]);
    } finally {
      await foreign.stop();
    }
    expect(partner.arrived.slice(before).filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  it('goes back to what it was, as a new serial', async () => {
    const back = await api.post('/v1/agencies/so-y-te/rollback', { json: { reason: 'cơ quan nhận báo lỗi' } });
    expect(back.body).toMatchObject({ serial: 3, isChanged: true, document: 1 });
    expect(await inForceEverywhere((item) => 'kenh' in item)).toBeLessThanOrEqual(IN_FORCE_WITHIN_MS);
    expect((await serials()).history[0]).toMatchObject({
      author: 'lan',
      note: 'cơ quan nhận báo lỗi',
      rolledBackTo: 1,
    });
    expect((await api.post('/v1/agencies/so-y-te/rollback', { json: { reason: 'x', to: 99 } })).status).toBe(404);
    expect((await api.post('/v1/agencies/so-y-te/rollback', { json: {} })).body).toMatchObject({
      code: 'invalid-envelope',
      faults: [{ path: '/reason', rule: 'required' }],
    });
  }, 300_000);

  it('is paused with a reason, queues, and goes on', async () => {
    const paused = await api.post('/v1/agencies/so-y-te/pause', {
      json: { reason: 'bảo trì', until: '2199-01-01T00:00:00Z' },
    });
    expect(paused.body).toMatchObject({ paused: { reason: 'bảo trì', by: 'lan' } });
    const code = await enter();
    await eventually(async () => {
      const waits = await hub.rows(
        `select 1 from lanes l join aliases a using (stream_id) where a.code = $1 and l.agency_id = 'so-y-te' and l.wait = 'turn'`,
        [code],
      );
      expect(waits).toHaveLength(1);
    });
    expect((await serials()).paused).toMatchObject({ reason: 'bảo trì' });
    expect(arrived.has(code)).toBe(false);
    expect((await api.post('/v1/agencies/so-y-te/resume', { json: { reason: 'xong' } })).body).toMatchObject({
      resumed: true,
    });
    await itemOf(code);
  });

  it('is retired: nothing new is planned for it, its history stays, a rollback brings it back', async () => {
    await hub.atRest();
    const retired = await api.post('/v1/agencies/so-y-te/retire', { json: { reason: 'sáp nhập' } });
    expect(retired.body).toMatchObject({ serial: 4, left: { open: 0, parked: 0, examples: [] } });
    await eventually(async () => {
      const code = await enter();
      await hub.atRest();
      expect(arrived.has(code)).toBe(false);
    });
    expect((await serials()).history).toHaveLength(4);
    await api.post('/v1/agencies/so-y-te/rollback', { json: { reason: 'nhầm' } });
    await eventually(async () => {
      const code = await enter();
      await hub.atRest();
      expect(arrived.has(code)).toBe(true);
    });
  }, 300_000);

  it('answers everything else as a problem: too large, no YAML, no such route', async () => {
    expect((await api.post('/v1/agencies/apply', { yaml: `# ${'x'.repeat(1_100_000)}` })).body).toMatchObject({
      code: 'too-large',
    });
    expect((await api.post('/v1/agencies/apply', { yaml: 'id: [' })).body).toMatchObject({
      code: 'invalid-agency-file',
      faults: [{ rule: expect.stringMatching(/^yaml:/), line: 1 }],
    });
    expect((await api.post('/v1/agencies/apply', { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await api.get('/v1/agencies/none')).body).toMatchObject({ status: 404, code: 'unknown-agency' });
    expect((await api.get('/v1/none')).body).toMatchObject({ status: 404, code: 'not-found' });
    expect((await api.post('/v1/agencies/rehearse?days=0', { yaml: draft })).body).toMatchObject({
      code: 'invalid-envelope',
    });
    expect(hub.apps.get('console')!.lines.join('\n')).not.toContain('Mẫu Đơn');
  });
});
