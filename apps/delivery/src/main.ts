import { KafkaBatchStrategy } from '#messaging';
import { startService, type Check } from '#service';
import { flow, hopsConsumedBy, type HopName } from '#wire';
import { DeliveryModule } from './delivery.module.js';
import { DeliveryOffice, kafka, log } from './delivery-office.js';
import { settings } from './settings.js';

/** Where each hop that the catalogue gives this process is handled. An unhandled hop stops the process. */
const handled: Partial<Record<HopName, string>> = {
  hubEvents: 'plan/plan-deliveries.consumer',
  retry: 'retry/wake-lanes',
};
const unhandled = hopsConsumedBy('delivery').filter((hop) => !(hop in handled));
if (unhandled.length > 0)
  throw new Error(`the catalogue gives delivery hops that it doesn't handle: ${unhandled.join(', ')}`);

let office: DeliveryOffice | undefined;
const strategy = new KafkaBatchStrategy({
  settings: kafka,
  groupId: 'delivery.plan',
  topics: () => Promise.resolve({ [flow.hubEvents.name]: [flow.hubEvents.name] }),
  fromBeginning: true,
  log,
});
const checks: Check[] = [
  { name: 'postgres', required: true, up: async () => (await office!.db.query('ready', 'select 1')).rowCount === 1 },
  { name: 'kafka', required: false, up: () => Promise.resolve(office!.producer.isUp() && strategy.isUp()) },
  { name: 'redis', required: false, up: () => Promise.resolve(office!.retries.isUp()) },
];

await startService({
  module: DeliveryModule,
  log,
  host: settings.host,
  port: settings.port,
  checks,
  prepare(app) {
    office = app.get(DeliveryOffice);
    app.connectMicroservice({ strategy });
  },
});
