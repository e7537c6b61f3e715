import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import type { FastifyInstance } from 'fastify';

import { afterOf, sendLines } from '../stand-in/control.routes.js';
import type { Submissions } from './submissions.js';

const mostFaultsNamed = 20;

/** One submission as JSON, or a bulk as NDJSON that is read no faster than the hub takes it. 202: on disk, will be sent. */
export function takeSubmissions(app: FastifyInstance, submissions: Submissions): void {
  app.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));

  app.post('/submissions', async (request, reply) => {
    if (request.headers['content-type']?.startsWith('application/x-ndjson')) {
      return reply.code(202).send(await takeLines(request.body as Readable, submissions));
    }
    await submissions.room();
    const answer = submissions.take(request.body);
    return reply.code(answer.outcome === 'invalid' ? 400 : 202).send(answer);
  });

  app.get('/submissions/state', () => submissions.state());
  app.get('/submissions/refused', (_request, reply) => sendLines(reply, submissions.refused()));
  app.get('/submitted', (request, reply) => sendLines(reply, submissions.acceptedAfter(afterOf(request.query))));
}

async function takeLines(body: Readable, submissions: Submissions): Promise<object> {
  const counts = { taken: 0, known: 0, invalid: 0 };
  const faults: { line: number; detail: string }[] = [];
  let line = 0;
  for await (const text of createInterface({ input: body, crlfDelay: Infinity })) {
    line += 1;
    if (text === '') continue;
    await submissions.room();
    const answer = submissions.take(parsed(text));
    counts[answer.outcome] += 1;
    if (answer.outcome === 'invalid' && faults.length < mostFaultsNamed) faults.push({ line, detail: answer.detail });
  }
  return { ...counts, faults };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
