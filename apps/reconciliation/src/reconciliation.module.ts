import { Module } from '@nestjs/common';
import { Database } from '#ledger';
import { createLog } from '#service';
import { ShowFiguresController } from './figures/show-figures.controller.js';
import { KeptResults } from './kept-results.js';
import { RunReconciliation } from './run-reconciliation.js';
import { RunReconciliationController } from './run-reconciliation.controller.js';
import { resultsDir, settings } from './settings.js';

export const log = createLog('reconciliation', settings.logLevel);

@Module({
  controllers: [RunReconciliationController, ShowFiguresController],
  providers: [
    { provide: Database, useFactory: () => new Database(settings.databaseUrl, 'lienthong-reconciliation', log, 3) },
    { provide: KeptResults, useFactory: () => new KeptResults(resultsDir) },
    {
      provide: RunReconciliation,
      useFactory: (db: Database, results: KeptResults) => new RunReconciliation(db, results, log),
      inject: [Database, KeptResults],
    },
  ],
})
export class ReconciliationModule {}
