import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { agencyOfKey, Database, readAgencies, readCalendar, operatorOfKey } from '#ledger';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { typed } from '../testing/terminal.js';

const agencyFile = (id: string, more = ''): string => `apiVersion: lienthong/v1
kind: Agency
id: ${id}
name: { vi: Cơ quan ${id}, en: Agency ${id} }
versions:
  - validFrom: 2018-01-01
    owner: H53
    protocol: one-stop
    endpoint: { baseUrl: 'http://127.0.0.1:1', login: { kind: bearer, secret: ${id.toUpperCase()}_KEY } }
    receives: [{ procedures: ['*'], events: [case.received] }]
    sends: []
    limits: { inFlight: 1, timeout: 1s }
    retry: { first: 1s, factor: 2, atMost: 1m, giveUpAfter: 1h }
    onDuplicate: refuse
    replies: [{ when: { status: 200 }, means: accepted }]
${more}`;

let fresh: FreshDatabase;
let db: Database;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', { info: () => {}, warn: () => {}, error: () => {} });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lienthong-cli-'));
  mkdirSync(join(folder, 'agencies'));
  // Nobody listens at port 1: what needs no Kafka must be done without it.
  env = {
    DATABASE_URL: fresh.url,
    KAFKA_BROKERS: '127.0.0.1:1',
    LIENTHONG_SECRETS_DIR: join(folder, 'secrets'),
    LIENTHONG_AUTHOR: 'lan',
  };
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await db.pool.query('truncate agencies, contracts, credentials');
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const put = (name: string, text: string): void => writeFileSync(join(folder, 'agencies', name), text);
const setUp = () => typed(`setup --agencies ${join(folder, 'agencies')}`, env);
const secret = (name: string): string => readFileSync(join(folder, 'secrets', name), 'utf8').trim();
const known = async (): Promise<string[]> => (await readAgencies(db)).map(({ id }) => id);

const ofTheHub = ['operator_cli.key', 'statement-key.pem', 'statement-public-keys.pem'];

