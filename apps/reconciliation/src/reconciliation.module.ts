import { Module } from '@nestjs/common';
import { ContractBook, Database } from '#ledger';
import { createLog, Secrets } from '#service';
import { hubParty } from '#wire';
import { CloseDaySchedule } from './close/close-day.schedule.js';
import { ShowDaysController } from './close/show-days.controller.js';
import { AgencyKeys } from './digest-api/agency-keys.js';
import { ShowBookController } from './digest-api/show-book.controller.js';
import { EnterFactsController } from './facts/enter-facts.controller.js';
import { PublishFiguresSchedule } from './figures/publish-figures.schedule.js';
import { ShowFiguresController } from './figures/show-figures.controller.js';
import { KeepFactsSchedule } from './reports/keep-facts.schedule.js';
import { ReportOffice } from './reports/report-office.js';
import { ShowReportsController } from './reports/show-reports.controller.js';
import { KeptResults } from './kept-results.js';
import { CompareLinesController } from './lines/compare-lines.controller.js';
import { CompareLinesSchedule } from './lines/compare-lines.schedule.js';
import { RunReconciliation } from './run-reconciliation.js';
import { RunReconciliationController } from './run-reconciliation.controller.js';
import { resultsDir, settings, statementKeyFile } from './settings.js';
import { MakeStatementsSchedule } from './statement/make-statements.schedule.js';
import { StatementOffice } from './statement/statement-office.js';
import { StatementsController } from './statement/statements.controller.js';
import { ReadLinesController } from './sources/read-lines.controller.js';
import { ReadLines } from './sources/read-lines.js';

export const log = createLog('reconciliation', settings.logLevel);

@Module({
  controllers: [
    RunReconciliationController,
    CompareLinesController,
    ReadLinesController,
    ShowBookController,
    ShowDaysController,
    EnterFactsController,
    ShowFiguresController,
    ShowReportsController,
    StatementsController,
  ],
  providers: [
    { provide: Database, useFactory: () => new Database(settings.databaseUrl, 'lienthong-reconciliation', log, 6) },
    { provide: ReportOffice, useFactory: (db: Database) => new ReportOffice(db, log), inject: [Database] },
    {
      provide: KeepFactsSchedule,
      useFactory: (db: Database) => new KeepFactsSchedule(db, settings.factsEveryMinutes * 60_000, log),
      inject: [Database],
    },
    { provide: KeptResults, useFactory: () => new KeptResults(resultsDir) },
    {
      provide: PublishFiguresSchedule,
      useFactory: (db: Database) => new PublishFiguresSchedule(db, settings.figuresEveryMinutes * 60_000, log),
      inject: [Database],
    },
    {
      provide: RunReconciliation,
      useFactory: (db: Database, results: KeptResults) => new RunReconciliation(db, results, log),
      inject: [Database, KeptResults],
    },
    {
      provide: CloseDaySchedule,
      useFactory: (db: Database) => new CloseDaySchedule(db, settings.closeAt, log),
      inject: [Database],
    },
    {
      provide: StatementOffice,
      useFactory: (db: Database) => {
        const hub = hubParty({ id: settings.hubId, name: settings.hubName, code: settings.hubCode });
        return new StatementOffice(db, hub, statementKeyFile, log);
      },
      inject: [Database],
    },
    {
      provide: MakeStatementsSchedule,
      useFactory: (office: StatementOffice) => new MakeStatementsSchedule(office, settings.statementWait * 60_000, log),
      inject: [StatementOffice],
    },
    { provide: AgencyKeys, useFactory: (db: Database) => new AgencyKeys(db), inject: [Database] },
    {
      provide: ReadLines,
      useFactory: (db: Database) => new ReadLines(db, new Secrets(settings.secretsDir), settings),
      inject: [Database],
    },
    {
      provide: CompareLinesSchedule,
      useFactory: (db: Database) =>
        new CompareLinesSchedule(
          db,
          new ContractBook(db, log),
          new Secrets(settings.secretsDir),
          log,
          settings.dailyFiles,
        ),
      inject: [Database],
    },
  ],
})
export class ReconciliationModule {}
