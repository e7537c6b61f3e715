import { request } from 'undici';
import type { BookLine, SubmittedLine } from '#ledger';

/** A book that can't be read to its end, or whose lines aren't lines of a book. Names the place, never what stands there. */
export class BookUnreadable extends Error {}

const BATCH = 5_000;
const MOST_TRIES = 3;
const SILENCE_MS = 30_000;
const HASH = /^[0-9a-f]{64}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const effects: readonly unknown[] = ['applied', 'repeat', 'refused'];

type Members = Record<string, unknown>;

/** What arrived at a partner, in batches: memory doesn't grow with the book. */
export function readBook(url: string, take: (lines: BookLine[]) => Promise<void>): Promise<number | undefined> {
  return readLines(url, take, ({ n, code, hash, effect }) =>
    typeof code === 'string' && typeof hash === 'string' && HASH.test(hash) && effects.includes(effect)
      ? { n: n as number, code, hash, effect: effect as BookLine['effect'] }
      : undefined,
  );
}

/** The 202s that a submitter got; undefined where it keeps no such book. It lies beside the other one. */
export function readSubmitted(
  bookUrl: string,
  take: (lines: SubmittedLine[]) => Promise<void>,
): Promise<number | undefined> {
  return readLines(beside(bookUrl, 'submitted'), take, ({ n, code, eventId }) =>
    typeof code === 'string' && typeof eventId === 'string' && UUID.test(eventId)
      ? { n: n as number, code, eventId }
      : undefined,
  );
}

export function beside(bookUrl: string, name: string): string {
  const url = new URL(bookUrl);
  url.pathname = `${url.pathname.replace(/(?:\/books)?\/?$/, '')}/${name}`;
  return url.href;
}

/** A connection that breaks is taken up after the last line that was handed over. */
async function readLines<L extends { n: number }>(
  url: string,
  take: (lines: L[]) => Promise<void>,
  read: (line: Members) => L | undefined,
): Promise<number | undefined> {
  let after = 0;
  let lines = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const found = await readOnce(url, after, read, async (batch) => {
        await take(batch);
        lines += batch.length;
        after = batch.at(-1)!.n;
      });
      return found ? lines : undefined;
    } catch (error) {
      if (error instanceof BookUnreadable || attempt >= MOST_TRIES || !isBrokenConnection(error)) throw error;
    }
  }
}

async function readOnce<L extends { n: number }>(
  url: string,
  after: number,
  read: (line: Members) => L | undefined,
  take: (lines: L[]) => Promise<void>,
): Promise<boolean> {
  const from = new URL(url);
  from.searchParams.set('after', String(after));
  const { statusCode, body } = await request(from, { headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS });
  if (statusCode !== 200) {
    await body.dump();
    if (statusCode === 404) return false;
    throw new BookUnreadable(`HTTP ${statusCode}`);
  }
  let rest = '';
  let last = after;
  let batch: L[] = [];
  const add = (text: string): void => {
    const line = parsed(text);
    const taken = line && Number.isSafeInteger(line['n']) && (line['n'] as number) > last ? read(line) : undefined;
    if (!taken) throw new BookUnreadable(`the line after ${last} is not a line of a book`);
    last = taken.n;
    batch.push(taken);
  };
  body.setEncoding('utf8');
  for await (const chunk of body) {
    const texts = (rest + String(chunk)).split('\n');
    rest = texts.pop() ?? '';
    for (const text of texts) if (text !== '') add(text);
    if (batch.length >= BATCH) {
      await take(batch);
      batch = [];
    }
  }
  if (rest !== '') add(rest);
  if (batch.length > 0) await take(batch);
  return true;
}

function parsed(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}

const isBrokenConnection = (error: unknown): boolean => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (code.startsWith('UND_ERR') || code.startsWith('E'));
};
