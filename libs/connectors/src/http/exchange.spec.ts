import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PartnerHttp, type Bounds } from './partner-http.js';
import { json, startPartner, type ScriptedPartner } from '../testing/partner.js';

let partner: ScriptedPartner;
const opened: PartnerHttp[] = [];

const http = (url = partner.url, connections = 4, more: Partial<Bounds> = {}): PartnerHttp => {
  const made = new PartnerHttp(url, { connections, timeoutMs: 2_000, ...more });
  opened.push(made);
  return made;
};
const ask = (client: PartnerHttp, more: { timeoutMs?: number; maxBytes?: number } = {}) =>
  client.post({
    path: '/ask',
    headers: ['content-type', 'application/json'],
    body: '{"a":1}',
    timeoutMs: 2_000,
    ...more,
  });

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

beforeEach(async () => {
  partner = await startPartner(json({ status: '1' }));
});
afterEach(async () => {
  await partner.stop();
  await Promise.all(opened.splice(0).map((client) => client.close()));
});

describe('one exchange with a partner', () => {
  it('brings back status, content type, text and JSON', async () => {
    expect(await ask(http())).toMatchObject({
      kind: 'answered',
      status: 200,
      contentType: 'application/json; charset=utf-8',
      text: '{"status":"1"}',
      json: { status: '1' },
    });
    expect(partner.arrived[0]).toMatchObject({ path: '/ask', body: '{"a":1}' });
  });

  it('keeps the path of the address, and connections for what follows', async () => {
    const client = http(`${partner.url}/lgsp/v2/`);
    for (let n = 0; n < 20; n++) await ask(client);
    expect(partner.arrived.map(({ path }) => path)).toEqual(Array(20).fill('/lgsp/v2/ask'));
    expect(partner.connections).toBeLessThanOrEqual(2);
  });

  it('opens no more connections than the contract allows', async () => {
    const client = http(partner.url, 3);
    partner.answers((_, response) => setTimeout(() => response.end('{}'), 20));
    await Promise.all(Array.from({ length: 12 }, () => ask(client)));
    expect(partner.arrived).toHaveLength(12);
    expect(partner.connections).toBe(3);
  });
});

describe('provably unsent', () => {
  it('a refused connection', async () => {
    const answer = await ask(http(`http://127.0.0.1:${await freePort()}`));
    expect(answer).toEqual({ kind: 'unsent', reason: 'could not be sent: connection refused' });
  });

  it('an unknown host', async () => {
    const answer = await ask(http('http://partner.invalid'));
    expect(answer).toMatchObject({ kind: 'unsent', reason: expect.stringMatching(/unknown host|name server/) });
  });

  it('a TLS handshake with something that speaks no TLS', async () => {
    const answer = await ask(http(partner.url.replace('http:', 'https:')));
    expect(answer.kind).toBe('unsent');
    expect(partner.arrived).toHaveLength(0);
  });

  it('a request that found no free connection in its time, which is not sent later either', async () => {
    const client = http(partner.url, 1);
    const held: (() => void)[] = [];
    partner.answers((_, response) => held.push(() => response.end('{}')));
    const first = ask(client);
    const second = await ask(client, { timeoutMs: 60 });
    expect(second).toMatchObject({ kind: 'unsent' });
    held.forEach((release) => release());
    expect(await first).toMatchObject({ kind: 'answered' });
    partner.answers(json({}));
    expect(await ask(client)).toMatchObject({ kind: 'answered' });
    expect(partner.arrived).toHaveLength(2);
  });
});

