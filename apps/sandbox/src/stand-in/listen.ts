import type { AddressInfo } from 'node:net';

import Fastify, { type FastifyInstance } from 'fastify';

import { controlRoutes } from './control.routes.js';
import { PartnerPort } from './partner-port.js';
import { playFaults } from './play-faults.hook.js';
import type { StandIn } from './stand-in.js';

const longestBody = 25 * 1024 * 1024;

export interface Listening {
  port: number;
  controlPort: number;
  stop: () => Promise<void>;
}

/** Opens both ports of a stand-in, then starts its clocks. */
export async function listen(
  standIn: StandIn,
  ports: { host: string; port: number; controlPort: number },
): Promise<Listening> {
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
  return {
    port: port.number,
    controlPort: (control.server.address() as AddressInfo).port,
    stop: async () => {
      await port.close();
      await control.close();
      await standIn.stop();
    },
  };
}

function application(): FastifyInstance {
  const app = Fastify({ logger: false, bodyLimit: longestBody, forceCloseConnections: true });
  app.addContentTypeParser(
    /^application\/cloudevents\+json/,
    { parseAs: 'string' },
    app.getDefaultJsonParser('ignore', 'ignore'),
  );
  return app;
}
