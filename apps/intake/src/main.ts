import { KafkaBatchStrategy } from '#messaging';
import { startService } from '#service';
import { compilePayloadChecks, flow, hopsConsumedBy } from '#wire';
import { answerBeforeRouting } from './admit/answer-before-routing.js';
import { authenticate } from './admit/authenticate.hook.js';
import { noteRoutes } from './admit/known-routes.js';
import { MAX_JSON_BYTES, readBodies } from './admit/read-body.js';
import { RefuseFilter } from './admit/refuse.filter.js';
import { describeApi } from './describe/open-api.js';
import { IntakeModule } from './intake.module.js';
import { IntakeOffice, log } from './intake-office.js';
import { admitFilings } from './vneid/admit-filing.hook.js';
import { settings } from './settings.js';

let office: IntakeOffice | undefined;

const inbox = new KafkaBatchStrategy({
  settings: { brokers: settings.kafkaBrokers, clientId: settings.instance, namespace: settings.namespace },
  groupId: 'intake.inbox',
  topics: () => office!.inboxes(),
  fromBeginning: true,
  log,
});

await startService({
  module: IntakeModule,
  log,
  host: settings.host,
  port: settings.port,
  bodyLimit: MAX_JSON_BYTES,
  beforeRouting: answerBeforeRouting,
  checks: [
    { name: 'postgres', required: true, up: () => office!.isReady() },
    { name: 'kafka', required: false, up: () => Promise.resolve(inbox.isUp()) },
    { name: 'redis', required: false, up: () => Promise.resolve(office!.bell.isUp()) },
  ],
  async prepare(app, fastify) {
    office = app.get<IntakeOffice>(IntakeOffice);
    const methodsAt = noteRoutes(fastify);
    authenticate(fastify, { credentials: office.credentials, isOpen: () => office!.isOpen() });
    admitFilings(fastify, { credentials: office.credentials, isOpen: () => office!.isOpen() });
    readBodies(fastify);
    app.useGlobalFilters(new RefuseFilter(log, methodsAt));
    describeApi(app);
    app.connectMicroservice({ strategy: inbox });
    const unhandled = hopsConsumedBy('intake').filter((hop) => !inbox.getHandlers().has(flow[hop].name));
    if (unhandled.length > 0)
      throw new Error(`the catalogue gives intake hops that nothing handles: ${unhandled.join(', ')}`);
    compilePayloadChecks();
    await office.open();
  },
});
