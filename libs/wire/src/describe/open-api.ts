import { problems, type ProblemCode } from '../problem.js';
import type { Content, DescribedApi, DescribedRoute } from './described-route.js';

/** `$ref` to a shape of the same API. */
export const shapeRef = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

const fault = {
  type: 'object',
  required: ['path', 'rule'],
  properties: {
    path: { type: 'string', description: 'JSON Pointer, or header:/query: and a name' },
    rule: { type: 'string' },
    line: { type: 'integer' },
    column: { type: 'integer' },
    detail: { type: 'string', description: 'in the caller’s language' },
  },
};

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(problems) },
    detail: { type: 'string' },
    faults: { type: 'array', items: fault },
  },
};

const ofKeys: readonly ProblemCode[] = ['missing-credentials', 'wrong-credentials'];
const ofAny: readonly ProblemCode[] = ['unavailable', 'internal'];

/** OpenAPI 3.1 of a process, from one line a route: what it takes is the very schema that is checked. */
export function openApiOf({ title, description, routes, keys, schemas }: DescribedApi): object {
  return {
    openapi: '3.1.0',
    info: { title, version: '1', description },
    paths: Object.fromEntries(
      [...Map.groupBy(routes, ({ at }) => at)].map(([at, some]) => [
        at,
        Object.fromEntries(some.map((route) => [route.method, operationOf(route)])),
      ]),
    ),
    components: {
      securitySchemes: Object.fromEntries(
        Object.entries(keys).map(([name, says]) => [name, { type: 'http', scheme: 'bearer', description: says }]),
      ),
      schemas: { ...schemas, Problem: problemSchema },
    },
  };
}

function operationOf(route: DescribedRoute): object {
  const { vi, en, says, tag, keys, body, status = 200, answers, also = {} } = route;
  const parameters = parametersOf(route);
  return {
    summary: `${vi} · ${en}`,
    ...(says === undefined ? {} : { description: says }),
    tags: [tag],
    security: keys.map((key) => ({ [key]: [] })),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: bodyOf(body) }),
    responses: {
      [String(status)]: { description: en, content: answers },
      ...Object.fromEntries(
        Object.entries(also).map(([code, one]) => [code, { description: one.says, content: one.content }]),
      ),
      ...problemsOf(route),
    },
  };
}

function parametersOf({ at, inPath = {}, query = {} }: DescribedRoute): object[] {
  const places = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  return [
    ...places.map((name) => ({
      name,
      in: 'path',
      required: true,
      ...(inPath[name] ? { description: inPath[name].says } : {}),
      schema: inPath[name]?.schema ?? { type: 'string' },
    })),
    ...Object.entries(query).map(([name, { schema, says, required }]) => ({
      name,
      in: 'query',
      ...(required ? { required } : {}),
      description: says,
      schema,
    })),
  ];
}

function bodyOf({ says, optional, content }: { says?: string; optional?: true; content: Content }): object {
  return { required: optional !== true, ...(says === undefined ? {} : { description: says }), content };
}

function problemsOf({ problems: own = [], keys, at }: DescribedRoute): object {
  const always = at.startsWith('/v1/') ? ofAny : [];
  const codes = new Set([...own, ...(keys.length > 0 ? ofKeys : []), ...always]);
  return Object.fromEntries(
    [...Map.groupBy(codes, (code) => problems[code].status)].map(([status, some]) => [
      String(status),
      {
        description: some.map((code) => `\`${code}\`: ${problems[code].vi} · ${problems[code].en}`).join('\n\n'),
        content: { 'application/problem+json': { schema: shapeRef('Problem') } },
      },
    ]),
  );
}
