import { Module } from '@nestjs/common';
import { Database } from '#ledger';
import { createLog, Secrets } from '#service';
import { AgencyOffice } from './agencies/agency-office.js';
import { ChangeAgencyController } from './agencies/change-agency.controller.js';
import { CheckAgencyController } from './agencies/check-agency.controller.js';
import { DraftAgencyController } from './agencies/draft-agency.controller.js';
import { ShowAgenciesController } from './agencies/show-agencies.controller.js';
import { ReadOverview } from './read-overview.js';
import { settings } from './settings.js';
import { ShowPagesController } from './show-pages.controller.js';

export const log = createLog('console', settings.logLevel);

@Module({
  controllers: [
    ShowPagesController,
    ShowAgenciesController,
    DraftAgencyController,
    CheckAgencyController,
    ChangeAgencyController,
  ],
  providers: [
    { provide: Database, useFactory: () => new Database(settings.databaseUrl, 'lienthong-console', log, 6) },
    { provide: ReadOverview, useFactory: (db: Database) => new ReadOverview(db), inject: [Database] },
    {
      provide: AgencyOffice,
      useFactory: (db: Database) => new AgencyOffice(db, new Secrets(settings.secretsDir), settings),
      inject: [Database],
    },
  ],
})
export class ConsoleModule {}
