import { createReadStream } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import {
  countDiscrepancies,
  findComparison,
  orderComparison,
  readAgencies,
  today,
  versionOn,
  type Comparison,
  type ComparisonOrder,
  type Database,
} from '#ledger';
import { waysOf, type Reconcile } from '#wire';
import { ProgressBar } from '../terminal/progress-bar.js';
import { say, textOf, Trouble, type Given, type Terminal } from '../verb.js';
import { comparisonWords } from './discrepancy-words.js';
import { agencyNamed, dayOf } from './named.js';

const LOOK_MS = 200;
const LARGEST_FILE = 64 * 1_048_576;
const CHUNK = 256 * 1_024;

/** Orders a comparison of one agency's lines, looks on until it is over, and says what it found. */
export async function compareAgency(db: Database, given: Given, terminal: Terminal, author: string): Promise<number> {
  const agency = await agencyNamed(db, textOf(given, 'agency')!);
  const order = await orderOf(db, agency, given, author);
  const { outcome, comparison } = await orderComparison(db, order);
  if (outcome === 'open')
    throw new Trouble(
      `Đối soát ${comparison.id} của ${agency} chưa xong; chờ rồi chạy lại`,
      `comparison ${comparison.id} of ${agency} isn't over; run it again after it`,
    );
  const ended = await followed(db, comparison.id, Number(textOf(given, 'wait-seconds')), terminal);
  const counts = (await countDiscrepancies(db, agency)).filter((count) => count.open > 0);
  const json = textOf(given, 'json');
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify({ comparison: ended, discrepancies: counts }, null, 2)}\n`);
  for (const line of comparisonWords(ended, counts)) say(terminal.stdout, line);
  return ended.state === 'done' && counts.every(({ counted }) => counted === 0) ? 0 : 1;
}

async function orderOf(db: Database, agency: string, given: Given, author: string): Promise<ComparisonOrder> {
  const version = versionOn(
    (await readAgencies(db)).find(({ id }) => id === agency)!,
    today(),
  );
  const ways = version ? waysOf(version).map(({ by }) => by) : [];
  const [path, by] = [textOf(given, 'file'), textOf(given, 'by')];
  const source = by ?? ways.find((way) => (path === undefined ? isDaily(way) : way === 'spreadsheet'));
  const wanted = source ?? (path === undefined ? undefined : 'spreadsheet');
  if (wanted === undefined)
    throw new Trouble(
      `Hợp đồng của ${agency} không nêu cách lấy dòng hồ sơ (đang có: ${ways.join(', ') || 'không'})${ways.includes('books') ? '; nhật ký của cơ quan được đếm bằng lienthong reconcile run, không có --agency' : ''}`,
      `the contract of ${agency} gives no lines${ways.includes('books') ? '; its journal is counted by lienthong reconcile run without --agency' : ''} (docs/reconcile/lines.md)`,
    );
  if (source === undefined || source === 'books' || !ways.includes(source as Reconcile['by']))
    throw new Trouble(
      `Hợp đồng của ${agency} không có cách đối soát dòng “${wanted}”; đang có: ${ways.filter((way) => way !== 'books').join(', ') || 'không'}`,
      `the contract of ${agency} has no way “${wanted}” of giving lines (docs/reconcile/lines.md)`,
    );
  if ((source === 'spreadsheet') !== (path !== undefined))
    throw new Trouble(
      path === undefined
        ? 'Đối soát bằng bảng tính cần --file'
        : `--file chỉ dùng với bảng tính, không với “${source}”`,
      path === undefined ? 'a spreadsheet needs --file' : `--file goes with a spreadsheet, not with “${source}”`,
    );
  const day = dayOf(given, 'day') ?? today();
  const sure = given.options['sure'] === true;
  return { agency, day, source, author, sure, ...(path === undefined ? {} : { file: await fileAt(path) }) };
}

const isDaily = (by: Reconcile['by']): boolean => by !== 'books' && by !== 'spreadsheet';

/** Read as it is sent: this process holds a chunk of it. */
async function fileAt(path: string): Promise<() => AsyncIterable<Buffer>> {
  const cannot = (error: unknown): Trouble => {
    const code = (error as { code?: string }).code ?? '';
    return new Trouble(`Không đọc được ${path} (${code})`, `${path} can't be read`);
  };
  try {
    const file = await open(path);
    const found = await file.stat().finally(() => file.close());
    if (!found.isFile()) throw Object.assign(new Error(), { code: 'EISDIR' });
  } catch (error) {
    throw cannot(error);
  }
  return async function* () {
    let size = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
      size += (chunk as Buffer).length;
      if (size > LARGEST_FILE) throw new Trouble('Tệp lớn hơn 64 MiB', 'the file is larger than 64 MiB');
      yield chunk as Buffer;
    }
  };
}

const steps = {
  refresh: 'cập nhật sổ của ta · our lines',
  digests: 'mã tổng hợp · digests',
  lines: 'đọc sổ cơ quan · their lines',
  compare: 'so · comparing',
};

async function followed(db: Database, id: string, seconds: number, { stderr }: Terminal): Promise<Comparison> {
  const bar = new ProgressBar(stderr);
  const deadline = performance.now() + seconds * 1_000;
  try {
    for (;;) {
      const comparison = (await findComparison(db, id))!;
      if (comparison.endedAt !== null) return comparison;
      if (performance.now() >= deadline)
        throw new Trouble(
          `Sau ${seconds} giây đối soát ${id} chưa xong; nó vẫn tiếp tục. Tiến trình reconciliation đã chạy chưa? (lienthong doctor)`,
          `comparison ${id} isn't over after ${seconds} s; it goes on. Is the process reconciliation running?`,
        );
      const { step = 'refresh', done = 0, of = null } = comparison.progress ?? {};
      bar.show(
        of === null || of === 0 ? undefined : done / of,
        `${steps[step]}: ${done}${of === null ? '' : `/${of}`}`,
      );
      await wait(LOOK_MS);
    }
  } finally {
    bar.end();
  }
}
