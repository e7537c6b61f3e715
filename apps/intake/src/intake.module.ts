import { Module } from '@nestjs/common';
import { ContractBook, Database } from '#ledger';
import { ShowCaseController } from './ask/show-case.controller.js';
import { EnterReport } from './enter/enter-report.js';
import { ReadFeedController } from './feed/read-feed.controller.js';
import { KeepFileController } from './files/keep-file.controller.js';
import { TakeReports } from './inbox/take-reports.js';
import { TakeReportsConsumer } from './inbox/take-reports.consumer.js';
import { WaitForNews } from './feed/wait-for-news.js';
import { IntakeOffice } from './intake-office.js';
import { PortalDoorController } from './portal/portal-door.controller.js';
import { ReportEventController } from './push/report-event.controller.js';
import { SubmitBatchController } from './push/submit-batch.controller.js';
import { SubmitCaseController } from './push/submit-case.controller.js';
import { TakeFilingController } from './vneid/take-filing.controller.js';

@Module({
  controllers: [
    SubmitCaseController,
    ReportEventController,
    SubmitBatchController,
    ShowCaseController,
    KeepFileController,
    ReadFeedController,
    PortalDoorController,
    TakeFilingController,
    TakeReportsConsumer,
  ],
  providers: [
    { provide: IntakeOffice, useFactory: () => new IntakeOffice() },
    { provide: Database, useFactory: (office: IntakeOffice) => office.db, inject: [IntakeOffice] },
    { provide: ContractBook, useFactory: (office: IntakeOffice) => office.book, inject: [IntakeOffice] },
    { provide: WaitForNews, useFactory: (office: IntakeOffice) => office.news, inject: [IntakeOffice] },
    { provide: EnterReport, useFactory: (office: IntakeOffice) => office.enterReport, inject: [IntakeOffice] },
    { provide: TakeReports, useFactory: (office: IntakeOffice) => office.takeReports, inject: [IntakeOffice] },
  ],
})
export class IntakeModule {}
