import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { createLog } from '#service';
import type { List } from './lists.js';
import { sendListTo } from './send-download.js';

let said: [object, string][] = [];
const log = Object.assign(createLog('spec', 'silent'), {
  error: (what: object, text: string): void => void said.push([what, text]),
});
let server: FastifyInstance;
let address: string;
let breaks: boolean;
beforeAll(async () => {
  server = fastify();
  server.get('/:as', (request, reply) => {
    const { as } = request.params as { as: 'csv' | 'xlsx' | 'json' };
    const columns: List<string>['columns'] = [{ key: 'code', title: 'Mã', kind: 'text', width: 9, of: (code) => code }];
    sendListTo(log, reply, { name: 'H', title: 'H', columns, rows: rows() }, as, 'ho-so');
  });
  address = await server.listen({ port: 0, host: '127.0.0.1' });
});
beforeEach(() => void (said = []));
afterAll(() => server.close());

async function* rows(): AsyncGenerator<string> {
  for (let n = 0; n < 20_000; n++) yield `000.00.14.H99-260101-${n}`;
  // As PostgreSQL ends a connection of whoever reads.
  if (breaks) throw Object.assign(new Error('Nguyễn Văn A'), { code: '57P01' });
  await Promise.resolve();
}

it.each(['csv', 'xlsx', 'json'])(
  '%s that fails on its way is cut off, and the log says why, without the data',
  async (as) => {
    breaks = true;
    await expect(fetch(`${address}/${as}`).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    expect(said).toEqual([[{ file: 'ho-so', as, code: '57P01' }, 'a report broke off on its way']]);
    breaks = false;
    expect((await (await fetch(`${address}/${as}`)).arrayBuffer()).byteLength).toBeGreaterThan(1_000);
    expect(said).toHaveLength(1);
  },
);