describe('setup', () => {
  it('applies the agencies and makes keys and secrets that only their owner reads; Kafka away, it says so', async () => {
    put('a.yaml', agencyFile('a'));
    put('b.yml', agencyFile('b'));
    put('notes.txt', 'not an agency');
    const { code, out, err } = await setUp();
    expect(code).toBe(1);
    expect(err).toContain('Không liên lạc được với Kafka');
    expect(out).toContain('a, b');
    expect(await known()).toEqual(['a', 'b']);
    expect(readdirSync(join(folder, 'secrets')).sort()).toEqual(['A_KEY', 'B_KEY', 'a.key', 'b.key', ...ofTheHub]);
    for (const name of readdirSync(join(folder, 'secrets')))
      expect(statSync(join(folder, 'secrets', name)).mode & 0o777).toBe(0o600);
    expect(await agencyOfKey(db, secret('a.key'))).toBe('a');
    expect(await agencyOfKey(db, secret('b.key'))).toBe('b');
    expect(await operatorOfKey(db, secret('operator_cli.key'))).toBe('lan');
    expect(out + err).not.toContain(secret('a.key'));
    expect(out + err).not.toContain(secret('A_KEY'));
  });

  it('makes secrets that sign webhooks in the form of their standard, one for each name', async () => {
    const bearer = '{ kind: bearer, secret: A_KEY }';
    const text = agencyFile('a')
      .replace('one-stop', 'webhook')
      .replace(bearer, '{ kind: webhook, secrets: [NEW, OLD] }');
    put('a.yaml', text);
    await setUp();
    expect(readdirSync(join(folder, 'secrets')).sort()).toEqual(['NEW', 'OLD', 'a.key', ...ofTheHub]);
    for (const name of ['NEW', 'OLD']) expect(secret(name)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(secret('NEW')).not.toBe(secret('OLD'));
  });

  it('changes nothing the second time', async () => {
    put('a.yaml', agencyFile('a'));
    await setUp();
    const before = [
      secret('a.key'),
      secret('A_KEY'),
      (await db.pool.query('select * from credentials, contracts')).rows,
    ];
    const { out } = await setUp();
    expect(out).toContain('0 mới');
    expect([
      secret('a.key'),
      secret('A_KEY'),
      (await db.pool.query('select * from credentials, contracts')).rows,
    ]).toEqual(before);
  });

  it('begins with the calendar that comes with it, and leaves one that is in force', async () => {
    put('a.yaml', agencyFile('a'));
    await db.pool.query('truncate calendar_history cascade');
    expect((await setUp()).out).toContain('✓ Lịch làm việc');
    expect((await readCalendar(db.pool))!.document.days.some(({ day }) => day === '2026-11-24')).toBe(true);
    const own = join(folder, 'own.yaml');
    writeFileSync(own, 'apiVersion: lienthong/v1\nkind: CalendarDays\nof: vn\ndays:\n  - { day: 2027-12-31, works: false, name: x, source: own, knownFrom: 2027-12-01 }\n'); // prettier-ignore
    expect(await typed(`calendar apply ${own} --note x --restate`, env)).toMatchObject({ code: 0 });
    expect((await setUp()).out).not.toContain('Lịch làm việc');
    expect((await readCalendar(db.pool))!.serial).toBe(2);
  });

  it('takes a secret that somebody put there, and a key of an earlier set-up into a new database', async () => {
    put('a.yaml', agencyFile('a'));
    await setUp();
    const key = secret('a.key');
    writeFileSync(join(folder, 'secrets', 'A_KEY'), 'the real one\n');
    await db.pool.query('truncate agencies, contracts, credentials');
    await setUp();
    expect(secret('A_KEY')).toBe('the real one');
    expect(secret('a.key')).toBe(key);
    expect(await agencyOfKey(db, key)).toBe('a');
  });

  it.each([
    ['a file that is no YAML', 'a: [', 'yaml:'],
    ['a member that nobody reads', agencyFile('b', '    shoeSize: 44\n'), 'b.yaml:16:5: /versions/0/shoeSize'],
    [
      'a setting that its protocol does not know',
      agencyFile('b', '    settings: { colour: red }\n'),
      'b.yaml:16:17: /versions/0/settings/colour',
    ],
    ['the same agency twice', agencyFile('a'), 'có hai tệp'],
  ])('applies no file where one is wrong: %s', async (_what, text, says) => {
    put('a.yaml', agencyFile('a'));
    put('b.yaml', text);
    const { code, err } = await setUp();
    expect(code).toBe(1);
    expect(err).toContain(says);
    expect(await known()).toEqual([]);
    expect(readdirSync(folder)).toEqual(['agencies']);
  });

  it('says where PostgreSQL can’t be reached', async () => {
    put('a.yaml', agencyFile('a'));
    env.DATABASE_URL = 'postgres://postgres@127.0.0.1:1/none';
    const { code, err } = await setUp();
    expect([code, err]).toEqual([1, expect.stringContaining('PostgreSQL (ECONNREFUSED)')]);
  });
});

describe('the verbs of an operator', () => {
  it('give an agency a key that works, and no other agency', async () => {
    put('a.yaml', agencyFile('a'));
    await setUp();
    const { code, out } = await typed('key create a', env);
    expect(code).toBe(0);
    expect(await agencyOfKey(db, out.trim())).toBe('a');
    expect(await typed('key create x', env)).toMatchObject({ code: 1, out: '' });
  });

  it('retry what is parked at one agency, or one case of it', async () => {
    put('a.yaml', agencyFile('a'));
    await setUp();
    await db.pool.query(`insert into aliases values ('case', 'C-1', 1), ('case', 'C-2', 2);
      insert into streams select i, 'case', 's', 'p', '2021-01-01', null, 2, 1, '\\x00' from generate_series(1, 2) i;
      insert into lanes (agency_id, stream_id, last, deadline, wait) select 'a', i, 1, now(), 'person' from generate_series(1, 2) i;
      insert into deliveries (agency_id, stream_id, sequence, event_id, state) select 'a', i, 1, gen_random_uuid(), 'parked' from generate_series(1, 2) i`);
    const waits = async (): Promise<unknown[]> =>
      (await db.pool.query<{ wait: string }>('select wait from lanes order by stream_id')).rows.map((row) => row.wait);
    expect(await typed('retry a C-9', env)).toMatchObject({ code: 1 });
    expect(await typed('retry b', env)).toMatchObject({ code: 1 });
    expect(await waits()).toEqual(['person', 'person']);
    expect(await typed('retry a C-2', env)).toMatchObject({ code: 0, out: expect.stringMatching(/^1 /) });
    expect(await waits()).toEqual(['person', 'turn']);
    expect(await typed('retry a', env)).toMatchObject({ code: 0, out: expect.stringMatching(/^1 /) });
    expect(await waits()).toEqual(['turn', 'turn']);
  });

  it('find with doctor what is missing, each thing by itself', async () => {
    put('a.yaml', agencyFile('a', '').replace('sends: []', 'sends: [case.received]'));
    await setUp();
    rmSync(join(folder, 'secrets', 'A_KEY'));
    await db.pool.query('truncate credentials');
    const nowhere = {
      REDIS_URL: 'redis://127.0.0.1:1',
      ...Object.fromEntries(
        ['INTAKE', 'DELIVERY', 'RECONCILIATION', 'CONSOLE', 'SANDBOX'].map((name) => [`LIENTHONG_${name}_PORT`, '1']),
      ),
    };
    const { code, out } = await typed('doctor --json', { ...env, ...nowhere });
    const { ok, findings } = JSON.parse(out) as {
      ok: boolean;
      findings: { name: string; state: string; vi: string }[];
    };
    expect([code, ok]).toEqual([1, false]);
    const states = (name: string): string[] =>
      findings.filter((finding) => finding.name === name).map(({ state }) => state);
    expect(states('PostgreSQL')).toEqual(['well']);
    expect(states('sổ cái')).toEqual(['well']);
    for (const name of ['Redis', 'Kafka', 'intake', 'delivery', 'reconciliation', 'console'])
      expect([name, states(name)]).toEqual([name, ['missing']]);
    expect(states('sandbox')).toEqual(['warning']);
    expect(findings.filter(({ name }) => name === 'a').map(({ vi }) => vi)).toEqual([
      expect.stringContaining('chưa có khóa'),
      expect.stringContaining('A_KEY'),
    ]);
  });
});
