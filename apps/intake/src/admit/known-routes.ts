import type { FastifyInstance } from 'fastify';

/** Notes every route, so that a wrong method is told from a wrong address. Before Nest adds its routes. */
export function noteRoutes(fastify: FastifyInstance): (path: string) => string[] {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const known = routes.get(url) ?? {
      pattern: new RegExp(`^${url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:[^/]+/g, '[^/]+')}/?$`),
      methods: new Set<string>(),
    };
    for (const m of [method].flat()) known.methods.add(m);
    routes.set(url, known);
  });
  return (path) =>
    [...routes.values()]
      .find(({ pattern }) => pattern.test(path))
      ?.methods.values()
      .toArray() ?? [];
}
