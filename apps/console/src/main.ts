import { Database, isUnavailable, operatorOfKey } from '#ledger';
import { authenticate, MAX_BODY_BYTES, readBodies, RefuseFilter, startService } from '#service';
import { ConsoleModule, log } from './console.module.js';
import { operatorsApi } from './describe/operators-api.js';
import { settings } from './settings.js';

let db: Database | undefined;

await startService({
  module: ConsoleModule,
  log,
  host: settings.host,
  port: settings.port,
  checks: [{ name: 'postgres', required: true, up: async () => (await db!.query('ready', 'select 1')).rowCount === 1 }],
  bodyLimit: MAX_BODY_BYTES,
  prepare(app, fastify) {
    db = app.get(Database);
    authenticate(fastify, (key) => operatorOfKey(db!, key));
    readBodies(fastify);
    app.useGlobalFilters(new RefuseFilter(log, isUnavailable));
    fastify.get('/docs-json', (_request, reply) => reply.send(operatorsApi));
  },
  close: () => db!.close(),
});
