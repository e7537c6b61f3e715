import Fastify from 'fastify';

import { counterRoutes } from './counter/counter.routes.js';
import { EnterExamples } from './counter/enter-examples.schedule.js';
import { counterOptions } from './counter/options.js';
import { StandInsClient } from './counter/stand-ins-client.js';
import { scenarioForAll } from './scenario-for-all.routes.js';
import { sandboxSettings } from './settings.js';
import { standInNames } from './stand-in/stand-in.js';
import { Supervisor } from './supervise-stand-ins.js';

const settings = sandboxSettings(process.env);
const supervisor = new Supervisor();
const partnersHost = settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host;
const standIns = new StandInsClient(partnersHost, (name) => supervisor.running(name).controlPort);

const options = counterOptions(process.env);
const visitors = new EnterExamples(standIns, options);
const app = Fastify({ logger: false, forceCloseConnections: true });
counterRoutes(app, { options, standIns, running: (name) => supervisor.running(name) });
scenarioForAll(app, standInNames, (name) => {
  const { controlPort } = supervisor.running(name);
  return controlPort === undefined ? undefined : `http://${partnersHost}:${controlPort}`;
});
app.get('/healthz', () => ({ status: 'alive' }));
app.get('/readyz', async (_request, reply) => {
  const answers = await Promise.all(
    standInNames.map(async (name) => [name, (await standIns.health(name)) ? 'up' : 'not answering'] as const),
  );
  return reply.code(answers.every(([, state]) => state === 'up') ? 200 : 503).send(Object.fromEntries(answers));
});
app.get('/metrics', async (_request, reply) => {
  const lines = await Promise.all(
    standInNames.map(async (name) => {
      const health = await standIns.health(name);
      const { restarts } = supervisor.running(name);
      return [
        `lienthong_stand_in_up{stand_in="${name}"} ${health && !health.down ? 1 : 0}`,
        `lienthong_stand_in_book_lines{stand_in="${name}"} ${health?.lines ?? 0}`,
        `lienthong_stand_in_restarts_total{stand_in="${name}"} ${restarts}`,
      ];
    }),
  );
  return reply.type('text/plain; version=0.0.4').send(`${lines.flat().join('\n')}\n`);
});

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  visitors.stop();
  await app.close();
  await supervisor.stop();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

try {
  await supervisor.start();
  await app.listen({ host: settings.host, port: settings.port });
  visitors.start(settings.visitorEveryMs);
} catch (error) {
  process.stderr.write(`The sandbox can't start: ${(error as Error).message}\n`);
  await supervisor.stop();
  process.exit(1);
}
process.stdout.write(
  `${JSON.stringify({ ready: true, sandbox: app.server.address(), standIns: Object.fromEntries(standInNames.map((name) => [name, supervisor.running(name)])) })}\n`,
);
