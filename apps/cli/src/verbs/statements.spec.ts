import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyAgency, signOurs } from '#ledger';
import { newPrivateKey, signerOf, type StatementBundle } from '#wire';
import { closesDay } from '../../../../libs/ledger/src/testing/closed-day.js';
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { pemOf } from '../statement/pem-files.js';
import { typed, type Ran } from '../testing/terminal.js';

let world: LaneWorld;
let folder: string;
const at = (name: string): string => join(folder, name);
const lienthong = (words: string, more: Record<string, string> = {}): Promise<Ran> =>
  typed(words, { DATABASE_URL: world.url, LIENTHONG_SECRETS_DIR: at('secrets'), LIENTHONG_AUTHOR: 'an', ...more });
/** As at a stranger's: neither database nor keys. */
const stranger = (words: string): Promise<Ran> => typed(words, { LIENTHONG_SECRETS_DIR: at('none') });
const ofFirst = '--agency a --day 2026-11-01';

beforeAll(async () => {
  world = await LaneWorld.begin();
  await world.clear();
  folder = mkdtempSync(join(tmpdir(), 'statement-verbs-'));
  await world.db.pool.query(`truncate ledger_days cascade; insert into ledger_days (day) values ('2026-11-01')`);
  await applyAgency(world.db, {
    apiVersion: 'lienthong/v1',
    kind: 'Agency',
    id: 'a',
    name: { vi: 'Sở </script><script>alert(1)</script>', en: 'Office & "co"' },
    versions: [
      {
        validFrom: '2018-01-01',
        owner: 'G15',
        protocol: 'http-json',
        receives: [],
        sends: [],
        limits: { inFlight: 1, timeout: '1s' },
        retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
        replies: [],
        onDuplicate: 'refuse',
      },
    ],
  });
  await world.caseOf(['full']);
  await world.caseOf(['full', 'delta']);
  await world.db.pool.query(
    `insert into discrepancies (agency_id, type, key, detail, side, first_comparison, last_comparison, seen)
     values ('a', 'missing-there', '<b>K1', '{}', 'ours', 1, 1, 2)`,
  );
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true });
});

