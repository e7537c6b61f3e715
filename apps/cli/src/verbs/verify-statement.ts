import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { localDay } from '#wire';
import type { Beside, Checked } from '../statement/check-bundle.js';
import type { CheckedFile } from '../statement/check-chain.js';
import { finding, type Finding } from '../statement/finding.js';
import { publicKeysIn } from '../statement/pem-files.js';
import { checkFile, checkFolder, hashOf, isFolder, signedIn } from '../statement/statement-files.js';
import { keyFiles } from '../statement/statement-settings.js';
import { printable } from '../terminal/columns.js';
import { Misunderstood, say, textOf, type Given, type Terminal, type Verb } from '../verb.js';

/** Whole, but a stranger could have made and signed it: whoever verifies trusts no key yet. */
const NOT_VOUCHED = 3;

export const verifyStatement: Verb = {
  words: 'statement verify',
  usage: 'FILE|DIR [--keys FILE|DIR] [--agency AGENCY] [--day DAY] [--both] [--case CODE] [--previous FILE] [--pdf FILE] [--json]', // prettier-ignore
  vi: 'Kiểm tra một biên bản (JSON, hay trang HTML), hay cả thư mục các ngày như một chuỗi, không cần cơ sở dữ liệu hay mạng; nêu tên phần bị sửa. --keys: khóa công khai của trục, lấy từ nơi khác; thiếu thì mã thoát 3. --agency, --day, --both (hai bên đã ký), --case (có chứng minh): điều phải thấy trong tệp.',
  en: 'Verifies a statement (JSON, or the HTML page), or a folder of days as a chain, offline, and names what was altered. --keys: the hub’s public keys, had from elsewhere; without any it ends with 3. --agency, --day, --both (both signed), --case (proved): what the file must be.',
  options: {
    keys: { type: 'string' },
    agency: { type: 'string' },
    day: { type: 'string' },
    both: { type: 'boolean' },
    case: { type: 'string' },
    previous: { type: 'string' },
    pdf: { type: 'string' },
    json: { type: 'boolean' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const path = given.operands[0]!;
    const beside = await whatIsBeside(given, terminal);
    const folder = await isFolder(path);
    if (folder && ['day', 'case', 'previous', 'pdf'].some((option) => given.options[option] !== undefined))
      throw new Misunderstood('--day, --case, --previous, --pdf chỉ cho một tệp', '--day, --case, --previous and --pdf are for a single file'); // prettier-ignore
    const checked = folder ? await checkFolder(path, beside) : [{ file: path, ...(await checkFile(path, beside)) }];
    const files = checked.map((one) => ({ ...one, notes: [...one.notes, ...renamed(one)] }));
    if (given.options.json === true)
      say(terminal.stdout, JSON.stringify(folder ? asFolder(files) : asJson(files[0]!), null, 2));
    else for (const file of files) for (const line of inWords(file, folder)) say(terminal.stdout, line);
    return codeOf(files);
  },
};

const codeOf = (files: readonly Checked[]): number =>
  files.some(({ findings }) => findings.length > 0) ? 1 : files.every(({ vouched }) => vouched) ? 0 : NOT_VOUCHED;

async function whatIsBeside(given: Given, { env }: Terminal): Promise<Beside> {
  const [keys, previous, pdf] = [textOf(given, 'keys'), textOf(given, 'previous'), textOf(given, 'pdf')];
  const [agency, day, proved] = [textOf(given, 'agency'), textOf(given, 'day'), textOf(given, 'case')];
  // On the hub's own machine its keys are at hand.
  const { publicKeys } = keyFiles(env);
  const own = await access(publicKeys).then(() => publicKeys, () => undefined); // prettier-ignore
  const path = keys ?? own;
  return {
    trusted: path === undefined ? new Map() : await publicKeysIn(path),
    ...(previous === undefined ? {} : { previous: await signedIn(previous) }),
    ...(pdf === undefined ? {} : { pdf: await hashOf(pdf) }),
    expected: {
      both: given.options.both === true,
      ...(agency === undefined ? {} : { agency }),
      ...(day === undefined ? {} : { day }),
      ...(proved === undefined ? {} : { case: proved }),
    },
  };
}

/** A file's name isn't signed: one that was renamed to another day is that other day's only by its name. */
function renamed({ file, statement }: CheckedFile): Finding[] {
  const days = basename(file).match(/\d{4}-\d\d-\d\d/g) ?? [];
  if (!statement || days.length !== 1 || days[0] === statement.day) return [];
  return [finding('file', `tên tệp ghi ngày ${localDay(days[0])}, biên bản là của ngày ${localDay(statement.day)}`, `its name says ${days[0]}, the statement is of ${statement.day}`)]; // prettier-ignore
}

const asJson = ({ findings, notes, vouched, statement }: Checked): object => ({
  whole: findings.length === 0,
  trusted: vouched,
  ...(statement ? { agency: statement.parties.theirs.id, day: statement.day } : {}),
  findings,
  notes,
});

const asFolder = (files: readonly CheckedFile[]): object => ({
  whole: files.every(({ findings }) => findings.length === 0),
  trusted: files.every(({ vouched }) => vouched),
  files: files.map((one) => ({ file: one.file, ...asJson(one) })),
});

function inWords({ file, findings, notes, vouched, statement }: CheckedFile, oneOfMany: boolean): string[] {
  const said = statement ? `${statement.parties.theirs.id}, ${localDay(statement.day)}` : file;
  const about = oneOfMany && statement ? `${file} (${said})` : said;
  const line = (mark: string, { path, vi, en }: Finding): string => `${mark} ${path}: ${vi} · ${en}`;
  const verdict =
    findings.length > 0
      ? `✗ ${about}: KHÔNG như đã ký, ${findings.length} chỗ · not as it was signed`
      : vouched
        ? `✓ ${about}: nguyên vẹn, đúng chữ ký · whole, and signed so`
        : `? ${about}: nguyên vẹn, nhưng chưa ai bạn tin đã ký: cho khóa của trục bằng --keys TỆP · whole, but nobody you trust signed it: give the hub’s key by --keys FILE`; // prettier-ignore
  return [verdict, ...findings.map((one) => line('  ✗', one)), ...notes.map((one) => line('  !', one))].map((text) =>
    printable(text),
  );
}
