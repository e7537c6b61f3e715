import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { classifyReply } from '#domain';
import type { ContractVersion } from '#wire';

import { holdingPdf, outgoing, recordCase, sending } from '../case.fixture.js';
import { Authority, daysFromNow, type Identity } from '../http/certificate.fixture.js';
import { passThrough } from '../pass-through.fixture.js';
import { DeclaredConnector } from './connector.js';

const theirs = new Authority('Theirs');
const ours = new Authority('Ours');
const received = outgoing('received', recordCase);
let server: Server;
let shown: (string | undefined)[];
let secrets: Record<string, string>;
let connector: DeclaredConnector | undefined;

beforeEach(async () => {
  shown = [];
  server = createServer(
    { ...theirs.issue('localhost'), requestCert: true, rejectUnauthorized: true, ca: ours.cert },
    (request, response) => {
      shown.push(
        `${String((request.socket as TLSSocket).getPeerCertificate().subject.CN)} ${request.headers.authorization ?? ''}`,
      );
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  await connector?.close(0);
  server.closeAllConnections();
  server.close();
});

const show = (identity: Identity): void =>
  void (secrets = { CERT: identity.cert, KEY: identity.key, CA: theirs.cert, TOKEN: 't' });
const contract = (more: Partial<NonNullable<ContractVersion['endpoint']>>): ContractVersion => ({
  ...passThrough(''),
  protocol: 'http',
  endpoint: { baseUrl: `https://localhost:${(server.address() as AddressInfo).port}`, ...more },
  operations: { create: { events: ['case.received'], item: { so: { from: 'code' } } } },
});
const tls = { certificate: 'CERT', key: 'KEY', ca: 'CA' };

async function hears(agreed: ContractVersion) {
  connector ??= new DeclaredConnector(agreed);
  const mapped = await connector.prepare(received, agreed, holdingPdf);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  const secret = (name: string): string =>
    secrets[name] ??
    (() => {
      throw new Error('none');
    })();
  const said = await connector.send(mapped.prepared, received, sending(agreed, { secret }));
  if (said.kind === 'unmade') throw new Error(said.reason);
  return classifyReply(said, 'create', agreed.replies);
}

describe('our own certificate', () => {
  beforeEach(() => (connector = undefined));

  it('lets us in, alone or beside another login, and a new one counts without a restart', async () => {
    show(ours.issue('hub-1'));
    const agreed = contract({ login: { kind: 'bearer', secret: 'TOKEN' }, tls });
    expect(await hears(agreed)).toEqual({ kind: 'accepted' });
    show(ours.issue('hub-2'));
    expect(await hears(agreed)).toEqual({ kind: 'accepted' });
    expect(await hears(agreed)).toEqual({ kind: 'accepted' });
    await connector?.close(0);
    connector = undefined;
    expect(await hears(contract({ login: { kind: 'mtls', ...tls } }))).toEqual({ kind: 'accepted' });
    expect(shown).toEqual(['hub-1 Bearer t', 'hub-2 Bearer t', 'hub-2 Bearer t', 'hub-2 ']);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'ran out',
      () => show(ours.issue('hub', { from: daysFromNow(-9), until: daysFromNow(-1) })),
      /our certificate expired on \d{4}-\d{2}-\d{2}$/,
    ],
    [
      'isn’t valid yet',
      () => show(ours.issue('hub', { from: daysFromNow(1), until: daysFromNow(9) })),
      /isn’t valid before/,
    ],
    ['has another key', () => show({ ...ours.issue('hub'), key: ours.issue('hub').key }), /don’t belong together/],
    ['is no certificate', () => show({ cert: 'x', key: 'y' }), /can’t be read/],
    [
      'isn’t there',
      () => {
        show(ours.issue('hub'));
        delete secrets['KEY'];
      },
      /the secret KEY can't be read/,
    ],
  ])('that %s keeps the item here: busy with the reason, and never doubt', async (_, given, why) => {
    given();
    const reply = await hears(contract({ tls }));
    expect(reply).toMatchObject({ kind: 'busy', reason: expect.stringMatching(why) });
    expect(shown).toEqual([]);
    show(ours.issue('hub'));
    expect(await hears(contract({ tls }))).toEqual({ kind: 'accepted' });
  });

  it('is of no use without TLS, nor twice', () => {
    const made = (more: object) => () => new DeclaredConnector(contract(more));
    expect(made({ baseUrl: 'http://localhost:1', tls })).toThrow(
      'endpoint.baseUrl: a certificate is shown at an https address only',
    );
    expect(made({ tls, login: { kind: 'mtls', ...tls } })).toThrow(
      'endpoint.tls: login mtls names the certificate already',
    );
  });
});
