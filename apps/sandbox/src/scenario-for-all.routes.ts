import type { FastifyInstance } from 'fastify';

type Answered = Record<string, { status: number; body: unknown }>;

const answerWithinMs = 5_000;

/**
 * The scenario of all stand-ins at once: each plays its part of the same file. One that doesn't take it, and none plays it.
 * `control` is the address of a stand-in's control port, while it has one.
 */
export function scenarioForAll<Name extends string>(
  app: FastifyInstance,
  names: readonly Name[],
  control: (name: Name) => string | undefined,
): void {
  app.addContentTypeParser(/^(application|text)\/(x-)?yaml/, { parseAs: 'string' }, (_request, text, done) =>
    done(null, text),
  );

  async function each(method: string, query = '', body?: string): Promise<Answered> {
    const told = await Promise.all(
      names.map(async (name) => {
        const at = control(name);
        if (at === undefined) return [name, { status: 503, body: { detail: 'not running' } }] as const;
        const response = await fetch(`${at}/scenario${query}`, {
          method,
          signal: AbortSignal.timeout(answerWithinMs),
          ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/yaml' } }),
        });
        return [name, { status: response.status, body: await response.json() }] as const;
      }),
    );
    return Object.fromEntries(told);
  }
  const bodies = (answered: Answered): object =>
    Object.fromEntries(Object.entries(answered).map(([name, { body }]) => [name, body]));

  app.put('/scenario', async (request, reply) => {
    if (typeof request.body !== 'string') return reply.code(415).send({ detail: 'content-type: application/yaml' });
    const { pace } = request.query as { pace?: string };
    const query = pace === undefined ? '' : `?pace=${encodeURIComponent(pace)}`;
    const answered = await each('PUT', query, request.body);
    const wrong = Object.values(answered).find(({ status }) => status !== 200);
    if (!wrong) return bodies(answered);
    await each('DELETE');
    return reply.code(wrong.status).send(wrong.body);
  });
  app.get('/scenario', async () => bodies(await each('GET')));
  app.delete('/scenario', async () => bodies(await each('DELETE')));
}
