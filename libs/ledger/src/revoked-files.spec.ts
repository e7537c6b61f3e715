import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database } from './database.js';
import { enter } from './enter.js';
import type { EntryItem } from './entry.js';
import { isRevoked } from './files.js';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

let n = 0;
const item = (code: string, what: string, data: object, status?: 2 | 9): EntryItem => ({
  sender: 'lltp',
  key: `k${++n}`,
  type: `vn.lienthong.case.${what}.v1` as EntryItem['type'],
  caseCode: code,
  data: data as EntryItem['data'],
  ...(status === undefined ? {} : { status }),
  ...(what === 'received' ? { opens: { procedure: '2.000488', openedOn: '2021-05-31', dueAt: null } } : {}),
});
const received = (code: string) => item(code, 'received', { code }, 2);
const issued = (code: string, ...hashes: string[]) =>
  item(code, 'result-issued', { status: 9, documents: hashes.map((sha256) => ({ sha256 })) }, 9);
const revoked = (code: string) => item(code, 'result-revoked', { reason: 'x' });
const hash = (of: string): string => of.repeat(64);
const enterAll = async (...items: EntryItem[]): Promise<void> => {
  for (const { outcome } of await enter(db, items, () => true)) expect(outcome).toBe('accepted');
};

it('blocks all documents of a result that is revoked, in the transaction that enters the revocation', async () => {
  await enterAll(received('R-1'), received('R-2'));
  await enterAll(issued('R-1', hash('a'), hash('b')), issued('R-2', hash('c')));
  expect(await isRevoked(db, hash('a'))).toBe(false);
  await enterAll(revoked('R-1'));
  expect(await Promise.all(['a', 'b', 'c', 'd'].map((of) => isRevoked(db, hash(of))))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('also where result and revocation come together', async () => {
  await enterAll(received('R-3'));
  await enterAll(issued('R-3', hash('e')), revoked('R-3'));
  expect(await isRevoked(db, hash('e'))).toBe(true);
});

it('takes the block from what is issued again, and only from that', async () => {
  await enterAll(received('R-4'));
  await enterAll(issued('R-4', hash('f'), hash('0')));
  await enterAll(revoked('R-4'));
  await enterAll(issued('R-4', hash('f')));
  expect([await isRevoked(db, hash('f')), await isRevoked(db, hash('0'))]).toEqual([false, true]);
  await enterAll(revoked('R-4'));
  expect(await isRevoked(db, hash('f'))).toBe(true);
});
