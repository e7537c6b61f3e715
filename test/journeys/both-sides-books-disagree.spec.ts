import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { applyAgency, ContractBook, createOperatorKey, Database, findComparison, isUnavailable, operatorOfKey } from '#ledger'; // prettier-ignore
import { authenticate, createLog, RefuseFilter, Secrets } from '#service';
import { typed, type Ran } from '../../apps/cli/src/testing/terminal.js';
import { Books, portal } from '../../apps/reconciliation/src/lines/books.fixture.js';
import { CompareLinesController } from '../../apps/reconciliation/src/lines/compare-lines.controller.js';
import { CompareLinesSchedule } from '../../apps/reconciliation/src/lines/compare-lines.schedule.js';
import { takeSpreadsheets } from '../../apps/reconciliation/src/lines/take-spreadsheets.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';

const log = createLog('spec', 'silent');
const head = 'Mã hồ sơ;Ngày;Trạng thái;Số định danh';
const spreadsheet = {
  by: 'spreadsheet',
  format: 'csv',
  days: '3650d',
  compares: ['status', 'applicantId'],
  columns: { ma: 'Mã hồ sơ', ngay: 'Ngày', trangThai: 'Trạng thái', so: 'Số định danh' },
  row: {
    key: { from: 'row.ma' },
    receivedOn: { from: 'row.ngay', read: 'dd/MM/yyyy' },
    status: { from: 'row.trangThai' },
    applicantId: { from: 'row.so' },
  },
};
const codes = ['H53.14-260505-0001', 'H53.14-260505-0002', 'H53.14-260505-0003'];
const row = (i: number, status = '2', so = `0720900${String(i).padStart(5, '0')}`): string =>
  `${codes[i]};0${i + 1}/05/2026;${status};${so}`;

let books: Books;
let schedule: CompareLinesSchedule;
let app: NestFastifyApplication;
let folder: string;
let key: string;

beforeAll(async () => {
  books = await Books.begin();
  await books.clear();
  await applyAgency(books.db, portal({ reconcile: spreadsheet }));
  folder = mkdtempSync(join(tmpdir(), 'books-'));
  schedule = new CompareLinesSchedule(books.db, new ContractBook(books.db, log), new Secrets(folder), log, folder);
  await schedule.onApplicationBootstrap();
  @Module({ controllers: [CompareLinesController], providers: [{ provide: Database, useValue: books.db }] })
  class ApiModule {}
  const adapter = new FastifyAdapter();
  const fastify = adapter.getInstance();
  app = await NestFactory.create<NestFastifyApplication>(ApiModule, adapter, { logger: false, bodyParser: false });
  authenticate(fastify, (given) => operatorOfKey(books.db, given));
  takeSpreadsheets(fastify);
  app.useGlobalFilters(new RefuseFilter(log, isUnavailable));
  await app.init();
  await fastify.ready();
  key = await createOperatorKey(books.db, 'lan');
});
afterAll(async () => {
  await schedule?.beforeApplicationShutdown();
  await app?.close();
  await books?.end();
  rmSync(folder, { recursive: true });
});

const lienthong = (words: string): Promise<Ran> => typed(words, { DATABASE_URL: books.url, LIENTHONG_AUTHOR: 'lan' });
async function asked(
  method: 'GET' | 'POST',
  at: string,
  payload?: object,
  by = key,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await app.inject({
    method,
    url: `/v1/${at}`,
    headers: { authorization: `Bearer ${by}` },
    ...(payload ? { payload } : {}),
  });
  return { status: answer.statusCode, body: answer.json() };
}
const compared = (...rows: string[]): Promise<Ran> => {
  const file = join(folder, 'books.csv');
  writeFileSync(file, [head, ...rows, ''].join('\n'));
  return lienthong(`reconcile run --agency portal --file ${file}`);
};

