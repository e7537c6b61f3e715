import Fastify from 'fastify';

import { linesRoutes } from '../../../dist/apps/sandbox/src/lines/lines.routes.js';
import { falsify, FalseBooks } from './false-books.mjs';
import { World } from './world.mjs';

// A partner's system in a process of its own: usage: partner.mjs '{"world": …, "counts": …, "seed": …}'. Says {port, planted} on stdout.
const { world, counts, seed, days } = JSON.parse(process.argv[2]);
const books = new FalseBooks(new World(world));
const planted = falsify(books, counts, seed, days);
const app = Fastify({ logger: false, bodyLimit: 50_000_000 });
linesRoutes(app, { books });
await app.listen({ host: '127.0.0.1', port: 0 });
process.once('disconnect', () => process.exit(0));
process.send({ port: app.server.address().port, planted });
