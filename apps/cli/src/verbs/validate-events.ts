import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseCaseCode, textFaults } from '#domain';
import { codeOfSubject, spokenTerms, toVersion, validateEvent, type CloudEvent, type Fault, type Spoken } from '#wire';
import { ruleWords } from '../agency/fault-words.js';
import { columns, printable } from '../terminal/columns.js';
import { say, textOf, Trouble, type Terminal, type Verb } from '../verb.js';

/** Whether a case exists, and since when its code's form is in force, is intake's to say. */
const ANY_DAY = '2199-12-31';

export const validateEvents: Verb = {
  words: 'validate',
  usage: 'FILE|- [--as v1|v2]',
  vi: 'Kiểm tra CloudEvent mẫu (một, hay NDJSON) theo lược đồ đã công bố của loại và bản (v1, v2); không gửi gì, không cần nối đâu. --as: in ra như người đọc bản ấy nhận.',
  en: 'Checks sample CloudEvents (one, or NDJSON) against the published schema of their type and version; sends nothing, needs no connection. --as: prints them as a reader of that version gets them.',
  options: { as: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const spoken = versionIn(textOf(given, 'as'));
    const samples = samplesIn(await text(await open(given.operands[0]!, terminal)));
    if (samples.length === 0) throw new Trouble('Không có sự kiện nào trong tệp', 'there is no event in it');
    const bad = samples.filter(({ faults }) => faults.length > 0);
    const rows = bad.flatMap(({ line, faults }) =>
      faults.map(({ path, rule }) => [`${line}`, printable(path === '' ? '/' : path), rule, ruleWords(rule)]),
    );
    if (rows.length > 0)
      for (const row of columns([['dòng · line', 'chỗ · path', 'quy tắc · rule', 'nghĩa là · means'], ...rows]))
        say(terminal.stdout, row);
    if (spoken && bad.length === 0) {
      for (const { event } of samples) say(terminal.stdout, JSON.stringify(toVersion(spoken, event as CloudEvent)));
      return 0;
    }
    say(
      terminal.stdout,
      bad.length === 0
        ? `✓ ${samples.length} sự kiện hợp lệ · valid`
        : `✗ ${bad.length} trong ${samples.length} sự kiện có lỗi · of the events have faults`,
    );
    return bad.length === 0 ? 0 : 1;
  },
};

async function open(file: string, { stdin }: Terminal): Promise<Readable> {
  if (file === '-') return stdin;
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new Trouble(`Không đọc được tệp ${file}`, `${file} can't be read`);
  return createReadStream(file);
}

interface Sample {
  /** Where it begins. */
  line: number;
  event: unknown;
  faults: Fault[];
}

function versionIn(text: string | undefined): Spoken | undefined {
  if (text === undefined || Object.hasOwn(spokenTerms, text)) return text as Spoken | undefined;
  throw new Trouble(`--as cần một trong: ${Object.keys(spokenTerms).join(', ')}`, '--as needs one of these versions');
}

/** One event over as many lines as it likes, or else an event a line. */
function samplesIn(all: string): Sample[] {
  const whole = parsed(all.replace(/^\uFEFF/, ''));
  if (whole) return [{ line: 1, event: whole.value, faults: faultsOf(whole.value) }];
  return all.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const read = parsed(line.replace(/^\uFEFF/, ''));
    const faults = read ? faultsOf(read.value) : [{ path: '/', rule: 'json' }];
    return [{ line: i + 1, event: read?.value, faults }];
  });
}

function parsed(json: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch {
    return undefined;
  }
}

function faultsOf(event: unknown): Fault[] {
  const faults = [...textFaults(event), ...validateEvent(event)];
  const { subject } = (event ?? {}) as { subject?: unknown };
  const code = typeof subject === 'string' ? codeOfSubject(subject) : undefined;
  const form = code === undefined ? undefined : parseCaseCode(code, ANY_DAY);
  return form?.kind === 'invalid' ? [...faults, { path: '/subject', rule: form.rule }] : faults;
}
