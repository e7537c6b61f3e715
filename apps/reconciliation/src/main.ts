import { Database } from '#ledger';
import { startService } from '#service';
import { log, ReconciliationModule } from './reconciliation.module.js';
import { settings } from './settings.js';

let db: Database | undefined;

await startService({
  module: ReconciliationModule,
  log,
  host: settings.host,
  port: settings.port,
  checks: [{ name: 'postgres', required: true, up: async () => (await db!.query('ready', 'select 1')).rowCount === 1 }],
  prepare(app) {
    db = app.get(Database);
  },
  close: () => db!.close(),
});
