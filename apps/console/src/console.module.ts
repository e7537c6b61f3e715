import { Module } from '@nestjs/common';
import { Database } from '#ledger';
import { createLog } from '#service';
import { ReadOverview } from './read-overview.js';
import { settings } from './settings.js';
import { ShowPagesController } from './show-pages.controller.js';

export const log = createLog('console', settings.logLevel);

@Module({
  controllers: [ShowPagesController],
  providers: [
    { provide: Database, useFactory: () => new Database(settings.databaseUrl, 'lienthong-console', log, 4) },
    { provide: ReadOverview, useFactory: (db: Database) => new ReadOverview(db), inject: [Database] },
  ],
})
export class ConsoleModule {}
