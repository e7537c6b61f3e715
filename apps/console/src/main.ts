import { Database } from '#ledger';
import { startService } from '#service';
import { ConsoleModule, log } from './console.module.js';
import { settings } from './settings.js';

let db: Database | undefined;

await startService({
  module: ConsoleModule,
  log,
  host: settings.host,
  port: settings.port,
  checks: [{ name: 'postgres', required: true, up: async () => (await db!.query('ready', 'select 1')).rowCount === 1 }],
  prepare(app) {
    db = app.get(Database);
  },
  close: () => db!.close(),
});
