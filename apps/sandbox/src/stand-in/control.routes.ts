import { Readable } from 'node:stream';

import type { FastifyInstance, FastifyReply } from 'fastify';

import { byHandRoutes } from '../lines/by-hand.routes.js';
import { falsifyRoutes } from '../lines/falsify.routes.js';
import { linesRoutes } from '../lines/lines.routes.js';
import type { Arrival, OwnAct, Written } from './book.js';
import type { SandboxAuthority } from './certificate.js';
import { faultNames, kindOf } from './fault-kinds.js';
import { mute } from './manner.js';
import type { PartnerPort } from './partner-port.js';
import type { PlayedScenario } from './played-scenario.js';
import { readFaults } from './read-faults.js';
import { scenarioRoutes } from './scenario.routes.js';
import type { StandIn } from './stand-in.js';

const ndjson = 'application/x-ndjson; charset=utf-8';

export const sendLines = (reply: FastifyReply, lines: Readable): FastifyReply => reply.type(ndjson).send(lines);

/** Tests and counters read book positions from the query; anything else starts at the beginning. */
export const afterOf = (query: unknown): number => {
  const after = Number((query as Record<string, string | undefined>)['after'] ?? 0);
  return Number.isInteger(after) && after > 0 ? after : 0;
};

interface Controlled {
  port: PartnerPort;
  authority: SandboxAuthority;
  scenario: PlayedScenario;
}

/** The handles every stand-in has on its control port, which stays up while the partner port is down. */
export function controlRoutes(app: FastifyInstance, standIn: StandIn, { port, authority, scenario }: Controlled): void {
  const manner = standIn.manner ?? mute;
  app.get('/healthz', () => ({
    standIn: standIn.name,
    port: port.number,
    down: standIn.faults.down,
    lines: standIn.book.length,
  }));

  app.get('/books', (request, reply) => sendLines(reply, standIn.book.read(afterOf(request.query), arrived)));

  app.get('/holds', (request, reply) => {
    const code = (request.query as Record<string, string | undefined>)['code'];
    if (code === undefined) return sendLines(reply, Readable.from(lines(standIn.held())));
    const held = standIn.holds(code);
    return held ?? reply.code(404).send({ held: false });
  });

  app.get('/faults', () => ({ faults: standIn.faults.show() }));
  app.put('/faults', async (request, reply) => {
    const faults = readFaults(request.body, manner);
    if (typeof faults === 'string') return reply.code(400).send({ detail: faults });
    await standIn.faults.set(faults);
    return { faults: standIn.faults.show() };
  });
  app.delete('/faults', async () => {
    const played = standIn.faults.show();
    await standIn.faults.set([]);
    return { faults: played };
  });
  app.get('/faults/kinds', () =>
    faultNames
      .filter((name) => kindOf(name).real(manner))
      .map((name) => ({ name, vi: kindOf(name).vi, en: kindOf(name).en, value: kindOf(name).value })),
  );
  scenarioRoutes(app, scenario);

  /** Of the authority that signed what the TLS side shows: PEM, to be trusted by whoever calls it over https. */
  app.get('/certificate', (_request, reply) => reply.type('application/x-pem-file').send(authority.cert));

  app.get('/wording', () => standIn.wording);
  app.put('/wording', (request, reply) => {
    const asked = request.body as Record<string, unknown>;
    const strange = Object.keys(asked).find((key) => !(key in standIn.wording));
    if (strange !== undefined) return reply.code(400).send({ detail: `no wording is called ${strange}` });
    return Object.assign(standIn.wording, asked);
  });

  if (standIn.lines) {
    linesRoutes(app, { books: standIn.lines.books });
    falsifyRoutes(app, standIn.lines.books, standIn.lines.statuses);
    byHandRoutes(app, standIn.lines.books);
  }
  standIn.control(app);
}

/** The book as others read it: what arrived, without what the partner keeps of it for itself. */
function arrived(line: Written<Arrival | OwnAct>, text: string): string | undefined {
  if (line.effect === 'own') return undefined;
  if (line.kept === undefined) return text;
  const { kept: _, ...served } = line;
  return JSON.stringify(served);
}

function* lines(items: Iterable<object>): Generator<string> {
  let batch = '';
  for (const item of items) {
    batch += `${JSON.stringify(item)}\n`;
    if (batch.length > 65_536) {
      yield batch;
      batch = '';
    }
  }
  if (batch) yield batch;
}
