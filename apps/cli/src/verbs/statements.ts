import { writeFile } from 'node:fs/promises';
import {
  listStatements,
  makeStatement,
  signOurs,
  statementBundle,
  type Database,
  type Made,
  type Signed,
  type StatementRow,
} from '#ledger';
import { grouped, localDay, statementPage } from '#wire';
import { agencyNamed } from '../operate/named.js';
import { ledgerSettings } from '../settings.js';
import { signerIn } from '../statement/pem-files.js';
import { hubFrom, keyFiles } from '../statement/statement-settings.js';
import { workbookOf } from '../statement/workbook-of.js';
import { columns } from '../terminal/columns.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { Misunderstood, say, textOf, Trouble, type Given, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const SHOWN = 100;
const ofDay = { agency: { type: 'string' }, day: { type: 'string' } } as const;

export const makeOne: Verb = {
  words: 'statement make',
  usage: '--agency AGENCY --day DAY [--without-comparison]',
  vi: 'Lập biên bản của một ngày đã khóa sổ, đúng một lần, và ký nếu trục có khóa. --without-comparison: lập dù sổ hai bên chưa được đối chiếu.',
  en: 'Makes the statement of a closed day, once, and signs it where the hub has a key. --without-comparison: although the books were not compared.',
  options: { ...ofDay, 'without-comparison': { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const at = await placeOf(db, given);
      const bar = new ProgressBar(terminal.stderr);
      const made = await makeStatement(
        db,
        { ...at, hub: hubFrom(terminal.env), withoutComparison: given.options['without-comparison'] === true },
        (streams) => bar.show(undefined, `${grouped(streams)} hồ sơ · cases`),
      ).finally(() => bar.end());
      if (made.outcome !== 'made' && made.outcome !== 'already') throw notMade(made);
      say(terminal.stdout, `✓ ${made.outcome === 'made' ? 'Đã lập · made' : 'Đã có từ trước · was made before'}: ${at.agency}, ${localDay(at.day)}, ${made.hash}`); // prettier-ignore
      const signer = await signerIn(keyFiles(terminal.env).privateKey);
      if (!signer)
        say(terminal.stderr, '! Trục chưa có khóa ký: lienthong statement key create · the hub has no key to sign with'); // prettier-ignore
      else tellSigned(await signOurs(db, at, signer), signer.keyId, terminal);
      return 0;
    });
  },
};

function notMade(made: Exclude<Made, { outcome: 'made' | 'already' }>): Trouble {
  switch (made.outcome) {
    case 'day-not-closed':
      return new Trouble('Ngày này chưa khóa sổ (lienthong day close)', 'this day is not closed');
    case 'no-contract':
      return new Trouble('Khi chốt ngày, cơ quan chưa có hợp đồng nào có hiệu lực', 'no contract of this agency was in force at the cut-off'); // prettier-ignore
    case 'not-compared':
      return new Trouble('Sổ hai bên của ngày này chưa được đối chiếu; muốn lập như vậy: --without-comparison', 'the books of this day were not compared; to make it all the same: --without-comparison'); // prettier-ignore
    case 'later-one-made':
      return new Trouble(`Đã có biên bản của ngày ${localDay(made.day)} sau đó: chuỗi không chèn được`, `there is one of a later day (${made.day}): nothing can be put into the chain`); // prettier-ignore
  }
}

export const listOfStatements: Verb = {
  words: 'statement ls',
  usage: '[--agency AGENCY] [--before DAY] [--json]',
  vi: 'Các biên bản, mới nhất trước: số lượt, chênh lệch, ai đã ký.',
  en: 'Statements, newest first: counts, discrepancies, who has signed.',
  options: { agency: { type: 'string' }, before: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const told = textOf(given, 'agency');
      const statements = await listStatements(db, {
        agency: told === undefined ? null : await agencyNamed(db, told),
        before: dayIn(textOf(given, 'before')) ?? null,
        limit: SHOWN,
      });
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ statements }, null, 2));
      else
        for (const line of columns([
          ['ngày', 'cơ quan', 'lập', 'chuyển tiếp', 'chênh lệch', 'đối chiếu', 'trục ký', 'cơ quan ký', 'mã băm'],
          ...statements.map(row),
        ]))
          // prettier-ignore
          say(terminal.stdout, line);
      return 0;
    });
  },
};