describe('left us, and no whole answer came', () => {
  it('silence until the time is up', async () => {
    partner.answers(() => undefined);
    expect(await ask(http(), { timeoutMs: 150 })).toEqual({ kind: 'no-answer', reason: 'no answer in time' });
    expect(partner.arrived).toHaveLength(1);
  });

  it('a reset before the first byte', async () => {
    partner.answers((_, __, request) => request.socket.resetAndDestroy());
    expect(await ask(http())).toMatchObject({ kind: 'no-answer' });
  });

  it('a reset half-way through the body', async () => {
    partner.answers((_, response, request) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"status":', () => request.socket.resetAndDestroy());
    });
    expect(await ask(http())).toMatchObject({ kind: 'no-answer' });
  });

  it('an orderly end before the promised length', async () => {
    partner.answers((_, response, request) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"status":"1"}', () => request.socket.end());
    });
    expect(await ask(http())).toMatchObject({ kind: 'no-answer' });
  });

  it('a body that drips', async () => {
    let dripping: NodeJS.Timeout | undefined;
    partner.answers((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      dripping = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(dripping));
    });
    expect(await ask(http(), { timeoutMs: 200 })).toEqual({ kind: 'no-answer', reason: 'no whole answer in time' });
  });

  it('200 MB, announced or not, of which only the limit is read', async () => {
    const total = 200 * 1024 * 1024;
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    for (const announced of [{ 'content-length': String(total) }, {}]) {
      let written = 0;
      partner.answers((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...announced });
        const more = (): void => {
          while (written < total && !response.destroyed) {
            written += chunk.length;
            if (!response.write(chunk)) return void response.once('drain', more);
          }
        };
        more();
      });
      expect(await ask(http(), { timeoutMs: 10_000 })).toEqual({ kind: 'no-answer', reason: 'answer too long' });
      expect(written).toBeLessThan(total / 2);
    }
  });

  it('an answer that is longer than this request allows, and not one that just fits', async () => {
    partner.answers((_, response) => response.end('x'.repeat(1_000)));
    expect(await ask(http(), { maxBytes: 999 })).toMatchObject({ kind: 'no-answer' });
    expect(await ask(http(), { maxBytes: 1_000 })).toMatchObject({ kind: 'answered' });
  });

  it('a keep-alive connection whose partner goes away with the request: nothing is sent twice', async () => {
    const client = http();
    await ask(client);
    partner.answers((_, __, request) => request.socket.destroy());
    expect(await ask(client)).toMatchObject({ kind: 'no-answer' });
    expect(partner.arrived).toHaveLength(2);
  });

  it('something that isn’t HTTP', async () => {
    const server: Server = createTcpServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('SSH-2.0-nobody\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await ask(http(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    expect(answer.kind).toBe('no-answer');
    server.close();
    await once(server, 'close');
  });
});

describe('what is read as an answer', () => {
  const answering = (body: string, headers: Record<string, string>, status = 200) =>
    partner.answers((_, response) => response.writeHead(status, headers).end(body));

  it('JSON by its content type, or because it is an object', async () => {
    answering('[1]', { 'content-type': 'application/problem+json' });
    expect(await ask(http())).toMatchObject({ json: [1] });
    answering(' {"a":1}', { 'content-type': 'text/plain' });
    expect(await ask(http())).toMatchObject({ json: { a: 1 } });
    answering('{"a":1}', {});
    expect(await ask(http())).toMatchObject({ contentType: '', json: { a: 1 } });
  });

  it('never an HTML page, whatever stands in it', async () => {
    answering('{"status":"1"}', { 'content-type': 'text/html; charset=utf-8' });
    expect(await ask(http())).toMatchObject({ kind: 'answered', json: undefined });
  });

  it('no JSON where it is broken or none', async () => {
    answering('{"a":', { 'content-type': 'application/json' });
    expect(await ask(http())).toMatchObject({ kind: 'answered', json: undefined });
    answering('OK', { 'content-type': 'text/plain' });
    expect(await ask(http())).toMatchObject({ kind: 'answered', json: undefined });
  });

  it('an empty body', async () => {
    answering('', {}, 204);
    expect(await ask(http())).toMatchObject({ status: 204, contentType: '', text: '', json: undefined });
  });

  it('Vietnamese words that came as \\u escapes, as words', async () => {
    answering('{"message":"\\u0111\\u00e3 t\\u1ed3n t\\u1ea1i"}', { 'content-type': 'application/json' });
    expect(await ask(http())).toMatchObject({ text: '{"message":"đã tồn tại"}' });
  });

  it('Retry-After in seconds or as a date, at most a day', async () => {
    answering('', { 'retry-after': '7' }, 429);
    expect(await ask(http())).toMatchObject({ status: 429, retryAfter: 7 });
    answering('', { 'retry-after': new Date(Date.now() + 90_000).toUTCString() }, 503);
    const { retryAfter } = (await ask(http())) as { retryAfter: number };
    expect(retryAfter).toBeGreaterThan(85);
    expect(retryAfter).toBeLessThanOrEqual(90);
    answering('', { 'retry-after': '99999999999' }, 503);
    expect(await ask(http())).toMatchObject({ retryAfter: 86_400 });
    answering('', { 'retry-after': 'soon' }, 503);
    expect(await ask(http())).not.toHaveProperty('retryAfter');
  });

  it('a redirect as what it is, not where it leads', async () => {
    answering('', { location: `${partner.url}/elsewhere` }, 307);
    expect(await ask(http())).toMatchObject({ status: 307 });
    expect(partner.arrived).toHaveLength(1);
  });
});
