import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { applyAgency, createOperatorKey, findComparison, orderComparison } from '#ledger';
import type { Line } from '#wire';
import { typed, type Ran } from '../../apps/cli/src/testing/terminal.js';
import { Books, compares, portal } from '../../apps/reconciliation/src/lines/books.fixture.js';
import { documented } from '../../apps/reconciliation/src/sources/books.fixture.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { start, type Started } from './processes.js';

const spreadsheet = {
  by: 'spreadsheet',
  days: '3650d',
  compares: ['status'],
  columns: { ma: 'Mã hồ sơ', ngay: 'Ngày', trangThai: 'Trạng thái' },
  row: { key: { from: 'row.ma' }, receivedOn: { from: 'row.ngay' }, status: { from: 'row.trangThai' } },
};

interface Reference {
  digests: (lines: readonly Line[], by: string | undefined) => object[];
  inOrder: (lines: Line[]) => Line[];
}

let books: Books;
let partner: Server;
let folder: string;
let env: Record<string, string>;
const processes: Started[] = [];
/** Once somebody asks for lines, it has; and it gets none before they are let out. */
let asked: () => void;
let letOut: Promise<void> = Promise.resolve();

beforeAll(async () => {
  books = await Books.begin();
  await books.clear();
  const { digests, inOrder } = await documented<Reference>('serve-digests.mjs');
  partner = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
      const [from, to] = ['from', 'to'].map((name) => searchParams.get(name)!);
      const lines = inOrder(books.theirs.filter(({ receivedOn }) => receivedOn >= from! && receivedOn <= to!));
      if (pathname.endsWith('/digests'))
        return void response.end(JSON.stringify({ digests: digests(lines, searchParams.get('by') ?? undefined) }));
      asked?.();
      await letOut;
      response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    })();
  }).listen(0, '127.0.0.1');
  await once(partner, 'listening');
  const url = `http://127.0.0.1:${(partner.address() as AddressInfo).port}`;
  const digest = { by: 'digest', url, compares, days: '3650d', at: '23:59' };
  await applyAgency(books.db, portal({ reconcile: [digest, spreadsheet] }));
  await applyAgency(books.db, { ...portal({ reconcile: spreadsheet }), id: 'bo' });
  folder = mkdtempSync(join(tmpdir(), 'books-'));
  env = {
    DATABASE_URL: books.url,
    LIENTHONG_AUTHOR: 'lan',
    LIENTHONG_SECRETS_DIR: join(folder, 'secrets'),
    LIENTHONG_BOOKS_DIR: folder,
    LIENTHONG_CLOSE_AT: 'never',
    LIENTHONG_FIGURES_EVERY_MINUTES: '0',
    LIENTHONG_OPERATOR_KEY: await createOperatorKey(books.db, 'lan'),
  };
});
afterAll(async () => {
  await Promise.all(processes.map((process) => process.kill('SIGTERM')));
  partner?.closeAllConnections();
  partner?.close();
  await books?.end();
  if (folder) rmSync(folder, { recursive: true });
});

const begin = async (): Promise<Started> => {
  const process = await start('reconciliation/src/main.js', [], { ...env, LIENTHONG_RECONCILIATION_PORT: '0' });
  processes.push(process);
  return process;
};
const lienthong = (words: string): Promise<Ran> => typed(words, env);
const order = async (): Promise<string> => {
  const of = {
    agency: 'portal',
    day: '2026-05-30',
    source: 'digest',
    author: 'lan',
    from: '2026-04-01',
    to: '2026-06-30',
  };
  return (await orderComparison(books.db, of)).comparison.id;
};
const over = (id: string) =>
  eventually(async () => {
    const one = (await findComparison(books.db, id))!;
    if (one.endedAt === null) throw new Error(one.state);
    return one;
  });
const locks = async (): Promise<number | null> =>
  (
    await books.db.pool.query(
      `select 1 from pg_locks where locktype = 'advisory' and classid = 8018 and database = (select oid from pg_database where datname = current_database())`,
    )
  ).rowCount;

it('is failed and nothing more when its process is killed; the next is exact, however many processes there are', async () => {
  const [code] = await books.entered(30);
  books.theirs = books.theirs.filter(({ key }) => key !== code);
  let out = (): void => undefined;
  letOut = new Promise((resolve) => (out = resolve));
  const inTheMiddle = new Promise<void>((resolve) => (asked = resolve));
  const first = await begin();
  const killed = await order();
  await inTheMiddle;
  // Whoever dawdles holds up nobody else, though there is one process only.
  const file = Buffer.from('Mã hồ sơ;Ngày;Trạng thái\nH53-260505-1;2026-05-05;4\n');
  const other = await orderComparison(books.db, {
    agency: 'bo',
    day: '2026-05-30',
    source: 'spreadsheet',
    author: 'lan',
    file: () => Readable.from([file]),
  });
  expect(await over(other.comparison.id)).toMatchObject({ state: 'done', linesTheirs: 1 });
  await first.kill('SIGKILL');
  expect(await findComparison(books.db, killed)).toMatchObject({ state: 'running' });
  await eventually(async () => expect(await locks()).toBe(0));
  out();
  await Promise.all([begin(), begin()]);
  expect(await over(killed)).toMatchObject({ state: 'failed', reason: { rule: 'stopped' } });
  const found = async () => (await books.open()).filter(({ agency }) => agency === 'portal');
  expect(await found()).toEqual([]);
  for (const seen of [1, 2]) {
    expect(await over(await order())).toMatchObject({ state: 'done', found: 1 });
    expect(await found()).toMatchObject([{ type: 'missing-there', key: code, seen }]);
  }
  await eventually(async () => expect(await locks()).toBe(0));
}, 300_000);

it('shows a partner’s books by way of trial, and takes a spreadsheet, over the process’s own door', async () => {
  env.LIENTHONG_RECONCILIATION_PORT = String(processes.at(-1)!.port);
  const trial = await lienthong('reconcile lines --agency portal --day 2026-05-01');
  expect(trial).toMatchObject({ code: 0, out: expect.stringContaining('digest 2026-05-01: 5 dòng') });
  expect(trial.out).not.toMatch(/NGUYỄN|0720900/);
  const file = join(folder, 'bang.csv');
  const rows = books.theirs.map(({ key, receivedOn, fields }) => `${key};${receivedOn};${fields!.status}`);
  writeFileSync(file, ['Mã hồ sơ;Ngày;Trạng thái', ...rows, ''].join('\n'));
  const sheet = await lienthong(`reconcile lines --agency portal --day 2026-05-02 --file ${file}`);
  expect(sheet).toMatchObject({ code: 0, out: expect.stringContaining('spreadsheet 2026-05-02: 6 dòng') });
  const compared = await lienthong(`reconcile run --agency portal --file ${file}`);
  expect(compared).toMatchObject({ code: 1, out: expect.stringContaining('29 bên kia') });
  writeFileSync(file, ['Mã;Ngày;Trạng thái', ...rows, ''].join('\n'));
  const wrong = await lienthong(`reconcile lines --agency portal --day 2026-05-02 --file ${file}`);
  expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('[no-column]') });
}, 300_000);
