import type { AddressInfo } from 'node:net';

import Fastify, { type FastifyInstance } from 'fastify';

import { PortalStandIn } from './cong-dvc/cong-dvc.stand-in.js';
import { LltpStandIn } from './lltp/lltp.stand-in.js';
import { OneStopStandIn } from './mot-cua/mot-cua.stand-in.js';
import { lltpSettings, oneStopSettings, portalSettings, standInPorts } from './settings.js';
import { controlRoutes } from './stand-in/control.routes.js';
import { PartnerPort } from './stand-in/partner-port.js';
import { playFaults } from './stand-in/play-faults.hook.js';
import { standInNames, type StandIn, type StandInName } from './stand-in/stand-in.js';

const longestBody = 25 * 1024 * 1024;

const make: Record<StandInName, () => StandIn> = {
  lltp: () => new LltpStandIn(lltpSettings(process.env)),
  'cong-dvc': () => new PortalStandIn(portalSettings(process.env)),
  'mot-cua': () => new OneStopStandIn(oneStopSettings(process.env)),
};

function application(): FastifyInstance {
  const app = Fastify({ logger: false, bodyLimit: longestBody, forceCloseConnections: true });
  app.addContentTypeParser(/^application\/cloudevents\+json/, { parseAs: 'string' }, app.getDefaultJsonParser('ignore', 'ignore'));
  return app;
}

async function run(name: StandInName): Promise<void> {
  const ports = standInPorts(name, process.env);
  const standIn = make[name]();

  const partner = application();
  playFaults(partner, standIn);
  standIn.partner(partner);
  await partner.ready();
  const port = new PartnerPort(partner, ports.host, ports.port);

  const control = application();
  controlRoutes(control, standIn, port);

  await port.open();
  await control.listen({ host: ports.host, port: ports.controlPort });
  standIn.start();
  const { port: controlPort } = control.server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, standIn: name, port: port.number, controlPort })}\n`);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await port.close();
    await control.close();
    await standIn.stop();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  // Started by the sandbox, it ends with it, also when that was killed.
  process.once('disconnect', () => void stop());
}

const name = standInNames.find((known) => known === process.argv[2]);
if (!name) {
  process.stderr.write(`Usage: node stand-in.main.js ${standInNames.join('|')}\n`);
  process.exit(2);
}
await run(name);
