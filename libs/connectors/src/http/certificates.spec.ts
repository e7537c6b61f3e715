import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { classifyReply } from '#domain';

import { Authority, daysFromNow, type Identity } from './certificate.fixture.js';
import { PartnerHttp } from './partner-http.js';

const trustedBefore = getCACertificates('default');
const authority = new Authority();
let server: Server | undefined;
let client: PartnerHttp | undefined;
let arrived = 0;

beforeAll(() => setDefaultCACertificates([...trustedBefore, authority.cert]));
afterAll(() => setDefaultCACertificates(trustedBefore));
afterEach(async () => {
  await client?.close();
  server?.closeAllConnections();
  server?.close();
});

async function askAt(host: string, identity: Identity) {
  arrived = 0;
  server = createServer(identity, (_, response) => {
    arrived += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new PartnerHttp(`https://${host}:${(server.address() as AddressInfo).port}`, {
    connections: 1,
    timeoutMs: 2_000,
  });
  return client.post({ path: '/', headers: [], body: '{}', timeoutMs: 2_000 });
}

describe('a partner’s certificate', () => {
  it('that is in order lets the request through', async () => {
    expect(await askAt('localhost', authority.issue('localhost'))).toMatchObject({ kind: 'answered', status: 200 });
    expect(arrived).toBe(1);
  });

  it.each<[string, () => Identity]>([
    ['certificate expired', () => authority.issue('localhost', { from: daysFromNow(-400), until: daysFromNow(-1) })],
    [
      'certificate not yet valid',
      () => authority.issue('localhost', { from: daysFromNow(1), until: daysFromNow(400) }),
    ],
    ['certificate is for another host', () => authority.issue('other.example')],
    ['certificate not trusted', () => new Authority('Nobody knows').issue('localhost')],
  ])('%s: provably unsent, so the lane waits and isn’t in doubt', async (reason, identity) => {
    const answer = await askAt('localhost', identity());
    expect(answer).toEqual({ kind: 'unsent', reason: `could not be sent: ${reason}` });
    expect(arrived).toBe(0);
    expect(classifyReply(answer, 'events', [])).toEqual({ kind: 'busy', reason: `could not be sent: ${reason}` });
  });
});
