import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { boundsOf, PartnerHttp, type Bounds } from './partner-http.js';
import { contractOf } from '../case.fixture.js';

const opened: PartnerHttp[] = [];
let server: Server;
let sockets: Set<Socket>;
let onRequest: (socket: Socket, request: string) => void;

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
function http(more: Partial<Bounds> = {}, address = url()): PartnerHttp {
  const made = new PartnerHttp(address, { connections: 1, timeoutMs: 2_000, ...more });
  opened.push(made);
  return made;
}
const ask = (client: PartnerHttp, timeoutMs = 2_000) =>
  client.post({ path: '/', headers: ['content-type', 'application/json'], body: '{}', timeoutMs });
async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await work, performance.now() - began];
}
/** Writes as fast as it is read, until the other side goes away. */
function flood(socket: Socket, piece: string): void {
  const more = (): void => {
    while (!socket.destroyed) if (!socket.write(piece)) return void socket.once('drain', more);
  };
  more();
}
const ok = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

beforeEach(async () => {
  sockets = new Set();
  onRequest = (socket) => socket.write(ok);
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (data: Buffer) => onRequest(socket, data.toString('latin1')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.close(0)));
  for (const socket of sockets) socket.destroy();
  server.close();
});

describe('the contract’s bounds', () => {
  it('are those of its limits', () => {
    const contract = contractOf('lltp');
    const limits = { inFlight: 3, timeout: '20s', connect: '2s', firstByte: '9s' };
    expect(boundsOf({ ...contract, limits })).toEqual({
      allowPrivate: true,
      connections: 3,
      timeoutMs: 20_000,
      connectMs: 2_000,
      firstByteMs: 9_000,
    });
  });

  it('connect: a handshake that never ends leaves the request provably unsent', async () => {
    onRequest = () => undefined;
    const [answer, took] = await timed(
      ask(http({ connectMs: 200, timeoutMs: 10_000 }, url().replace('http:', 'https:')), 10_000),
    );
    expect(answer).toEqual({ kind: 'unsent', reason: 'could not be sent: no connection in time' });
    expect(took).toBeLessThan(9_000);
  });

  it('first byte: silence is cut off long before the whole time is up', async () => {
    onRequest = () => undefined;
    const [answer, took] = await timed(ask(http({ firstByteMs: 150 }), 10_000));
    expect(answer).toEqual({ kind: 'no-answer', reason: 'no answer in time' });
    expect(took).toBeLessThan(9_000);
  });

  it('first byte: counts from the request, not from the wait for a free connection', async () => {
    const client = http({ firstByteMs: 400 });
    onRequest = (socket) => setTimeout(() => socket.write(ok), 300);
    expect(await Promise.all([ask(client), ask(client)])).toMatchObject([{ kind: 'answered' }, { kind: 'answered' }]);
  });

  it('whole: an answer that began in time and drips', async () => {
    onRequest = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
      const drip = setInterval(() => socket.write('1\r\n \r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    };
    const [answer, took] = await timed(ask(http({ firstByteMs: 100 }), 400));
    expect(answer).toEqual({ kind: 'no-answer', reason: 'no whole answer in time' });
    expect(took).toBeGreaterThan(350);
  });
});

describe('cut off with bounded memory', () => {
  it.each([
    ['a header that doesn’t end', 'HTTP/1.1 200 OK\r\nX-Long: ', 'x'.repeat(1_000), 'answer’s header too long'],
    ['headers that don’t end', 'HTTP/1.1 200 OK\r\n', 'X-More: of this\r\n', 'answer’s header too long'],
    [
      'interim answers that don’t end',
      '',
      'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
      'no answer, only interim ones',
    ],
    ['100 Continue that nobody asked for', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'connection closed'],
    [
      'a body in pieces of one byte',
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      '1\r\n \r\n'.repeat(1_000),
      'answer too long',
    ],
    [
      'a trailer that doesn’t end',
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n \r\n0\r\n',
      'X-More: of this\r\n',
      'answer’s header too long',
    ],
  ])('%s', async (_, start, piece, reason) => {
    onRequest = (socket) => {
      socket.write(start || piece);
      flood(socket, piece);
    };
    const client = http();
    const before = process.memoryUsage();
    const [answer, took] = await timed(ask(client, 20_000));
    const after = process.memoryUsage();
    expect(answer).toEqual({ kind: 'no-answer', reason });
    expect(took).toBeLessThan(19_000);
    expect(after.rss - before.rss).toBeLessThan(64 * 1024 * 1024);
    onRequest = (socket) => socket.write(ok);
    expect(await ask(client)).toMatchObject({ kind: 'answered' });
  });

  it('an answer in many pieces is put together whole', async () => {
    const said = JSON.stringify({ message: 'đã tiếp nhận '.repeat(500) });
    onRequest = (socket) => {
      const bytes = Buffer.from(said);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`);
      for (let at = 0; at < bytes.length; at += 7) {
        const piece = bytes.subarray(at, at + 7);
        socket.write(Buffer.concat([Buffer.from(`${piece.length}\r\n`), piece, Buffer.from('\r\n')]));
      }
      socket.write('0\r\n\r\n');
    };
    expect(await ask(http())).toMatchObject({ text: said });
  });
});

describe('a partner that hangs', () => {
  it('holds nothing of another one', async () => {
    const hanging = http({ connections: 2 });
    onRequest = (socket, request) => (request.startsWith('POST /slow') ? undefined : socket.write(ok));
    const held = Array.from({ length: 50 }, () =>
      hanging.post({ path: '/slow', headers: [], body: '{}', timeoutMs: 3_000 }),
    );
    let ended = 0;
    for (const each of held) void each.then(() => ended++);
    const other = http({ connections: 2 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(other)));
    expect(answers.every(({ kind }) => kind === 'answered')).toBe(true);
    expect(ended).toBe(0);
    const kinds = (await Promise.all(held)).map(({ kind }) => kind);
    expect(kinds).not.toContain('answered');
  });

  it('costs the requests that waited too long for a connection, and not the connection', async () => {
    const client = http();
    const release: (() => void)[] = [];
    onRequest = (socket) => release.push(() => socket.write(ok));
    const first = ask(client);
    expect(await ask(client, 60)).toEqual({ kind: 'unsent', reason: 'could not be sent: no connection in time' });
    release.forEach((each) => each());
    expect(await first).toMatchObject({ kind: 'answered' });
    const [before] = sockets;
    onRequest = (socket) => socket.write(ok);
    expect(await ask(client)).toMatchObject({ kind: 'answered' });
    expect([...sockets]).toEqual([before]);
  });

  it('is let go within a bound: what is under way ends in doubt, what waits is unsent', async () => {
    onRequest = () => undefined;
    const client = http({ timeoutMs: 60_000 });
    const arrived = once(server, 'connection');
    const both = Promise.all([ask(client, 60_000), ask(client, 60_000)]);
    await arrived;
    const [, took] = await timed(client.close(150));
    expect(took).toBeLessThan(30_000);
    expect(await both).toEqual([
      { kind: 'no-answer', reason: 'stopped here' },
      { kind: 'unsent', reason: 'could not be sent: stopped here' },
    ]);
    expect(await ask(client)).toEqual({ kind: 'unsent', reason: 'could not be sent: stopped here' });
  });

  it('may finish while closing', async () => {
    onRequest = (socket) => setTimeout(() => socket.write(ok), 100);
    const client = http();
    const answer = ask(client);
    await client.close();
    expect(await answer).toMatchObject({ kind: 'answered' });
  });
});
