import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, register } from 'prom-client';

/** A dependency and whether it answers now. `required: false` dependencies are shown but don't make the process unready. */
export interface Check {
  name: string;
  required: boolean;
  up(): Promise<boolean>;
}

const BOUND_MS = 2_000;

/** GET /healthz (alive), /readyz (its dependencies, 503 while a required one is missing), /metrics (Prometheus). */
export function addHealth(fastify: FastifyInstance, checks: readonly Check[]): void {
  collectDefaultMetrics();
  fastify.get('/healthz', async (_request, reply) => reply.send({ status: 'alive' }));
  fastify.get('/readyz', async (_request, reply) => {
    const states = await Promise.all(checks.map(async (check) => ({ check, up: await bounded(check) })));
    const ready = states.every(({ check, up }) => up || !check.required);
    const dependencies = Object.fromEntries(states.map(({ check, up }) => [check.name, up ? 'up' : 'down']));
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not-ready', dependencies });
  });
  fastify.get('/metrics', async (_request, reply) => reply.type(register.contentType).send(await register.metrics()));
}

async function bounded(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, BOUND_MS, false)));
  try {
    return await Promise.race([check.up().catch(() => false), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
