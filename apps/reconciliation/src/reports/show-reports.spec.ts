import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import exceljs from 'exceljs';
import { applyReports, caseColumns, Database, type CaseReport } from '#ledger';
import { createLog } from '#service';
import { locateReportFile } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { tell } from '../../../../libs/ledger/src/testing/told-case.js';
import { ReportOffice } from './report-office.js';
import { ShowReportsController } from './show-reports.controller.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
let app: NestFastifyApplication;
let address: string;

class Reports {}
const read = (name: string) => locateReportFile(readFileSync(`deploy/reports/${name}.yaml`, 'utf8'), {}).file;
const at = (day: string): string => `2024-${day}T10:00:00+07:00`;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet, 3);
  await applyReports(db, [read('ii-06a'), read('index-766')], { author: 'spec', note: null });
  const due = { dueAt: at('03-20') };
  await tell(db, [
    { code: '000.00.14.H99-240302-0001', receivedAt: at('03-02'), ...due, field: '007', channel: 'online' },
    {
      code: '000.00.14.H99-240302-0002',
      receivedAt: at('03-02'),
      ...due,
      field: '007',
      then: [{ kind: 'status', status: 9, at: at('03-22'), finishedAt: at('03-22') }],
    },
    { code: '000.00.14.H99-240302-0003', receivedAt: at('03-02'), field: null, unit: '=1+1' },
  ]);
  const module = {
    module: Reports,
    controllers: [ShowReportsController],
    providers: [{ provide: ReportOffice, useFactory: () => new ReportOffice(db, createLog('spec', 'silent')) }],
  };
  app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  address = await app.getUrl();
});
afterAll(async () => {
  await app.close();
  await db.close();
  await fresh.drop();
});

const ask = (path: string): Promise<Response> => fetch(`${address}/v1/reports${path}`);
const json = async <T>(path: string): Promise<T> => (await ask(path)).json() as Promise<T>;

describe('reports over HTTP', () => {
  it('give II.06a as its form: merged head, numbers as numbers, codes as text, A4 across', async () => {
    const answer = await ask('/II.06a?period=2024-03&as=xlsx');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="II.06a-2024-03-field.xlsx"');
    const book = new exceljs.Workbook();
    await book.xlsx.load(await answer.arrayBuffer());
    const [paper, rules] = book.worksheets;
    const rows = Array.from({ length: paper!.rowCount }, (_, i) => (paper!.getRow(i + 1).values as unknown[]).slice(1));
    expect(rows[0]![0]).toBe('Biểu số II.06a/VPCP/KSTT');
    expect(rows.find(([first]) => first === '(1)')).toEqual([
      ...['(1)', '(2)', '(3)=(4)+(5)+(6)', '(4)', '(5)', '(6)', '(7)=(8)+(9)+(10)'],
      ...['(8)', '(9)', '(10)', '(11)=(12)+(13)', '(12)', '(13)'],
    ]);
    expect(rows.find(([, name]) => name === 'Lĩnh vực 007')).toEqual([
      1,
      'Lĩnh vực 007',
      2,
      1,
      1,
      0,
      1,
      0,
      0,
      1,
      1,
      0,
      1,
    ]);
    expect(rows.find(([, name]) => name === 'Tổng số')!.slice(2)).toEqual([3, 1, 2, 0, 1, 0, 0, 1, 2, 1, 1]);
    expect((paper!.model as { merges: string[] }).merges.length).toBeGreaterThan(15);
    expect(paper!.pageSetup).toMatchObject({ orientation: 'landscape', paperSize: 9 });
    expect(rules!.getCell('B7').value).toMatch(/thông lệ của phần mềm một cửa/);
  });

  it('open each figure to its cases, in every form', async () => {
    const report = await json<CaseReport>('/II.06a?period=2024-03');
    for (const { row, ...counts } of report.rows)
      for (const column of caseColumns) {
        const { cases } = await json<{ cases: { code: string }[] }>(
          `/II.06a/cases?period=2024-03&row=${encodeURIComponent(row)}&column=${column}`,
        );
        expect([row, column, cases.length]).toEqual([row, column, counts[column]]);
      }
    const csv = await (await ask('/II.06a/cases?period=2024-03&column=overdue&as=csv')).arrayBuffer();
    expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(csv).split('\r\n')).toEqual([
      '\uFEFFMã hồ sơ;Mã thủ tục;Dòng;Ngày tiếp nhận;Hạn trả;Ngày kết thúc;Kết quả',
      '000.00.14.H99-240302-0002;1.000001;007;2024-03-02 10:00:00;2024-03-20 10:00:00;2024-03-22 10:00:00;Quá hạn',
      '',
    ]);
  });

  it('write no formula that somebody named a unit', async () => {
    const csv = await (await ask('/II.06a?period=2024-03&by=unit&as=csv')).text();
    expect(csv).toContain(`\r\n'=1+1;`);
  });

  it('compare both rules, count faults and the sync rate, and make an appeal file', async () => {
    expect(await json('/index-766?period=2024')).toMatchObject({ total: { received: 3, practiceOverdue: 1 } });
    expect((await ask('/index-766?period=2024&as=xlsx')).status).toBe(200);
    expect((await json<{ cases: unknown[] }>('/index-766/cases?period=2024&column=portalOverdue')).cases).toHaveLength(
      1,
    );
    expect(await json('/sync?period=2024-03&atPortal=6')).toMatchObject({ received: 3, denominator: 6, syncRate: 0 });
    expect(await json('/faults?count=yes')).toMatchObject({ faults: { 'no-receipt-date': 0 } });
    expect(await json('/faults')).toMatchObject({ cases: [] });
    expect(await json('/appeal?period=2024')).toMatchObject({ cases: [] });
    expect(await json('/facts')).toEqual({ behind: 0 });
    expect(await json('')).toMatchObject({ reports: [{ report: 'II.06a' }, { report: 'index-766' }] });
  });

  it.each([
    ['/II.06a', 400, 'invalid-parameter'],
    ['/II.06a?period=2024-13', 400, 'invalid-parameter'],
    ['/II.06a?period=2024&by=officer', 400, 'invalid-parameter'],
    ['/II.06a?period=2024&as=pdf', 400, 'invalid-parameter'],
    ['/II.06a/cases?period=2024&column=late', 400, 'invalid-parameter'],
    ['/II.07?period=2024', 404, 'unknown-report'],
    ['/index-766?period=2021', 404, 'no-definition-then'],
    ['/sync?period=2024&reported=-1', 400, 'invalid-parameter'],
  ])('%s is refused with %i %s', async (path, status, code) => {
    const answer = await ask(path);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
  });
});
