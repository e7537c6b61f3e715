import { hostname } from 'node:os';
import { lookup } from 'node:dns/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { agencyText, ContractWorld } from '../testing/contract-world.js';

let world: ContractWorld;
beforeAll(async () => {
  world = await ContractWorld.begin();
});
beforeEach(() => world.clear());
afterAll(() => world.end());

const at = (more = ''): string => `{ baseUrl: 'http://127.0.0.1:1'${more} }`;
const declared = (operation: string, more: Record<string, string> = {}): string =>
  agencyText({
    protocol: 'http',
    endpoint: at(),
    operations: `{ create: { events: [case.received], ${operation} } }`,
    ...more,
  });
const fine = 'item: { so: { from: code } }';

describe('agency apply of a partner that its file alone describes', () => {
  it('takes a file that is in order', async () => {
    expect((await world.apply(declared(fine))).out).toContain('✓ a: lần áp dụng');
  });

  it.each<[string, string, string]>([
    [
      'a field that nobody reads',
      declared(`${fine}, colour: red`),
      '/versions/0/operations/create/colour không ai đọc',
    ],
    [
      'a word that isn’t known',
      declared('item: { so: { from: code, tabel: x } }'),
      '/versions/0/operations/create/item/so giao thức',
    ],
    [
      'a source that isn’t there',
      declared('item: { so: { from: application.colour } }'),
      'there is no application.colour',
    ],
    ['an expression that is none', declared("item: { so: { jsonata: '((' } }"), 'jsonata: '],
    [
      'an expression that may never end',
      declared("item: { so: { jsonata: '$match(code, /(a+)+b/)' } }"),
      'no regular expressions: they may never end',
    ],
    [
      'a code table that isn’t there',
      declared('item: { so: { from: code, table: none } }'),
      'there is no code table none',
    ],
    [
      'two tables of one day',
      declared(fine, {
        codeTables: '{ t: [{ validFrom: 2020-01-01, codes: { a: 1 } }, { validFrom: 2020-01-01, codes: { a: 2 } }] }',
      }),
      '/versions/0/codeTables/t giao thức',
    ],
    [
      'a secret of a header that isn’t there',
      declared(`${fine}, headers: { K: { from: secret.NONE } }`),
      '/versions/0/operations/create/headers/K/from không có mật khẩu này',
    ],
    [
      'a certificate that isn’t there',
      declared(fine, { endpoint: "{ baseUrl: 'https://127.0.0.1:1', tls: { certificate: NONE, key: KEY } }" }),
      '/versions/0/endpoint/tls/certificate không có mật khẩu này',
    ],
    [
      'another host in a path',
      declared(`${fine}, path: 'http://elsewhere.example/'`),
      '/versions/0/operations/create/path không đúng dạng',
    ],
    [
      'another host in a path by slashes',
      declared(`${fine}, path: '//elsewhere.example/'`),
      '/versions/0/operations/create/path giao thức',
    ],
    [
      'XML of two roots',
      declared(`${fine}, encoding: xml, body: { a: 1, b: 2 }`),
      '/versions/0/operations/create/body giao thức',
    ],
    [
      'a certificate that its protocol doesn’t show',
      agencyText({ endpoint: at(', tls: { certificate: KEY, key: KEY }') }),
      '/versions/0/endpoint/tls không ai đọc',
    ],
  ])('refuses %s, says where, and what is in force stays', async (_what, text, says) => {
    await world.apply(declared(fine));
    const before = await world.inForce();
    const { code, err } = await world.apply(text);
    expect([code, err]).toEqual([1, expect.stringMatching(/a\.yaml:\d+:\d+: \/versions\/0/)]);
    expect(err).toContain(says);
    expect(await world.inForce()).toBe(before);
  });

  it('refuses a name that leads to a private address, unless the file says that it may', async () => {
    // This machine's own name leads to itself, wherever that is known.
    const { address } = await lookup(hostname());
    expect(address).toMatch(/^(?:127|10|172|192)\.|^(?:::1|f)/);
    const named = (more = ''): string => declared(fine, { endpoint: `{ baseUrl: 'http://${hostname()}:1'${more} }` });
    expect((await world.apply(named())).err).toMatch(
      /a\.yaml:\d+:\d+: \/versions\/0\/endpoint\/baseUrl tên dẫn tới địa chỉ nội bộ/,
    );
    expect((await world.apply(named(', allowPrivate: true'))).out).toContain('✓ a: lần áp dụng');
  });
});