describe('lienthong statement', () => {
  it('has a key made that only its owner reads, and that is never shown', async () => {
    const made = await lienthong('statement key create');
    const file = at('secrets/statement-key.pem');
    expect([made.code, statSync(file).mode & 0o777]).toEqual([0, 0o600]);
    const secret = readFileSync(file, 'utf8');
    expect(secret).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(made.out + made.err).not.toContain(secret.split('\n')[1]);
    expect((await lienthong('statement key create')).out).toContain('was registered before');
    expect(readFileSync(file, 'utf8')).toBe(secret);
    const theirs = signerOf(newPrivateKey())!;
    writeFileSync(at('theirs.pem'), pemOf(theirs.spki));
    expect((await lienthong(`statement key add --agency a ${at('theirs.pem')}`)).code).toBe(0);
    expect((await lienthong(`statement key add --agency a ${file}`)).err).toContain('is a private key');
    writeFileSync(at('published.pem'), (await lienthong('statement key ls --pem')).out);
  });

  it('is made of a closed day only, once, and signed', async () => {
    expect((await lienthong(`statement make ${ofFirst}`)).err).toContain('this day is not closed');
    await closesDay(world.db, '2026-11-01', '2026-11-02', 'a', [0, 3, 0, 3]);
    expect((await lienthong(`statement make ${ofFirst}`)).err).toContain('--without-comparison');
    const made = await lienthong(`statement make ${ofFirst} --without-comparison`);
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/Đã lập[^]*Trục đã ký/)]);
    expect((await lienthong(`statement make ${ofFirst}`)).out).toMatch(/was made before[^]*signed before/);
    expect((await lienthong('statement make --agency a --day 2026-02-30')).code).toBe(2);
    expect((await lienthong('statement ls')).out).toMatch(/01\/11\/2026 +a +3 +3 +1 +none +✓ +– /);
  });

  it('is shown and verified anywhere, as a file and as a page', async () => {
    await lienthong(`statement show ${ofFirst} --out ${at('s.json')}`);
    await lienthong(`statement show ${ofFirst} --as html --out ${at('s.html')}`);
    for (const name of ['s.json', 's.html']) {
      const verified = await stranger(`statement verify ${at(name)} --keys ${at('published.pem')}`);
      expect([name, verified.code, verified.out]).toEqual([name, 0, expect.stringContaining('✓ a, 01/11/2026: nguyên vẹn')]); // prettier-ignore
    }
    expect((await stranger(`statement verify ${at('s.json')}`)).out).toContain('comes from this very file');
    expect((await stranger(`statement verify ${at('s.json')} --keys ${at('theirs.pem')}`)).out).toContain(
      'unknown key',
    );
    const page = readFileSync(at('s.html'), 'utf8');
    expect(page).not.toMatch(/<script>|<b>K1|src=|href=/);
  });

  it('names what was altered, in the file and on the page', async () => {
    const text = readFileSync(at('s.json'), 'utf8');
    const bundle = JSON.parse(text) as StatementBundle;
    bundle.statement.counts.carried = 2;
    writeFileSync(at('altered.json'), JSON.stringify(bundle));
    const file = await stranger(`statement verify ${at('altered.json')}`);
    expect([file.code, file.out]).toEqual([1, expect.stringContaining('✗ counts.carried: đã được ký với giá trị 3, ở đây ghi 2 · was signed with another value')]); // prettier-ignore
    writeFileSync(at('cut.json'), text.slice(0, -20));
    expect((await stranger(`statement verify ${at('cut.json')}`)).out).toContain('✗ file:');
    const page = readFileSync(at('s.html'), 'utf8');
    const line = page.split('\n').find((one) => one.includes('data-path="counts.carried"'))!;
    writeFileSync(at('altered.html'), page.replace(line, line.replace('>3<', '>2<')));
    const altered = await stranger(`statement verify ${at('altered.html')}`);
    expect([altered.code, altered.out]).toEqual([1, expect.stringMatching(/✗ counts\.carried: dòng \d+/)]);
    writeFileSync(at('cut.html'), page.slice(0, page.indexOf('ĐẠI DIỆN')));
    expect((await stranger(`statement verify ${at('cut.html')}`)).code).toBe(1);
    expect((await stranger(`statement verify ${at('nowhere.json')}`)).code).toBe(1);
  });

  it('proves a case’s chain, and no other', async () => {
    const { rows } = await world.db.pool.query<{ code: string }>(`select code from aliases order by code`);
    const code = rows[0]!.code;
    expect((await lienthong(`statement proof ${ofFirst} --case ${code} --out ${at('p.json')}`)).code).toBe(0);
    expect((await stranger(`statement verify ${at('p.json')} --keys ${at('published.pem')}`)).code).toBe(0);
    const bundle = JSON.parse(readFileSync(at('p.json'), 'utf8')) as StatementBundle;
    writeFileSync(at('p2.json'), JSON.stringify({ ...bundle, proof: { ...bundle.proof!, code: rows[1]!.code } }));
    expect((await stranger(`statement verify ${at('p2.json')}`)).out).toContain('✗ proof:');
    expect((await lienthong(`statement proof ${ofFirst} --case nobody`)).err).toContain('had no delivery');
  });

  it('goes on with a new key; what the old one signed stays good', async () => {
    const old = signerOf(readFileSync(at('secrets/statement-key.pem'), 'utf8'))!;
    expect((await lienthong('statement key create --replace')).code).toBe(0);
    await closesDay(world.db, '2026-11-02', '2026-11-03', 'a', [3, 0, 0, 3]);
    expect((await lienthong('statement make --agency a --day 2026-11-02 --without-comparison')).out).toContain(
      'signed',
    );
    expect(await signOurs(world.db, { agency: 'a', day: '2026-11-02' }, old)).toMatchObject({
      outcome: 'key-not-named',
    });
    await lienthong(`statement show --agency a --day 2026-11-02 --out ${at('second.json')}`);
    for (const name of ['s.json', 'second.json'])
      expect((await lienthong(`statement verify ${at(name)}`)).code).toBe(0);
    const keys = `--keys ${at('secrets/statement-public-keys.pem')}`;
    expect((await stranger(`statement verify ${at('second.json')} --previous ${at('s.json')} ${keys}`)).code).toBe(0);
    const other = await stranger(`statement verify ${at('s.json')} --previous ${at('second.json')} ${keys}`);
    expect([other.code, other.out]).toEqual([1, expect.stringContaining('✗ previous:')]);
    expect((await lienthong(`statement sign ${ofFirst}`)).err).toContain('does not name this key');
  });
});
