import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  appeals,
  caseColumns,
  caseReport,
  casesBehind,
  countFaults,
  dataFaults,
  factsBehind,
  faultyCases,
  judgedBehind,
  judgedColumns,
  judgedReport,
  syncBehind,
  syncBys,
  syncColumns,
  syncReport,
  type DataFault,
  type ShownReport,
} from '#ledger';
import { writeWorkbook } from '../workbook/workbook.js';
import { caseReportCsv, caseReportSheets } from './case-report-as.js';
import { judgedCsv, judgedSheets } from './judged-report-as.js';
import { appealColumnsShown, caseColumnsShown, faultColumnsShown, judgedColumnsShown } from './lists.js';
import { countOf, formatOf, oneOf, periodOf, textOf, unfit, type Asked } from './read-ask.js';
import { ReportOffice } from './report-office.js';
import { named, send, sendListTo } from './send-download.js';

/** Figures from the ledger's events, and the cases behind each. Downloads leave row by row. */
@Controller('v1/reports')
export class ShowReportsController {
  constructor(private readonly office: ReportOffice) {}

  @Get()
  async list(): Promise<{ reports: ShownReport[] }> {
    return { reports: await this.office.list() };
  }

  /** How many cases have events that no report has read yet. */
  @Get('facts')
  async facts(): Promise<{ behind: number }> {
    return { behind: await factsBehind(this.office.db) };
  }

  /** ?period=2021-Q1: what the portal shows overdue although it was in time here, with both times. */
  @Get('appeal')
  async appeal(@Query() query: Asked, @Res() reply: FastifyReply): Promise<void> {
    const ask = await this.office.judged(query);
    const as = formatOf(query);
    await this.office.refresh();
    const title = `Hồ sơ đề nghị xem xét lại: chậm đồng bộ, kỳ ${ask.period.text}`;
    const rows = appeals(this.office.db, ask);
    sendListTo(
      this.office.log,
      reply,
      { name: 'Chậm đồng bộ', title, columns: appealColumnsShown, rows },
      as,
      `appeal-${ask.period.text}`,
    );
  }

  /** ?fault= lists one kind; ?period= cases received, filed or ended in it. Without `cases` only the counts. */
  @Get('faults')
  async faults(@Query() query: Asked, @Res() reply: FastifyReply): Promise<void> {
    const period = textOf(query, 'period') === undefined ? undefined : periodOf(query);
    const only = oneOf(query, 'fault', Object.keys(dataFaults) as DataFault[]);
    const as = formatOf(query);
    const now = new Date();
    await this.office.refresh();
    if (textOf(query, 'count') !== undefined) {
      void reply.send({ period: period ?? null, at: now, faults: await countFaults(this.office.db, period, now) });
      return;
    }
    const title = `Lỗi dữ liệu hồ sơ${period ? `, kỳ ${period.text}` : ''}`;
    const rows = faultyCases(this.office.db, period, now, only);
    sendListTo(
      this.office.log,
      reply,
      { name: 'Lỗi dữ liệu', title, columns: faultColumnsShown, rows },
      as,
      `faults-${period?.text ?? 'all'}`,
    );
  }

  /**
   * The portal's number is that of its compared lines; ?atPortal= and ?reported= (the reporting system's) go before it. With
   * `column`, and `row` of ?by=: the cases behind it.
   */
  @Get('sync')
  async sync(@Query() query: Asked, @Res() reply: FastifyReply): Promise<void> {
    const by = oneOf(query, 'by', syncBys) ?? 'month';
    const ask = { ...(await this.office.judged({ ...query, by: undefined })), by };
    const told = { reported: countOf(query, 'reported'), atPortal: countOf(query, 'atPortal') };
    const column = oneOf(query, 'column', syncColumns);
    const as = formatOf(query);
    await this.office.refresh();
    if (column === undefined) return void reply.send(await syncReport(this.office.db, ask, told));
    const row = query['row'] === '' ? '' : textOf(query, 'row');
    const title = `Đồng bộ, kỳ ${ask.period.text}, ${row ?? 'tổng số'}: ${column}`;
    const rows = syncBehind(this.office.db, { ...ask, column, ...(row === undefined ? {} : { row }) });
    sendListTo(
      this.office.log,
      reply,
      { name: 'Hồ sơ', title, columns: caseColumnsShown, rows },
      as,
      `sync-${ask.period.text}-${column}`,
    );
  }

  @Get(':report')
  async report(@Param('report') name: string, @Query() query: Asked, @Res() reply: FastifyReply): Promise<void> {
    const asked = await this.office.asked(name, query);
    const as = formatOf(query);
    await this.office.refresh();
    const file = `${name}-${asked.ask.period.text}-${asked.ask.by}`;
    if (asked.kind === 'cases') {
      const report = await caseReport(this.office.db, asked.ask);
      if (as === 'json') return void reply.send(report);
      if (as === 'csv') return void named(reply, as, file).send(caseReportCsv(report));
      return send(this.office.log, reply, as, file, (to) =>
        writeWorkbook(to, caseReportSheets(report, asked.definition.version.form)),
      );
    }
    const report = await judgedReport(this.office.db, asked.ask);
    if (as === 'json') return void reply.send(report);
    if (as === 'csv') return void named(reply, as, file).send(judgedCsv(report));
    send(this.office.log, reply, as, file, (to) => writeWorkbook(to, judgedSheets(report)));
  }

  /** ?column=overdue&row=G15-TP10: exactly the cases that this figure counts; without `row`, those of the total. */
  @Get(':report/cases')
  async cases(@Param('report') name: string, @Query() query: Asked, @Res() reply: FastifyReply): Promise<void> {
    const asked = await this.office.asked(name, query);
    const as = formatOf(query);
    // `row=` is the row of cases that name none; absent is the total.
    const row = query['row'] === '' ? '' : textOf(query, 'row');
    const of = <C extends string>(known: readonly C[]): { column: C; row?: string } => {
      const column = oneOf(query, 'column', known);
      if (column === undefined) throw unfit('column', known.join(', '));
      return { column, ...(row === undefined ? {} : { row }) };
    };
    const which = asked.kind === 'cases' ? of(caseColumns) : of(judgedColumns);
    await this.office.refresh();
    const title = `${name}, kỳ ${asked.ask.period.text}, ${row ?? 'tổng số'}: ${which.column}`;
    const file = `${name}-${asked.ask.period.text}-${which.column}`;
    if (asked.kind === 'cases') {
      const rows = casesBehind(this.office.db, { ...asked.ask, ...of(caseColumns) });
      return sendListTo(this.office.log, reply, { name: 'Hồ sơ', title, columns: caseColumnsShown, rows }, as, file);
    }
    const rows = judgedBehind(this.office.db, { ...asked.ask, ...of(judgedColumns) });
    sendListTo(this.office.log, reply, { name: 'Hồ sơ', title, columns: judgedColumnsShown, rows }, as, file);
  }
}
