import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { lineHash, type Compared, type ReconcileLines } from '#wire';
import fc from 'fast-check';
import { Books, codes, compares, issued, revoked, works } from './books.fixture.js';

let books: Books;
beforeAll(async () => {
  books = await Books.begin();
});
beforeEach(() => books.clear());
afterAll(() => books.end());

describe.each(['list', 'digest'] as const)('by %s', (kind) => {
  it('finds nothing where the books agree, and reads no line but a sample where digests say so', async () => {
    await books.enters(codes(40), works, issued);
    await books.deliver();
    await books.compare(kind);
    await books.agree();
    books.reads = 0;
    const done = await books.compare(kind);
    expect(done).toMatchObject({ state: 'done', found: 0, linesOurs: 40, linesTheirs: 40, inTransit: 0 });
    expect(done.theirDigest).toBe(done.ourDigest);
    expect(books.reads).toBe(1);
  });

  it('names each difference once, with its side and the one action', async () => {
    const all = codes(20);
    await books.enters(all.slice(0, 19), works, issued);
    await books.enters(all.slice(19), works, issued);
    await books.deliver();
    await books.goesOn(all[19]!, revoked);
    await books.deliver();
    await books.compare(kind);
    await books.agree();
    books.falsify(all[1]!, ({ fields }) => void (fields.status = '4'));
    books.falsify(all[2]!, ({ fields }) => void (fields.dueOn = '2026-05-21'));
    books.falsify(all[3]!, ({ fields }) => void (fields.progressRows = '0'));
    books.falsify(all[4]!, (line) => void (line.key = 'CQ-4'));
    books.falsify(all[19]!, ({ fields }) => void (fields.resultStands = 'yes'));
    books.falsify(all[6]!, ({ fields }) => void (fields.resultFile = null));
    books.theirs = books.theirs.filter(({ key }) => key !== all[0] && key !== all[8]);
    // Two of ours lose their prefix into one row.
    books.falsify(all[7]!, (line) => void (line.key = '22.H53-260505-0008'));
    books.theirs.push({ ...books.theirs.find(({ key }) => key === all[9])! });
    books.theirs.push({
      key: 'XX-260505-0001',
      receivedOn: '2026-05-03',
      hash: 'cd'.repeat(32),
      fields: { status: '2' },
    });
    await books.compare(kind);
    expect(await books.named()).toEqual(
      [
        ...[
          `missing-there ${all[0]}`,
          `status-differs ${all[1]}`,
          `deadline-differs ${all[2]}`,
          `progress-missing ${all[3]}`,
        ],
        ...[`other-code ${all[4]}`, `revoked-still-there ${all[19]}`, `file-differs ${all[6]}`, `other-code ${all[7]}`],
        ...[`missing-there ${all[8]}`, `doubled-there ${all[9]}`, 'missing-here XX-260505-0001'],
      ].sort(),
    );
    const status = (await books.open()).find(({ type }) => type === 'status-differs')!;
    expect(status).toMatchObject({
      side: 'ours',
      seen: 1,
      counted: false,
      detail: { fields: { status: ['9', '4'] }, settle: 'resend' },
    });
  });
});

describe('books of which nothing is ours', () => {
  it.each<[ReconcileLines['by'], number | undefined, boolean | undefined, 'done' | 'refused']>([
    ['spreadsheet', undefined, undefined, 'refused'],
    ['spreadsheet', undefined, true, 'done'],
    ['spreadsheet', 0, undefined, 'done'],
    ['daily-file', undefined, undefined, 'done'],
    ['daily-file', 10, undefined, 'refused'],
    ['paged-list', 10, undefined, 'done'],
  ])('as a %s, least match %s, sure %s: %s', async (by, leastMatch, sure, state) => {
    await books.entered(6);
    books.theirs = books.theirs.map(({ receivedOn }, i) => {
      const [key, fields] = [`H99-260505-${i}`, { status: '2' }];
      return { key, receivedOn, fields, hash: lineHash(key, fields, compares) };
    });
    const how = { by, ...(leastMatch === undefined ? {} : { leastMatch }), ...(sure === undefined ? {} : { sure }) };
    const done = await books.compare('list', how);
    expect(done.state).toBe(state);
    if (state === 'refused') expect(done).toMatchObject({ reason: { rule: 'unlike-ours' } });
    expect((await books.open()).length > 0).toBe(state === 'done');
  });
});

describe('what is planted', () => {
  it('is found whatever it is, each as what it is, and nothing else is', async () => {
    const all = [...codes(60), ...siblings(60)];
    await books.enters(all, works, issued);
    await books.deliver();
    for (const code of all.filter((_, i) => i % 7 === 0)) await books.goesOn(code, revoked);
    await books.deliver();
    await books.compare();
    for (const kinds of fc.sample(fc.array(fc.constantFrom(...plantable), { minLength: 60, maxLength: 60 }), {
      numRuns: 4,
      seed: 6,
    })) {
      await books.db.pool.query('truncate discrepancies');
      await books.agree();
      const expected = kinds.flatMap((kind, i) => plant(kind, all[i]!, all[i + 60]!, i % 7 === 0));
      for (const way of ['list', 'digest'] as const) {
        await books.compare(way);
        expect(await books.named()).toEqual(expected.sort());
      }
    }
  });
});

const plantable = [
  ...['missing-there', 'status-differs', 'deadline-differs', 'progress-missing', 'file-differs', 'doubled-there'],
  ...['other-code', 'field-differs', 'missing-here', 'two-under-one', 'revoked-still-there', 'none'],
] as const;
type Plantable = (typeof plantable)[number];

/** The same day and number at another unit: what is left of both codes without their unit is one. */
const siblings = (n: number): string[] => codes(n).map((code) => code.replace('.22.', '.23.'));

const falseFields: Partial<Record<Plantable, Compared>> = {
  'status-differs': { status: '4' },
  'deadline-differs': { dueOn: null },
  'progress-missing': { progressRows: '0' },
  'file-differs': { resultFile: null },
  'field-differs': { procedure: null },
  'revoked-still-there': { resultStands: 'yes' },
};

/** Falsifies one case as its kind says; what a comparison has to call it. */
function plant(kind: Plantable, code: string, sibling: string, isRevoked: boolean): string[] {
  const line = books.theirs.find(({ key }) => key === code)!;
  const without = (...keys: string[]): void =>
    void (books.theirs = books.theirs.filter(({ key }) => !keys.includes(key)));
  switch (kind) {
    case 'none':
      return [];
    case 'missing-there':
      without(code);
      break;
    case 'doubled-there':
      books.theirs.push({ ...line });
      break;
    case 'missing-here': {
      const [key, fields] = [`ZZ-${code.slice(-4)}`, { status: '2' }];
      books.theirs.push({ key, receivedOn: '2026-05-03', fields, hash: lineHash(key, fields, compares) });
      return [`missing-here ${key}`];
    }
    case 'two-under-one': {
      const key = code.slice(code.indexOf('-') + 1);
      without(sibling);
      books.falsify(code, (one) => void (one.key = key));
      return [`two-under-one ${key}`];
    }
    case 'other-code':
      books.falsify(code, (one) => void (one.key = `N${code.slice(-4)}`));
      break;
    default:
      // A revoked result has no file; one that stands can't be there still.
      if (kind === (isRevoked ? 'file-differs' : 'revoked-still-there')) return [];
      books.falsify(code, ({ fields }) => void Object.assign(fields, falseFields[kind]));
  }
  return [`${kind} ${code}`];
}
