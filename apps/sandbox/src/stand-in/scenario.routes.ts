import type { FastifyInstance } from 'fastify';

import type { PlayedScenario } from './played-scenario.js';

/** A scenario file over HTTP: put to play it, get to see where it stands, delete to end it. */
export function scenarioRoutes(app: FastifyInstance, scenario: PlayedScenario): void {
  app.put('/scenario', (request, reply) => {
    const pace = Number((request.query as { pace?: string }).pace ?? 1);
    if (!(pace > 0)) return reply.code(400).send({ detail: 'pace is a number above 0' });
    if (typeof request.body !== 'string') return reply.code(415).send({ detail: 'content-type: application/yaml' });
    const wrong = scenario.start(request.body, pace);
    if (!wrong) return scenario.show();
    return reply.code(400).send({ detail: `${wrong.line}:${wrong.column} ${wrong.path} ${wrong.text}`, ...wrong });
  });
  app.get(
    '/scenario',
    (_request, reply) => scenario.show() ?? reply.code(404).send({ detail: 'no scenario is played' }),
  );
  app.delete('/scenario', () => {
    const played = scenario.show();
    scenario.stop();
    return { played: played ?? null };
  });
}
