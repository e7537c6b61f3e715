import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { bucketOf, DigestOver, emptyDigest, lineHash, type Digest, type Range } from '#wire';
import type { LineSource } from '../lines/line-source.js';
import { caseOf, compares, contractOf, lineOf, linesOf, patient, referenceServer, refusal, Served, sourceOf, type Case } from './books.fixture.js'; // prettier-ignore
import { ByDigest } from './by-digest.js';
import { PartnerFiles } from './partner-files.js';

const KEY = 'value-of-BOOKS_KEY';
const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'];
const days: Range[] = DAYS.map((day) => ({ from: day, to: day }));
const march: Range = { from: '2026-03-01', to: '2026-03-05' };
let served: Served[] = [];
afterEach(async () => {
  for (const one of served) await one.end();
  served = [];
});

const sourceAt = (url: string): LineSource =>
  sourceOf(contractOf({ by: 'digest', url: `${url}/lines-of/hub`, secret: 'BOOKS_KEY', compares }));

async function over(books: readonly Case[] | (() => readonly (Case & { hash?: string })[])): Promise<LineSource> {
  const reference = await referenceServer(typeof books === 'function' ? books : () => books, KEY);
  served.push(reference);
  return sourceAt(reference.url);
}

/** The reference behind a partner that changes what it says. */
async function falsified(books: readonly Case[], change: (path: string, text: string) => string): Promise<LineSource> {
  const reference = await referenceServer(() => books, KEY);
  const lying = await Served.by((request, response) => {
    void fetch(reference.url + request.url!, { headers: { authorization: request.headers.authorization! } }).then(
      async (answer) => response.end(change(request.url!, await answer.text())),
    );
  });
  served.push(reference, lying);
  return sourceAt(lying.url);
}

const ownDigest = (books: readonly Case[], range: Range): Digest => {
  const own = new DigestOver();
  const lines = books
    .filter(
      ({ key, receivedOn }) =>
        receivedOn >= range.from &&
        receivedOn <= range.to &&
        (range.bucket === undefined || bucketOf(key) === range.bucket),
    ) // prettier-ignore
    .map(lineOf)
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  for (const { key, hash } of lines) own.add(key, hash);
  return { range, lines: lines.length, digest: own.digest() };
};

describe('the implementation that partners are given', () => {
  const books = [...Array.from({ length: 40 }, (_, n) => caseOf(n)), { ...caseOf(7), key: '\u{1F4C4}-1' }, { ...caseOf(7), key: '\uFF21-1' }]; // prettier-ignore

  it('has at most sixty lines', () => {
    for (const name of ['serve-digests.mjs', 'compare.mjs'])
      expect(
        readFileSync(join(import.meta.dirname, '../../../../docs/reconcile', name), 'utf8')
          .trim()
          .split('\n').length,
      ).toBeLessThanOrEqual(60);
  });

  it('makes digests as we do, of days, of buckets and of all, whatever keys are written with', async () => {
    const source = await over(books);
    const ranges = [...days, ...[0, 17, 63].map((bucket) => ({ ...days[2]!, bucket })), march];
    expect(await source.digest!(ranges, patient)).toEqual(ranges.map((range) => ownDigest(books, range)));
    const [none] = await source.digest!([{ from: '2025-01-01', to: '2025-01-01' }], patient);
    expect(none).toMatchObject({ lines: 0, digest: emptyDigest });
    await source.close();
  });

  it('gives lines that its digests are made of', async () => {
    expect(await linesOf(await over(books))).toEqual(books.map(lineOf).sort((a, b) => (a.key < b.key ? -1 : 1)));
    const [{ key }] = books as [Case];
    const bucket = bucketOf(key);
    const inBucket = await linesOf(await over(books), { ...march, bucket });
    expect(inBucket.map((line) => line.key)).toContain(key);
    expect(new Set(inBucket.map((line) => bucketOf(line.key)))).toEqual(new Set([bucket]));
  });

  it('shows nothing to whoever hasn’t its key', async () => {
    const reference = await referenceServer(() => books, 'another');
    served.push(reference);
    expect(await refusal(linesOf(sourceAt(reference.url)))).toBe('away');
  });
});

describe('a digest that lies', () => {
  const books = Array.from({ length: 60 }, (_, n) => caseOf(n));
  const stale = (text: string): string =>
    text.replace(/"digest":"[0-9a-f]{64}"/g, `"digest":"${ownDigest(books.slice(1), march).digest}"`);

  it('is found when its range is opened', async () => {
    const source = await falsified(books, (path, text) => (path.includes('/digests') ? stale(text) : text));
    await source.digest!(days, patient);
    expect(await refusal(linesOf(source, days[1]))).toBe('digest-lies');
  });

  it('is found where a day and its buckets don’t add up', async () => {
    const source = await falsified(books, (path, text) =>
      path.includes('by=day') ? text.replace('"lines":12', '"lines":13') : text,
    );
    await source.digest!(days, patient);
    expect(await refusal(source.digest!([{ ...days[0]!, bucket: 3 }], patient))).toBe('digest-lies');
    await source.close();
  });

  it('isn’t suspected where the books only moved while they were read', async () => {
    let now = books;
    const source = await over(() => now);
    await source.digest!(days, patient);
    now = [...books.slice(1), caseOf(61), caseOf(62)];
    expect(await linesOf(source)).toHaveLength(61);
  });
});

