import { Database, daysBehind, isUnavailable, operatorOfKey } from '#ledger';
import { authenticate, readBodies, RefuseFilter, type Service } from '#service';
import { watchDays } from './close/close-metrics.js';
import { reconciliationApi } from './describe/reconciliation-api.js';
import { takeSpreadsheets } from './lines/take-spreadsheets.js';
import { log, ReconciliationModule } from './reconciliation.module.js';
import { settings } from './settings.js';
import { admitStatementReaders } from './statement/admit.hook.js';

/**
 * What names cases or changes anything; counts and figures name nobody. An agency's own book and statements ask for the
 * agency's key, by hooks of their own.
 */
const isForOperators = (route: string): boolean =>
  /^\/v1\/(?:agencies|discrepancies|days|reports|facts)(?:\/|$)/.test(route) &&
  !/^\/v1\/agencies\/:\w+\/(?:digests|lines|statements|statement-keys)(?:\/|$)/.test(route);

let db: Database | undefined;

/** The whole process, for `main.ts` and for whoever holds it against its description. */
export const reconciliation: Service = {
  module: ReconciliationModule,
  log,
  host: settings.host,
  port: settings.port,
  checks: [{ name: 'postgres', required: true, up: async () => (await db!.query('ready', 'select 1')).rowCount === 1 }],
  prepare(app, fastify) {
    const ledger = app.get(Database);
    authenticate(fastify, (key) => operatorOfKey(ledger, key), isForOperators);
    readBodies(fastify);
    admitStatementReaders(fastify, ledger);
    takeSpreadsheets(fastify);
    app.useGlobalFilters(new RefuseFilter(log, isUnavailable));
    fastify.get('/docs-json', (_request, reply) => reply.send(reconciliationApi));
    watchDays(() => daysBehind(ledger));
    db = ledger;
  },
  close: () => db!.close(),
};
