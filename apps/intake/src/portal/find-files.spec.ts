import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, keepFile } from '#ledger';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { FindFiles } from './find-files.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const OURS = sha256('ours');

let fresh: FreshDatabase;
let db: Database;
let server: Server;
let base: string;
let asked: string[] = [];
let most = 0;
let underWay = 0;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
  await keepFile(db, { sha256: OURS, mediaType: 'application/pdf', bytes: Buffer.from('ours') });
  server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(url);
    most = Math.max(most, ++underWay);
    response.on('close', () => underWay--);
    if (url.endsWith('/moved')) return void response.writeHead(302, { location: '/tep/a' }).end();
    if (url.endsWith('/none')) return void response.writeHead(404).end('x');
    if (url.endsWith('/cut')) return void response.writeHead(200, { 'content-length': '9' }).write('x', () => response.destroy()); // prettier-ignore
    if (url.endsWith('/large')) return void response.writeHead(200).end(Buffer.alloc(21 * 1_048_576));
    setImmediate(() => response.writeHead(200, { 'content-type': 'Image/PNG; x=y' }).end(url));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await db.close();
  await fresh.drop();
});

const at = (address: string, id = '1') => ({ id, address, name: 'Tệp', componentCode: 'C' });
const find = (...files: ReturnType<typeof at>[]) => new FindFiles(db).find(files, [`${base}/tep`]);

describe('a file that a message names by an address', () => {
  it('is pulled once, kept by its content, and named by it', async () => {
    asked = [];
    const file = at(`${base}/tep/a`);
    const found = await find(file, file);
    if (found.kind === 'missing') throw new Error('missing');
    expect(found.contentOf(file)).toEqual({
      sha256: sha256('/tep/a'),
      size: 6,
      mediaType: 'image/png',
      name: 'Tệp',
      componentCode: 'C',
    });
    expect(asked).toEqual(['/tep/a']);
  });

  it('needn’t be pulled where it is named by a content that is held', async () => {
    asked = [];
    const found = await find(at(`https://elsewhere.invalid/v1/files/${OURS}`, OURS));
    expect(found.kind).toBe('found');
    expect(await find(at(`https://elsewhere.invalid/v1/files/${OURS}`))).toEqual({ kind: 'missing' });
    expect(asked).toEqual([]);
  });

  it('isn’t asked for anywhere else than the contract says', async () => {
    asked = [];
    const { host } = new URL(base);
    const elsewhere = ['/other/a', '/tep/../other/a', '/tep/%2e%2e/other', '/tep-of-another/a'].map(
      (path) => `${base}${path}`,
    );
    const others = [`http://u:p@${host}/tep/a`, `${base}@elsewhere.invalid/tep/a`, 'file:///etc/passwd', 'tep/a', ''];
    for (const address of [...elsewhere, ...others]) expect(await find(at(address))).toEqual({ kind: 'missing' });
    expect(asked).toEqual([]);
  });

  it('is missing where the server moves it, hasn’t it, cuts it off, or it is too large', async () => {
    for (const name of ['moved', 'none', 'cut', 'large'])
      expect([name, await find(at(`${base}/tep/${name}`))]).toEqual([name, { kind: 'missing' }]);
  });

  it('is pulled four at a time', async () => {
    most = 0;
    const files = new FindFiles(db);
    const all = Array.from({ length: 20 }, (_, i) => files.find([at(`${base}/tep/n${i}`)], [`${base}/tep`]));
    for (const found of await Promise.all(all)) expect(found.kind).toBe('found');
    expect(most).toBeLessThanOrEqual(4);
  });
});
