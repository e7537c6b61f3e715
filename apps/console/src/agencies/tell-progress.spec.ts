import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { TellProgress } from './tell-progress.js';

type Work = (onProgress: (done: number, total: number) => void) => Promise<object>;

let server: FastifyInstance;
let port: number;
let work: Work;
let ended: Promise<void>;
beforeAll(async () => {
  server = fastify({ forceCloseConnections: true });
  server.get('/', (asked, reply) => {
    ended = new TellProgress(asked, reply).while((onProgress) => work(onProgress));
    return ended;
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  port = (server.server.address() as { port: number }).port;
});
afterAll(() => server.close());

const ask = async (accept: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/`, { headers: { accept } })).text();

describe('long work', () => {
  it('tells how far it is, line by line, and its result last; or the result alone', async () => {
    work = (onProgress) => {
      onProgress(1, 2);
      onProgress(2, 2);
      return Promise.resolve({ well: true });
    };
    const lines = (await ask('application/x-ndjson')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { progress: { done: 1, total: 2 } },
      { progress: { done: 2, total: 2 } },
      { result: { well: true } },
    ]);
    expect(JSON.parse(await ask('application/json'))).toEqual({ well: true });
  });

  it('says in its last line that it failed, and nothing of why', async () => {
    work = (onProgress) => {
      onProgress(1, 2);
      return Promise.reject(new Error('Nguyễn Thị Mẫu'));
    };
    const text = await ask('application/x-ndjson');
    expect(text.trim().split('\n').at(-1)).toContain('"code":"internal"');
    expect(text).not.toContain('Nguyễn');
  });

  it.each(['application/x-ndjson', 'application/json'])('ends when whoever asked for %s has gone', async (accept) => {
    let steps = 0;
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    work = async (onProgress) => {
      for (;;) {
        onProgress(++steps, 1_000_000);
        begun();
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const asked = request({ port, host: '127.0.0.1', headers: { accept } });
    asked.on('error', () => undefined);
    asked.end();
    await hasBegun;
    asked.destroy();
    // It never ends by itself.
    await ended;
    expect(steps).toBeGreaterThan(0);
  });
});