it('says so row by row, and what a person does about it is seen by the next comparison', async () => {
  await books.enters(codes);
  await books.deliver();
  expect(await compared(row(0), row(1), row(2))).toMatchObject({
    code: 0,
    out: expect.stringContaining('no discrepancies'),
  });

  // Whoever reads this never learns whose number it is.
  const wrong = [row(0, '9'), row(1, '2', '072090099999')];
  expect(await compared(...wrong)).toMatchObject({ code: 0, out: expect.stringContaining('missing there') });
  // The same bytes say nothing new; another file that says the same does.
  expect(await compared(...wrong)).toMatchObject({ code: 0, out: expect.stringMatching(/\[same-file\]/) });
  expect((await books.open()).map(({ seen }) => seen)).toEqual([1, 1, 1]);
  const again = await compared(...wrong, ';;;');
  expect(again.code).toBe(1);
  expect(again.out).not.toContain('same-file');
  expect((await books.open()).map(({ seen }) => seen)).toEqual([2, 2, 2]);
  const listed = JSON.parse((await lienthong('discrepancies ls --json')).out) as {
    discrepancies: { id: string; type: string }[];
  };
  expect(listed.discrepancies.map(({ type }) => type).sort()).toEqual([
    'field-differs',
    'missing-there',
    'status-differs',
  ]);
  const idOf = (type: string): string => listed.discrepancies.find((one) => one.type === type)!.id;
  const shown = await lienthong(`discrepancies show ${idOf('field-differs')}`);
  expect(shown.out).toContain('ask the counter');
  for (const text of [shown.out, JSON.stringify(listed), JSON.stringify((await asked('GET', 'discrepancies')).body)])
    expect(text).not.toMatch(/072090099999|072090000001/);

  expect((await asked('GET', 'discrepancies', undefined, 'nobody')).status).toBe(401);
  const told = await asked('GET', 'discrepancies?agency=portal&counted=true');
  expect(told.body['discrepancies']).toHaveLength(3);
  expect((await lienthong(`discrepancies settle ${idOf('missing-there')} --as resend`)).code).toBe(0);
  const settle = `discrepancies/${idOf('status-differs')}/settlements`;
  expect(await asked('POST', settle, { as: 'adopt-code' })).toMatchObject({
    body: { settled: [{ outcome: 'not-so' }] },
  });
  expect(await asked('POST', settle, { as: 'nothing' })).toMatchObject({
    status: 400,
    body: { code: 'invalid-envelope' },
  });
  expect((await asked('POST', settle, { note: 'cơ quan sẽ sửa' })).status).toBe(200);
  await books.carryOut();
  await books.deliver();
  const better = await compared(row(0, '9'), row(1), row(2));
  expect(better).toMatchObject({ code: 0, err: '', out: expect.stringContaining('no discrepancies') });
  const after = await asked('GET', 'discrepancies?all=true');
  expect(
    (after.body['discrepancies'] as { settledAs: string; settledBy: string }[])
      .map((d) => `${d.settledAs} ${d.settledBy}`)
      .sort(),
  ).toEqual(['agreed reconciliation', 'as-it-is lan', 'resend lan']);

  // Another agency's, and what was handed in before the last one: nothing of either is kept, unless a person is sure.
  const unlike = codes.map((_, i) =>
    row(i, '2', `00109900000${i}`).replace('H53.14', 'H99.01').replace('260505', '999999'),
  );
  const named = await books.named();
  const foreign = await compared(...unlike);
  expect(foreign).toMatchObject({ code: 1, out: expect.stringMatching(/0\/3 .*H99\.01-999999-0001.*\[unlike-ours\]/) });
  expect(await compared(...wrong)).toMatchObject({ code: 1, out: expect.stringContaining('[older-file]') });
  expect(await books.named()).toEqual(named);
  const brought = await app.inject({
    method: 'POST',
    url: '/v1/agencies/portal/comparisons?sure=true',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
    payload: [head, ...unlike].join('\n'),
  });
  expect(brought.json()).toMatchObject({ state: 'ordered', sure: true, fileHash: expect.stringMatching(/^[0-9a-f]{64}$/) }); // prettier-ignore
  const { id } = brought.json<{ id: string }>();
  expect(await eventually(async () => { const one = (await findComparison(books.db, id))!; return one.endedAt === null ? Promise.reject(new Error(one.state)) : one; })).toMatchObject({ state: 'done', found: 6 }); // prettier-ignore
  expect((await books.db.pool.query('select from comparison_files')).rowCount).toBe(0);
  const large = { method: 'POST', url: '/v1/agencies/portal/comparisons', payload: Buffer.alloc(64 * 1_048_576 + 1, ' ') } as const; // prettier-ignore
  expect((await app.inject({ ...large, headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' } })).statusCode).toBe(413); // prettier-ignore

  const refused = await compared(row(0), 'chỉ một ô');
  expect(refused).toMatchObject({ code: 1, out: expect.stringMatching(/dòng 3: .* · /) });
  const [last] = (await asked('GET', 'agencies/portal/comparisons')).body['comparisons'] as {
    state: string;
    reason: object;
  }[];
  expect(last).toMatchObject({ state: 'refused', reason: { row: 3 } });
}, 300_000);
