import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { draftFor, isTableName, pastedTable } from '#agency';
import { dayOf } from '../operate/named.js';
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
    const request = textOf(given, 'request');
    if (request === undefined) throw new Trouble('Cần --request', '--request is needed');
    const answer = textOf(given, 'answer');
    const draft = draftFor({
      id: given.operands[0]!,
      url: textOf(given, 'url') ?? '',
      request: await json(request),
      ...(answer === undefined
        ? {}
        : { answer: { status: Number(textOf(given, 'status') ?? 200), body: await json(answer) } }),
    });
    if (draft.outcome !== 'drafted')
      throw draft.outcome === 'wrong-id'
        ? new Trouble('Mã cơ quan: chữ thường, số, gạch nối', 'an id is lower-case letters, digits, hyphens')
        : new Trouble('Cần --url', '--url is needed');
    say(terminal.stdout, draft.yaml.trimEnd());
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
    if (!isTableName(name)) throw new Trouble('Tên bảng không đúng', 'not a name of a table');
    const pasted = pastedTable(
      name,
      file === '-' ? await text(terminal.stdin) : await read(file),
      dayOf(given, 'from'),
    );
    if (pasted.outcome === 'faulty') {
      for (const { line, vi, en } of pasted.faults) say(terminal.stderr, `✗ dòng · line ${line}: ${vi} · ${en}`);
      return 1;
    }
    say(terminal.stdout, pasted.yaml.trimEnd());
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
