import { cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import exceljs from 'exceljs';
import { canonicalJson, newPrivateKey, signerOf, statementPage, textHash, type Statement, type StatementBundle } from '#wire'; // prettier-ignore
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { base64, fitted, signedBy } from '../testing/forged.js';
import { PDF, signDays, type SignedDays } from '../testing/signed-days.js';
import { typed, type Ran } from '../testing/terminal.js';

let world: LaneWorld;
let folder: string;
let signed: SignedDays;
const [FIRST, DAY, LAST] = ['2026-11-01', '2026-11-02', '2026-11-03'] as const;

beforeAll(async () => {
  world = await LaneWorld.begin();
  await world.clear();
  folder = mkdtempSync(join(tmpdir(), 'altered-'));
  signed = await signDays(world, folder);
});
afterAll(async () => {
  await world.end();
  rmSync(folder, { recursive: true });
});

/** As at whoever holds the file and the hub's published key: neither database nor network. */
const verify = (words: string, keys = `--keys ${signed.file('published.pem')}`): Promise<Ran> =>
  typed(`statement verify ${words} ${keys}`.trim(), { LIENTHONG_SECRETS_DIR: join(folder, 'none') });
const written = (content: string | Buffer, name = 'altered.json'): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const changed = (change: (bundle: StatementBundle) => unknown, day: string = DAY): string => {
  const bundle = signed.bundle(day);
  change(bundle);
  return JSON.stringify(bundle, null, 2);
};
const whole = (): string => signed.text(`${DAY}.json`);
const page = (): string => signed.text(`${DAY}.html`);
const swapped = <T>(list: T[]): T[] => [list[1]!, list[0]!, ...list.slice(2)];
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** What a checker does to the file, and what must be named: a line that begins so under the verdict. */
const alterations: [what: string, altered: () => string | Buffer, named: RegExp][] = [
  ['a number in the readable copy', () => changed(({ statement }) => statement.counts.acknowledged++), /✗ counts\.acknowledged: .*giá trị 1, ở đây ghi 2/], // prettier-ignore
  ['two numbers that still add up', () => changed(({ statement: { counts } }) => (counts.acknowledged++, counts.carried--)), /✗ counts\.acknowledged:[^]*✗ counts\.carried:/], // prettier-ignore
  ['the same in the signed bytes, made to fit', () => changed((bundle) => Object.assign(bundle, fitted(bundle, ({ counts }) => (counts.acknowledged++, counts.carried--)))), /(?=[^]*✗ counts\.acknowledged:)[^]*✗ counts\.carried:/], // prettier-ignore
  ['a name in another Unicode form', () => changed(({ statement: { parties } }) => (parties.theirs.name.vi = parties.theirs.name.vi.normalize('NFD'))), /✗ parties\.theirs\.name\.vi: cùng chữ/], // prettier-ignore
  ['a letter that looks the same', () => changed(({ statement: { parties } }) => (parties.ours.id = parties.ours.id.replace('o', 'о'))), /✗ parties\.ours\.id:/], // prettier-ignore
  ['1 as 1.0', () => whole().replace('"epoch": 1,', '"epoch": 1.0,'), /✗ epoch: viết khác/],
  ['1 as 1e0', () => whole().replace('"epoch": 1,', '"epoch": 1e0,'), /✗ epoch: viết khác/],
  ['0 as -0', () => whole().replace('"reopened": 0', '"reopened": -0'), /✗ counts\.reopened: viết khác/],
  ['a letter as an escape', () => whole().replace('"kind": "Statement"', '"kind": "\\u0053tatement"'), /✗ kind: viết khác/], // prettier-ignore
  ['a name as an escape', () => whole().replace('"carried"', '"c\\u0061rried"'), /✗ counts\.carried: viết khác/],
  ['a member twice, the first one false', () => whole().replace('"carried": 3', '"carried": 9, "carried": 3'), /✗ counts\.carried: có hai lần/], // prettier-ignore
  ['a member twice, the second one false', () => whole().replace('"carried": 3', '"carried": 3, "carried": 9'), /✗ counts\.carried: có hai lần/], // prettier-ignore
  [
    'a member of the file twice',
    () => whole().replace('\n  "hash":', '\n  "hash": "00", "hash":'),
    /✗ hash: có hai lần/,
  ],
  [
    'a member more',
    () => changed(({ statement }) => Object.assign(statement, { extra: 1 })),
    /✗ extra: không có khi ký/,
  ],
  ['a member more in the file', () => changed((bundle) => Object.assign(bundle, { extra: 1 })), /✗ extra: không thuộc/],
  ['a member less', () => changed(({ statement }) => delete (statement as Partial<Statement>).cutOff), /✗ cutOff: có khi ký, nay thiếu/], // prettier-ignore
  ['__proto__ in the copy', () => whole().replace('"statement": {', '"statement": {"__proto__": {"epoch": 1},'), /✗ __proto__/], // prettier-ignore
  ['__proto__ in the file', () => whole().replace('{', '{"__proto__": {"signatures": []},'), /✗ __proto__:/],
  ['constructor among the seals', () => whole().replace('"seals": {', '"seals": {"constructor": "AAAA",'), /✗ signatures\[0\]\.seals\["constructor"\]:/], // prettier-ignore
  ['__proto__ instead of a value', () => changed((bundle) => delete (bundle.statement.counts as Partial<Statement['counts']>).closed).replace('"counts": {', '"counts": {"__proto__": {"closed": 0},'), /✗ counts\.__proto__[^]*✗ counts\.closed/], // prettier-ignore
  ['two discrepancies exchanged', () => changed((bundle) => (bundle.discrepancies = swapped(bundle.discrepancies!))), /✗ discrepancies: đúng các dòng đã ký, nhưng thứ tự/], // prettier-ignore
  ['a discrepancy less', () => changed(({ discrepancies }) => discrepancies!.pop()), /✗ discrepancies:/],
  ['a discrepancy under another key', () => changed(({ discrepancies }) => (discrepancies![0]!.key = 'K9')), /✗ discrepancies:/], // prettier-ignore
  ['contracts in another order', () => changed((bundle) => Object.assign(bundle, fitted(bundle, (statement) => statement.contracts.push({ ...statement.contracts[0]!, serial: 9 })))), /✗ contracts\[1\]\.serial/], // prettier-ignore
  ['signatures exchanged', () => changed(({ signatures: [ours, theirs] }) => ([ours!.signature, theirs!.signature] = [theirs!.signature, ours!.signature])), /✗ signatures\[0\]: .*[^]*✗ signatures\[1\]:/], // prettier-ignore
  ['signatures of another day', () => changed((bundle) => (bundle.signatures = signed.bundle(FIRST).signatures)), /✗ signatures\[0\]:[^]*thuộc biên bản a\/2026-11-01/], // prettier-ignore
  ['another day in the signed bytes, signed as it was', () => changed((bundle) => Object.assign(bundle, fitted(bundle, (statement) => (statement.day = LAST)))), /✗ day: đã được ký với giá trị khác/], // prettier-ignore
  ['another epoch likewise', () => changed((bundle) => Object.assign(bundle, fitted(bundle, (statement) => statement.epoch++))), /✗ epoch: đã được ký với giá trị khác/], // prettier-ignore
  ['the key replaced under its id', () => changed(({ publicKeys }) => (publicKeys[0]!.spki = publicKeys[1]!.spki)), /✗ publicKeys\[0\]: không phải khóa/], // prettier-ignore
  ['the key replaced, the statement signed anew', () => JSON.stringify(signedBy(signed.bundle(DAY), signerOf(newPrivateKey())!)), /✗ signatures\[0\]\.keyId: khóa lạ/], // prettier-ignore
  ['signed by the agency as if by the hub', () => JSON.stringify(signedBy(signed.bundle(DAY), signed.office)), /✗ signatures\[0\]\.keyId: khóa lạ/], // prettier-ignore
  ['no signature of the hub’s', () => changed((bundle) => bundle.signatures.shift()), /✗ signatures: trục chưa ký/],
  ['a signature twice', () => changed(({ signatures }) => signatures.push(signatures[1]!)), /✗ signatures\[3\]: có hai lần/], // prettier-ignore
  ['the statement before cut off', () => changed((bundle) => delete bundle.previous), /✗ previous: .*bị bỏ đi/],
  ['another statement before', () => changed((bundle) => (bundle.previous = signed.bundle(LAST).signed)), /✗ previous: chuỗi đứt/], // prettier-ignore
  ['previous null, made to fit', () => changed((bundle) => Object.assign(bundle, fitted(bundle, (statement) => (statement.previous = null)))), /✗ previous\.(day|hash): có khi ký/], // prettier-ignore
  ['the PDF’s hash', () => changed(({ signatures }) => Object.assign(signatures[2]!, { file: textHash('another') })), /✗ signatures\[2\]: biên nhận/], // prettier-ignore
  ['cut off in the middle', () => whole().slice(0, 2_000), /✗ file: không phải JSON trọn vẹn/],
  ['cut off before the last brace', () => whole().trimEnd().slice(0, -1), /✗ file:/],
  ['nothing at all', () => '', /✗ file:/],
  ['nested beyond measure', () => whole().replace('"epoch": 1,', `"epoch": ${nested(100_000)},`), /✗ file:/],
  ['white space in the signed bytes', () => changed((bundle) => Object.assign(bundle, (({ statement }) => ({ signed: base64(JSON.stringify(statement, null, 1)), hash: textHash(JSON.stringify(statement, null, 1)) }))(bundle))), /✗ signed: không ở dạng chuẩn/], // prettier-ignore
  ['base64 in another form', () => changed((bundle) => (bundle.signed = `${bundle.signed.replace(/=+$/, '')}`)), /✗ (signed|hash)/], // prettier-ignore
];

describe('a statement that somebody altered', () => {
  it.each(alterations)('is refused, and the place is named: %s', async (_, altered, named) => {
    const content = altered();
    expect(content.toString()).not.toBe(whole());
    const ran = await verify(written(content));
    expect([ran.code, ran.out]).toEqual([1, expect.stringMatching(named)]);
  });

  it.each<[string, () => string | Buffer]>([
    ['as the hub gives it', whole],
    ['in one line', () => JSON.stringify(JSON.parse(whole()))],
    ['indented otherwise, members sorted', () => canonicalJson(JSON.parse(whole()))],
    ['with Windows’ line ends', () => whole().replaceAll('\n', '\r\n')],
    ['with Windows’ mark before it', () => `\uFEFF${whole()}`],
    ['with lines after it', () => `${whole()}\n\n`],
  ])('is not what only its white space makes of it: %s', async (_, same) => {
    expect(await verify(written(same()))).toMatchObject({ code: 0, err: '' });
  });

  it('is refused in every other byte, but for white space', async () => {
    const bytes = Buffer.from(whole());
    const blank = (byte: number): boolean => ' \n\r\t'.includes(String.fromCharCode(byte));
    // Every 89th, so that the run takes seconds.
    for (let i = 7; i < bytes.length; i += 89) {
      const altered = Buffer.from(bytes);
      altered[i] = bytes[i]! ^ 1;
      if (blank(altered[i]!) && blank(bytes[i]!)) continue;
      const ran = await verify(written(altered));
      expect([i, ran.code, /✗ \S+/.test(ran.out + ran.err)]).toEqual([i, 1, true]);
    }
  });

  it('is refused with every value removed, made null, or of another kind', async () => {
    const places = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
      value !== null && typeof value === 'object'
        ? Object.entries(value).flatMap(([name, member]) => {
            const at = [...path, Array.isArray(value) ? Number(name) : name];
            return [at, ...places(member, at)];
          })
        : [];
    for (const [i, path] of places(signed.bundle(DAY)).entries())
      for (const by of [undefined, [null, { '0': 0 }, [7]][i % 3]]) {
        const bundle = signed.bundle(DAY);
        const holder = path.slice(0, -1).reduce<Record<string | number, unknown>>((at, name) => at[name] as never, bundle as never); // prettier-ignore
        const name = path.at(-1)!;
        if (holder[name] === by) continue;
        if (by === undefined) {
          // The agency's signatures and a proof may not have been there yet.
          if (path[0] === 'signatures' && path.length === 2 && name !== 0) continue;
          if (Array.isArray(holder)) holder.splice(name as number, 1);
          else delete holder[name];
        } else holder[name] = by;
        const { code, out } = await verify(`${written(JSON.stringify(bundle))} --json`);
        const named = (JSON.parse(out) as { findings: { path: string }[] }).findings.map((one) => one.path);
        const part = path[0] === 'statement' ? path[1] : path[0];
        const isNamed = named.some((one) => part === undefined || one.startsWith(String(part)) || one === 'file');
        expect([path, by, code, named, isNamed]).toEqual([path, by, 1, named, true]);
      }
  });
});

describe('a page, or another file', () => {
  it('is refused in any line, whatever it carries; but not for its line ends', async () => {
    const lines = page().split('\n');
    for (const [i, line] of lines.entries()) {
      if (!/>[^<]*[0-9a-zà-ỹ][^<]*</i.test(line)) continue;
      const altered = line.replace(/>([^<]*)([0-9a-zà-ỹ])([^<]*)</i, (_, a: string, b: string, c: string) => `>${a}${b === 'x' ? 'y' : 'x'}${c}<`); // prettier-ignore
      const ran = await verify(written(lines.with(i, altered).join('\n'), 'altered.html'));
      expect([line, ran.code, /✗ \S+:/.test(ran.out)]).toEqual([line, 1, true]);
    }
    for (const saved of [page().replaceAll('\n', '\r\n'), `\uFEFF${page()}`])
      expect(await verify(written(saved, 'saved.html'))).toMatchObject({ code: 0 });
  });

  it('is refused where the page is of another statement than it carries', async () => {
    const bundle = signed.bundle(DAY);
    const other = { ...bundle, statement: { ...bundle.statement, counts: signed.bundle(LAST).statement.counts } };
    const carried = page().split('\n').find((line) => line.includes('id="statement-bundle"'))!; // prettier-ignore
    const forged = statementPage(other).split('\n').map((line) => (line.includes('id="statement-bundle"') ? carried : line)); // prettier-ignore
    const ran = await verify(written(forged.join('\n'), 'altered.html'));
    expect([ran.code, ran.out]).toEqual([1, expect.stringMatching(/✗ counts\.acknowledged: dòng \d+/)]);
  });

  it('is a workbook, a PDF, something else or too much: told apart', async () => {
    const book = new exceljs.Workbook();
    book.addWorksheet('x').addRow([1]);
    await book.xlsx.writeFile(join(folder, 'x.xlsx'));
    expect(await verify(join(folder, 'x.xlsx'))).toMatchObject({ code: 1, err: expect.stringContaining('workbook') });
    expect(await verify(written(PDF, 'x.pdf'))).toMatchObject({ code: 1, err: expect.stringContaining('--pdf') });
    const latin = Buffer.concat([Buffer.from(whole()), Buffer.from([0xe9])]);
    expect(await verify(written(latin))).toMatchObject({ code: 1, err: expect.stringContaining('not UTF-8') });
    truncateSync(written('', 'huge.json'), 1024 ** 3);
    expect(await verify(join(folder, 'huge.json'))).toMatchObject({ code: 1, err: expect.stringContaining('64 MB') });
    rmSync(join(folder, 'huge.json'));
  });

  it('is the PDF that was handed in, or not', async () => {
    const of = (pdf: string): Promise<Ran> => verify(`${signed.file(`${DAY}.json`)} --pdf ${pdf}`);
    expect((await of(signed.file('signed.pdf'))).code).toBe(0);
    expect(await of(written(Buffer.concat([PDF, Buffer.from(' ')]), 'x.pdf'))).toMatchObject({ code: 1, out: expect.stringContaining('✗ pdf:') }); // prettier-ignore
  });
});

describe('what a file alone can’t tell', () => {
  it('is whom to trust: whole, and 3, until a key is given', async () => {
    const forged = written(JSON.stringify(signedBy(signed.bundle(DAY), signerOf(newPrivateKey())!)));
    for (const file of [forged, signed.file(`${DAY}.json`), signed.file(`${DAY}.html`)]) {
      const ran = await verify(file, '');
      expect([ran.code, ran.out]).toEqual([3, expect.stringMatching(/^\? .*nobody you trust signed it: give .* --keys FILE/)]); // prettier-ignore
    }
    const asked = await verify(`${signed.file(`${DAY}.json`)} --json`, '');
    expect(JSON.parse(asked.out)).toMatchObject({ whole: true, trusted: false });
    expect((await verify(written(changed(({ statement }) => statement.epoch++)), '')).code).toBe(1);
  });

  it('is whether the agency had signed: said with its name, and refused where it must have', async () => {
    const unsigned = written(changed((bundle) => (bundle.signatures = bundle.signatures.slice(0, 1))));
    const said = `not (any more) signed by Department of Justice (a), key ${signed.office.keyId}`;
    expect(await verify(unsigned)).toMatchObject({ code: 0, out: expect.stringMatching(/^ {2}! signatures: /m) });
    expect((await verify(unsigned)).out).toContain(said);
    const both = await verify(`${unsigned} --both`);
    expect([both.code, both.out.split(said).length]).toEqual([1, 2]);
    expect((await verify(`${signed.file(`${DAY}.json`)} --both`)).code).toBe(0);
  });

  it('is whether there was a proof: refused where it must be there, and of that case', async () => {
    const [proved, other] = signed.cases;
    expect((await verify(`${signed.file('proof.json')} --case ${proved}`)).code).toBe(0);
    for (const words of [
      `${signed.file('proof.json')} --case ${other}`,
      `${signed.file(`${DAY}.json`)} --case ${proved}`,
    ])
      // prettier-ignore
      expect(await verify(words)).toMatchObject({ code: 1, out: expect.stringContaining('✗ proof:') });
  });

  it('is that it was renamed: its own day is said, and another one refused where one is named', async () => {
    const renamed = written(signed.text(`${FIRST}.json`), `a-${DAY}.json`);
    expect((await verify(renamed)).out).toMatch(/✓ a, 01\/11\/2026[^]*! file: .*its name says 2026-11-02, the statement is of 2026-11-01/); // prettier-ignore
    expect(await verify(`${renamed} --agency a --day ${DAY}`)).toMatchObject({ code: 1, out: expect.stringContaining('✗ day: ') }); // prettier-ignore
    expect(await verify(`${renamed} --agency b`)).toMatchObject({ code: 1, out: expect.stringContaining('✗ parties.theirs.id: ') }); // prettier-ignore
  });
});

describe('a folder of days', () => {
  const days = (name: string): { file: (name: string) => string; verify: (keys?: string) => Promise<Ran> } => {
    const at = join(folder, name);
    mkdirSync(at);
    for (const day of [FIRST, DAY, LAST]) cpSync(signed.file(`${day}.json`), join(at, `${day}.json`));
    return { file: (one) => join(at, one), verify: (keys) => verify(at, keys) };
  };

  it('is a chain, with pages and PDFs beside', async () => {
    const whole = days('whole');
    cpSync(signed.file(`${DAY}.html`), whole.file(`${DAY}.html`));
    cpSync(signed.file('signed.pdf'), whole.file('signed.pdf'));
    expect(await whole.verify()).toMatchObject({ code: 0, out: expect.not.stringMatching(/[✗?]/) });
    expect((await whole.verify('')).code).toBe(3);
    writeFileSync(whole.file('signed.pdf'), 'another');
    expect(await whole.verify()).toMatchObject({ code: 1, out: expect.stringContaining('✗ signed.pdf') });
  });

  it('names the day that is missing between two, and says where it begins', async () => {
    const gap = days('gap');
    rmSync(gap.file(`${DAY}.json`));
    expect(await gap.verify()).toMatchObject({ code: 1, out: expect.stringContaining(`the statement of ${DAY} is missing in this folder`) }); // prettier-ignore
    rmSync(gap.file(`${FIRST}.json`));
    expect(await gap.verify()).toMatchObject({ code: 0, out: expect.stringContaining('chain begins here') });
  });

  it('names a day that is there twice with different contents, and whom the next one names', async () => {
    const fork = days('fork');
    const other = fitted(signed.bundle(DAY), ({ counts }) => (counts.acknowledged++, counts.carried--));
    writeFileSync(fork.file('other.json'), JSON.stringify(signedBy(other, signed.hub)));
    expect(await fork.verify()).toMatchObject({ code: 1, out: expect.stringMatching(/✗ day: 2026-11-02\.json là biên bản khác/) }); // prettier-ignore
    rmSync(fork.file(`${DAY}.json`));
    expect(await fork.verify()).toMatchObject({ code: 1, out: expect.stringMatching(/✗ previous: chuỗi đứt/) });
  });

  it('names a file in it that was altered, or is none, and goes on', async () => {
    const damaged = days('damaged');
    writeFileSync(
      damaged.file(`${DAY}.json`),
      changed(({ statement }) => statement.counts.carried++),
    );
    writeFileSync(damaged.file('torn.json'), Buffer.from([0xff, 0xfe]));
    const { code, out } = await damaged.verify();
    expect([code, out.match(/^[✓✗?] [^: ]+/gm)]).toEqual([1, [`✓ ${FIRST}.json`, `✗ ${DAY}.json`, `✓ ${LAST}.json`, '✗ torn.json']]); // prettier-ignore
    mkdirSync(join(folder, 'empty'));
    expect((await verify(join(folder, 'empty'))).code).toBe(1);
    expect((await verify(`${join(folder, 'whole')} --day ${DAY}`)).code).toBe(2);
  });
});
