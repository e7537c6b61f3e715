import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  chainHeads,
  closeDays,
  makeStatement,
  proveStream,
  recountDay,
  showDay,
  statementBundle,
  type Comparison,
} from '#ledger';
import { leafHash, rootBy } from '#domain';
import { canonicalJson, discrepancyList, textHash, validateStatement, type Statement } from '#wire';
import { Books } from '../lines/books.fixture.js';

const hub = { id: 'lienthong', name: { vi: 'Trục', en: 'Hub' }, code: 'H53' };
const works = {
  type: 'vn.lienthong.case.status-changed.v1' as const,
  status: 4 as const,
  data: { status: 4, at: '2026-05-06T09:00:00+07:00' },
};
const codes = Array.from({ length: 6 }, (_, i) => `000.${10 + i}.22.H53-260505-000${i}`);

let books: Books;
beforeAll(async () => {
  books = await Books.begin();
  await books.clear();
  await books.db.pool.query(`truncate ledger_days cascade; insert into ledger_days (day) values ('2026-05-29')`);
});
afterAll(() => books.end());

const close = (day: string): Promise<unknown> => closeDays(books.db, { today: day, day, by: 'spec' });
async function made(day: string): Promise<Statement> {
  const outcome = await makeStatement(books.db, { agency: 'portal', day, hub, withoutComparison: true });
  if (outcome.outcome !== 'made') throw new Error(outcome.outcome);
  return outcome.statement;
}

it('a statement says what the close counted, the comparison found and the chains were', async () => {
  await books.enters(codes.slice(0, 4), works);
  await books.deliver();
  await books.enters(codes.slice(4));
  await close('2026-05-29');
  const first = await made('2026-05-29');
  expect(first.counts).toMatchObject({ opening: 0, planned: 10, reopened: 0, carried: 2 });
  expect(first.chainHeads.streams).toBe(6);
  const root = await chainHeads(books.db, 'portal', '2026-05-29');

  // The next day: the rest is acknowledged, a case goes on, and their books say something else, twice.
  await books.deliver();
  await books.goesOn(codes[0]!, { ...works, status: 5, data: { status: 5, at: '2026-05-30T09:00:00+07:00' } });
  await books.compare();
  await books.agree();
  books.theirs.splice(0, 1);
  books.falsify(books.theirs[0]!.key, ({ fields }) => (fields.status = '9'));
  await books.compare();
  const last: Comparison = await books.compare();
  await close('2026-05-30');
  const second = await made('2026-05-30');

  expect(validateStatement(second)).toEqual([]);
  const { agencies } = (await showDay(books.db, '2026-05-30'))!;
  const { agencyId: _, ...counted } = agencies.find(({ agencyId }) => agencyId === 'portal')!;
  expect(second.counts).toEqual(counted);
  expect(counted.opening).toBe(first.counts.carried);
  expect(await recountDay(books.db, '2026-05-30')).toEqual(agencies);
  expect(second.lines).toEqual({
    ours: { count: last.linesOurs, digest: last.ourDigest },
    theirs: { count: last.linesTheirs, digest: last.theirDigest },
  });
  const { discrepancies, previous } = (await statementBundle(books.db, 'portal', '2026-05-30'))!;
  expect(discrepancies!.map(({ type }) => type).sort()).toEqual(
    (await books.open()).filter(({ seen }) => seen >= 2).map(({ type }) => type).sort(), // prettier-ignore
  );
  expect(discrepancies!.length).toBeGreaterThan(0);
  expect(textHash(discrepancyList(discrepancies!))).toBe(second.discrepancies.list);
  expect(second.previous).toEqual({ day: '2026-05-29', hash: textHash(canonicalJson(first)) });
  expect(Buffer.from(previous!, 'base64').toString()).toBe(canonicalJson(first));

  // What came since changes no closed day's root, and a case is proved by the head that it had then.
  expect(await chainHeads(books.db, 'portal', '2026-05-29')).toEqual(root);
  const proof = (await proveStream(books.db, 'portal', '2026-05-29', codes[0]!))!;
  const path = proof.path.map((hash) => Buffer.from(hash, 'hex'));
  expect(rootBy(leafHash(proof), proof.index, proof.streams, path)!.toString('hex')).toBe(first.chainHeads.merkleRoot);
  expect(second.chainHeads.merkleRoot).not.toBe(root.merkleRoot);
});
