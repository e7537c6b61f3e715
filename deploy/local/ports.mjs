import { createServer } from 'node:net';

// Below the range that systems hand out to clients, so that a remembered port is rarely taken by one.
const FIRST = 17_000;
const LAST = 29_999;

/** Ports promised in this run, perhaps not listened on yet. */
const promised = new Set();

export function isFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The remembered port if it is free, else another one. */
export async function freePort(remembered, host = '127.0.0.1') {
  for (let port = remembered; ; port = undefined) {
    port ??= FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (promised.has(port)) continue;
    promised.add(port);
    if (await isFree(port, host)) return port;
    promised.delete(port);
  }
}

/** A promise that its server no longer needs: whoever starts that server again gets the same port. */
export const release = (port) => promised.delete(port);