const row = (one: StatementRow): string[] => [
  localDay(one.day),
  one.agencyId,
  grouped(one.planned),
  grouped(one.carried),
  grouped(one.discrepancies),
  one.coverage,
  one.ours ? '✓' : '–',
  [one.theirs ? '✓' : '–', one.pdfs > 0 ? `PDF ×${one.pdfs}` : '', one.refused > 0 ? `✗ ×${one.refused}` : ''].filter(Boolean).join(' '), // prettier-ignore
  one.hash.slice(0, 16),
];

export const showStatement: Verb = {
  words: 'statement show',
  usage: '--agency AGENCY --day DAY [--as json|html|xlsx] [--out FILE]',
  vi: 'Một biên bản: tệp JSON để kiểm tra, trang HTML để in A4, hay bảng tính XLSX.',
  en: 'One statement: a JSON file to verify, an HTML page that prints on A4, or a workbook.',
  options: { ...ofDay, as: { type: 'string', default: 'json' }, out: { type: 'string' } },
  async run(given, terminal) {
    const as = textOf(given, 'as')!;
    const out = textOf(given, 'out');
    if (!['json', 'html', 'xlsx'].includes(as) || (as === 'xlsx' && out === undefined))
      throw new Misunderstood('--as json, html hay xlsx; xlsx cần --out', '--as json, html or xlsx; xlsx needs --out');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const at = await placeOf(db, given);
      const bundle = await statementBundle(db, at.agency, at.day);
      if (!bundle) throw noStatement();
      const content =
        as === 'xlsx'
          ? await workbookOf(at, terminal.env)
          : as === 'html'
            ? statementPage(bundle)
            : `${JSON.stringify(bundle, null, 2)}\n`;
      if (out === undefined) terminal.stdout.write(content);
      else {
        await writeFile(out, content);
        say(terminal.stderr, `✓ ${out}`);
      }
      return 0;
    });
  },
};

export const signOne: Verb = {
  words: 'statement sign',
  usage: '--agency AGENCY --day DAY',
  vi: 'Trục ký một biên bản chưa ký.',
  en: 'The hub signs a statement that it has not signed yet.',
  options: ofDay,
  async run(given, terminal) {
    const { privateKey } = keyFiles(terminal.env);
    const signer = await signerIn(privateKey);
    if (!signer) throw new Trouble(`Không có khóa ${privateKey}: lienthong statement key create`, `there is no key ${privateKey}`); // prettier-ignore
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) =>
      tellSigned(await signOurs(db, await placeOf(db, given), signer), signer.keyId, terminal),
    );
  },
};

function tellSigned(signed: Signed, keyId: string, { stdout, stderr }: Terminal): number {
  switch (signed.outcome) {
    case 'signed':
      say(stdout, `✓ Trục đã ký, khóa ${keyId} · signed`);
      return 0;
    case 'already':
      say(stdout, `✓ Trục đã ký từ trước, khóa ${keyId} · was signed before`);
      return 0;
    case 'key-not-named':
      say(stderr, `✗ Biên bản không nêu khóa ${keyId}; nêu: ${signed.named.join(', ') || '(không có)'} · the statement does not name this key`); // prettier-ignore
      return 1;
    case 'no-statement':
    case 'unknown-key':
    case 'wrong-signature':
      throw noStatement();
  }
}

export const noStatement = (): Trouble => new Trouble('Chưa có biên bản này', 'there is no such statement');

export async function placeOf(db: Database, given: Given): Promise<{ agency: string; day: string }> {
  const [agency, day] = [textOf(given, 'agency'), dayIn(textOf(given, 'day'))];
  if (agency === undefined || day === undefined)
    throw new Misunderstood('Cần --agency và --day', '--agency and --day are needed');
  return { agency: await agencyNamed(db, agency), day };
}

function dayIn(told: string | undefined): string | undefined {
  if (told === undefined) return undefined;
  const day = new Date(`${told}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(told) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(told))
    throw new Misunderstood(`"${told}" không phải ngày yyyy-MM-dd`, `"${told}" is no day yyyy-MM-dd`);
  return told;
}
