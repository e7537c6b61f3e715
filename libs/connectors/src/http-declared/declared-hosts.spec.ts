import type { LookupAddress } from 'node:dns';
import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';

import { holdingPdf, outgoing, recordCase, sending } from '../case.fixture.js';

import { lookUpOnce } from '../http/look-up-once.js';
import { isPrivateAddress, isWrittenPrivate } from '../http/private-address.js';
import { passThrough } from '../pass-through.fixture.js';
import { json, startPartner } from '../testing/partner.js';
import { DeclaredConnector } from './connector.js';

describe('a private address', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    'fc00::',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '::127.0.0.1',
    '64:ff9b::10.0.0.1',
    '2002:7f00:1::',
    '[::1]',
  ])('is %s', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '113.160.0.1',
    '2405:4800::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::',
  ])('isn’t %s', (address) => expect(isPrivateAddress(address)).toBe(false));

  it('is known as such where it is written', () => {
    const written = (url: string): boolean => isWrittenPrivate(new URL(url).hostname);
    for (const url of [
      'http://0x7f.1',
      'http://2130706433',
      'http://[::ffff:127.0.0.1]',
      'http://localhost:1',
      'http://hub.localhost',
    ])
      expect([url, written(url)]).toEqual([url, true]);
    for (const url of ['http://localhost.example', 'http://10.0.0.1.example', 'https://dichvucong.gov.vn'])
      expect([url, written(url)]).toEqual([url, false]);
  });
});

describe('a name', () => {
  const resolved = (addresses: LookupAddress[], mayBePrivate: boolean) =>
    new Promise<string>((resolve) => {
      const look = lookUpOnce((_, __, done) => done(null, addresses), mayBePrivate);
      look('name', { all: true }, (error) => resolve(error ? error.code! : 'connected'));
    });
  it('that leads to a private address, be it among others, isn’t connected to unless the file says so', async () => {
    const both = [
      { address: '8.8.8.8', family: 4 },
      { address: '::ffff:10.0.0.1', family: 6 },
    ];
    expect(await resolved(both, false)).toBe('PRIVATE_ADDRESS');
    expect(await resolved(both, true)).toBe('connected');
    expect(await resolved(both.slice(0, 1), false)).toBe('connected');
  });

  it('that leads to this machine keeps the item here, for a person and with the reason, unless the file says so', async () => {
    const partner = await startPartner(json({}));
    const says = async (allowPrivate: boolean) => {
      const contract = {
        ...passThrough(''),
        protocol: 'http' as const,
        endpoint: { baseUrl: partner.url.replace('127.0.0.1', hostname()), allowPrivate },
        operations: { create: { events: ['case.received'], item: { so: { from: 'code' } } } },
      };
      const connector = new DeclaredConnector(contract);
      const received = outgoing('received', recordCase);
      const mapped = await connector.prepare(received, contract, holdingPdf);
      if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
      const said = await connector.send(mapped.prepared, received, sending(contract));
      await connector.close(0);
      return said;
    };
    expect(await says(false)).toEqual({
      kind: 'unmade',
      reason: 'its name leads to a private address (endpoint.allowPrivate)',
    });
    expect(partner.arrived).toEqual([]);
    expect(await says(true)).not.toMatchObject({ kind: 'unmade' });
    await partner.stop();
  });
});