describe('lines over HTTP', () => {
  const books = Array.from({ length: 20 }, (_, n) => caseOf(n));
  it.each<[string, (line: string, n: number) => string, string]>([
    ['no JSON', (line, n) => (n === 3 ? line.slice(1) : line), 'not-a-line in row 4'],
    ['of another day', (line) => line.replace('"receivedOn":"2026-03-05","hash"', '"receivedOn":"2026-04-05","hash"'), 'out-of-range in row'], // prettier-ignore
    ['with a field changed, and not its hash', (line, n) => (n === 5 ? line.replace('"status":"4"', '"status":"9"') : line), 'hash-lies in row 6'], // prettier-ignore
    ['with a hash of another form', (line, n) => (n === 2 ? line.replace(/"hash":"\w/, '"hash":"Z') : line), 'not-a-line in row 3'], // prettier-ignore
    ['with a key that isn’t NFC', (line, n) => (n === 0 ? line.replace('"key":"', '"key":"e\u0301') : line), 'not-a-line in row 1'], // prettier-ignore
  ])('%s are refused, by their row', async (_, change, rule) => {
    const source = await falsified(books, (path, text) =>
      path.includes('/lines?')
        ? text
            .split('\n')
            .map((line, n) => (line === '' ? '' : change(line, n)))
            .join('\n')
        : text,
    );
    expect(await refusal(linesOf(source))).toContain(rule);
  });

  it('out of order, or left out, are refused', async () => {
    const reversed = await falsified(books, (path, text) =>
      path.includes('/lines?') ? text.trim().split('\n').reverse().join('\n') : text,
    );
    expect(await refusal(linesOf(reversed))).toBe('out-of-order in row 2');
    const short = await falsified(books, (path, text) =>
      path.includes('/lines?') ? text.split('\n').slice(1).join('\n') : text,
    );
    expect(await refusal(linesOf(short))).toBe('digest-lies');
  });

  it('aren’t followed elsewhere, nor unfolded without end', async () => {
    const elsewhere = await Served.by((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    );
    const bomb = gzipSync(Buffer.alloc(20 * 1_048_576, '{'));
    const unfolding = await Served.by((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    served.push(elsewhere, unfolding);
    expect(gunzipSync(bomb)).toHaveLength(20 * 1_048_576);
    expect(await refusal(linesOf(sourceAt(elsewhere.url)))).toBe('away');
    expect(await refusal(sourceAt(unfolding.url).digest!(days, patient))).toBe('too-big');
    expect(await refusal(linesOf(sourceAt(unfolding.url)))).toBe('not-a-line in row 1');
  });

  it('aren’t waited for where they only trickle', async () => {
    const trickling = await Served.by((request, response) => {
      const trickle = setInterval(() => response.write('\n'), 20);
      request.on('close', () => clearInterval(trickle));
    });
    served.push(trickling);
    const source = () =>
      new ByDigest(
        trickling.url,
        compares,
        new PartnerFiles({ allowPrivate: false, silenceMs: 5_000, trickleMs: 200 }),
      );
    expect(await refusal(linesOf(source()))).toBe('too-slow');
    expect(await refusal(source().digest(days, patient))).toBe('too-slow');
  });

  it('cost few bytes where few differ', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => ({ ...caseOf(n), hash: lineOf(caseOf(n)).hash }));
    const source = await over(() => many);
    const told = await source.digest!(days, patient);
    expect(told.reduce((sum, { lines }) => sum + lines, 0)).toBe(20_000);
    await source.digest!(
      Array.from({ length: 64 }, (_, bucket) => ({ ...days[0]!, bucket })),
      patient,
    );
    await source.lines({ ...days[0]!, bucket: 5 }, () => Promise.resolve(), patient);
    expect(source.exchanged).toBeGreaterThan(1_000);
    expect(source.exchanged).toBeLessThan(12_000);
    await source.close();
  });

  it('hash as the documents print it', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/reconcile/digest-api.md'), 'utf8');
    const { key, fields } = {
      key: 'H53.14-260305-0001',
      fields: { status: '4', receivedOn: '2026-03-05', dueOn: null },
    };
    const hash = lineHash(key, fields, ['status', 'receivedOn', 'dueOn']);
    const over = new DigestOver();
    over.add(key, hash);
    for (const said of [hash, over.digest(), `bucket ${bucketOf(key)}`, emptyDigest]) expect(page).toContain(said);
  });
});
