import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { draftAgency } from '../agency/draft-agency.js';
import { twoColumns } from '../agency/two-columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';

export const newAgency: Verb = {
  words: 'agency new',
  usage: 'ID --url URL --request FILE [--answer FILE] [--status N]',
  vi: 'Viết bản nháp tệp cơ quan từ một yêu cầu mẫu (JSON) và câu trả lời mẫu; chỗ chưa biết là TODO.',
  en: 'Drafts an agency file from a sample request (JSON) and answer; what they don’t tell is TODO.',
  options: {
    url: { type: 'string' },
    request: { type: 'string' },
    answer: { type: 'string' },
    status: { type: 'string' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const id = given.operands[0]!;
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id) || id.length > 32)
      throw new Trouble('Mã cơ quan: chữ thường, số, gạch nối', 'an id is lower-case letters, digits, hyphens');
    const address = textOf(given, 'url');
    const request = textOf(given, 'request');
    if (address === undefined || !URL.canParse(address)) throw new Trouble('Cần --url', '--url is needed');
    if (request === undefined) throw new Trouble('Cần --request', '--request is needed');
    const { origin, pathname } = new URL(address);
    const cut = Math.max(pathname.lastIndexOf('/'), 0);
    const answer = textOf(given, 'answer');
    const draft = draftAgency({
      id,
      baseUrl: origin + pathname.slice(0, cut),
      path: pathname.slice(cut) || '/',
      request: await json(request),
      ...(answer === undefined
        ? {}
        : { answer: { status: Number(textOf(given, 'status') ?? 200), body: await json(answer) } }),
    });
    say(terminal.stdout, draft.trimEnd());
    return 0;
  },
};

export const agencyTable: Verb = {
  words: 'agency table',
  usage: 'NAME [FILE|-] [--from DAY]',
  vi: 'Biến hai cột dán từ bảng tính (mã của ta, mã của họ) thành bảng mã cho tệp cơ quan.',
  en: 'Makes a code table for an agency file of two columns pasted from a spreadsheet (ours, theirs).',
  options: { from: { type: 'string' } },
  operands: [1, 2],
  async run(given, terminal) {
    const [name = '', file = '-'] = given.operands;
    if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) throw new Trouble('Tên bảng không đúng', 'not a name of a table');
    const { codes, faults } = twoColumns(file === '-' ? await text(terminal.stdin) : await read(file));
    for (const { line, vi, en } of faults) say(terminal.stderr, `✗ dòng · line ${line}: ${vi} · ${en}`);
    if (faults.length > 0) return 1;
    if (codes.size === 0) throw new Trouble('Không có mã nào', 'there is no code in it');
    say(terminal.stdout, 'codeTables:');
    say(terminal.stdout, `  ${name}:`);
    say(terminal.stdout, `    - validFrom: ${textOf(given, 'from') ?? '2018-01-01'}`);
    say(terminal.stdout, '      codes:');
    for (const [ours, theirs] of codes)
      say(terminal.stdout, `        ${JSON.stringify(ours)}: ${JSON.stringify(theirs)}`);
    return 0;
  },
};

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new Trouble(`Không đọc được tệp ${file}`, `${file} can't be read`);
  });
}

async function json(file: string): Promise<unknown> {
  try {
    return JSON.parse(await read(file)) as unknown;
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble(`${file} không phải JSON`, `${file} isn't JSON`);
  }
}
