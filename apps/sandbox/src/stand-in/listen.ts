import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

import Fastify, { type FastifyInstance } from 'fastify';

import { linesRoutes } from '../lines/lines.routes.js';
import { SandboxAuthority } from './certificate.js';
import { controlRoutes } from './control.routes.js';
import { PartnerPort } from './partner-port.js';
import { playFaults } from './play-faults.hook.js';
import { PlayedScenario } from './played-scenario.js';
import type { StandIn } from './stand-in.js';

const longestBody = 25 * 1024 * 1024;

export interface Listening {
  port: number;
  controlPort: number;
  scenario: PlayedScenario;
  stop: () => Promise<void>;
}

/** Opens both ports of a stand-in, then starts its clocks. */
export async function listen(
  standIn: StandIn,
  ports: { host: string; port: number; controlPort: number },
): Promise<Listening> {
  const partner = application();
  const scenario = new PlayedScenario(standIn);
  playFaults(partner, standIn, () => scenario.requested());
  standIn.partner(partner);
  if (standIn.lines) linesRoutes(partner, standIn.lines);
  await partner.ready();
  const authority = SandboxAuthority.kept(join(dirname(standIn.book.file), `${standIn.name}.authority`));
  const port = new PartnerPort(partner, authority, standIn.faults, ports.host, ports.port);
  standIn.faults.changed = () => port.obey();

  const control = application();
  controlRoutes(control, standIn, { port, authority, scenario });

  await port.open();
  await control.listen({ host: ports.host, port: ports.controlPort });
  standIn.start();
  return {
    port: port.number,
    controlPort: (control.server.address() as AddressInfo).port,
    scenario,
    stop: async () => {
      scenario.stop();
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
  app.addContentTypeParser(/^(application|text)\/(x-)?yaml/, { parseAs: 'string' }, (_request, text, done) =>
    done(null, text),
  );
  return app;
}
