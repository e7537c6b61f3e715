import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { problemAsTrouble, reach, unreachable } from '../ask-process.js';
import { SecretFiles } from '../secret-files.js';
import { intakeUrl, secretSettings } from '../settings.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { say, textOf, Trouble, type Terminal, type Verb } from '../verb.js';

export const submitEvents: Verb = {
  words: 'submit',
  usage: '-f FILE|- [--agency AGENCY] [--out FILE]',
  vi: 'Gửi sự kiện từ tệp NDJSON (CloudEvents), mỗi dòng một câu trả lời. Đứt giữa chừng: chạy lại, không trùng.',
  en: 'Submits CloudEvents from NDJSON, an answer a line. Cut off: run it again, keys make repeats harmless.',
  options: { file: { type: 'string', short: 'f' }, agency: { type: 'string' }, out: { type: 'string' } },
  async run(given, terminal) {
    const file = textOf(given, 'file');
    if (!file) throw new Trouble('Thiếu -f FILE (hay -f - để đọc từ bàn phím)', '-f FILE is missing (- for stdin)');
    const key = await new SecretFiles(secretSettings(terminal.env).secretsDir).keyOf(
      textOf(given, 'agency') ?? 'mot-cua',
    );
    const { source, size } = await open(file, terminal);
    const bar = new ProgressBar(terminal.stderr);
    const tally = new Tally();
    const show = (): void =>
      bar.show(
        size === undefined ? undefined : tally.bytes / Math.max(1, size),
        `${tally.answers} câu trả lời, ${tally.refused} bị từ chối`,
      );
    const outFile = textOf(given, 'out');
    const out = outFile === undefined ? terminal.stdout : createWriteStream(outFile);
    try {
      for await (const answer of send(`${intakeUrl(terminal.env)}/v1/batches`, key, counted(source, tally, show))) {
        tally.take(answer);
        if (!out.write(`${answer}\n`)) await once(out, 'drain');
        show();
      }
    } finally {
      bar.end();
      await endOwn(out, terminal);
      for (const line of tally.summary()) say(terminal.stderr, line);
    }
    return tally.refused === 0 && tally.answers === tally.lines ? 0 : 1;
  },
};

async function open(file: string, { stdin }: Terminal): Promise<{ source: Readable; size: number | undefined }> {
  if (file === '-') return { source: stdin, size: undefined };
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new Trouble(`Không đọc được tệp ${file}`, `${file} can't be read`);
  return { source: createReadStream(file), size: found.size };
}

/** What was sent and what was answered. Lines of white space alone aren't answered. */
class Tally {
  bytes = 0;
  lines = 0;
  answers = 0;
  refused = 0;
  private readonly by = new Map<string, number>();
  private inLine = false;

  pass(chunk: Buffer): void {
    this.bytes += chunk.length;
    for (const byte of chunk) {
      if (byte === 0x0a) this.inLine = false;
      else if (!this.inLine && byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) {
        this.inLine = true;
        this.lines++;
      }
    }
  }

  take(answer: string): void {
    this.answers++;
    const { status, outcome, code } = parsed(answer);
    const isRefused = typeof status !== 'number' || status >= 400;
    if (isRefused) this.refused++;
    const kind = isRefused
      ? typeof code === 'string'
        ? code
        : 'unreadable'
      : status === 202
        ? 'accepted'
        : typeof outcome === 'string'
          ? outcome
          : 'held';
    this.by.set(kind, (this.by.get(kind) ?? 0) + 1);
  }

  summary(): string[] {
    const kinds = [...this.by].map(([kind, n]) => `  ${String(n).padStart(8)}  ${names[kind] ?? kind}`);
    const unanswered = this.lines - this.answers;
    return [
      `${this.lines} dòng, ${this.answers} câu trả lời · lines, answers`,
      ...kinds,
      ...(unanswered > 0
        ? [
            `  ${String(unanswered).padStart(8)}  chưa được trả lời: gửi lại tệp này, dòng đã ghi nhận sẽ không trùng · unanswered, send the file again`,
          ]
        : []),
    ];
  }
}

const names: Record<string, string> = {
  accepted: 'đã ghi nhận · accepted',
  repeated: 'đã có từ trước · held already',
  unchanged: 'không đổi · unchanged',
  held: 'đã có từ trước · held already',
};

function parsed(answer: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function* counted(source: Readable, tally: Tally, show: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    tally.pass(bytes);
    show();
    yield bytes;
  }
}

/** Answers come while lines are still being sent: neither side has to hold the whole. */
async function* send(url: string, key: string, lines: AsyncGenerator<Buffer>): AsyncGenerator<string> {
  const { statusCode, body } = await reach(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/x-ndjson',
      accept: 'application/x-ndjson',
      'accept-language': 'vi',
    },
    body: Readable.from(lines, { objectMode: false, highWaterMark: 65_536 }),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  if (statusCode !== 200) throw problemAsTrouble(statusCode, await body.text());
  let rest = '';
  body.setEncoding('utf8');
  try {
    for await (const chunk of body) {
      const texts = (rest + String(chunk)).split('\n');
      rest = texts.pop() ?? '';
      for (const text of texts) if (text !== '') yield text;
    }
  } catch (error) {
    throw unreachable(url, error);
  }
  if (rest !== '') yield rest;
}

async function endOwn(out: Writable, { stdout }: Terminal): Promise<void> {
  if (out === stdout) return;
  out.end();
  await finished(out);
}
