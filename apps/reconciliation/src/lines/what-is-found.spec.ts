import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dayAfter, findComparison, listDiscrepancies, takeComparison, today } from '#ledger';
import { lineHash } from '#wire';
import { Books, issued, works } from './books.fixture.js';
import { SourceRefused } from './line-source.js';

let books: Books;
beforeAll(async () => {
  books = await Books.begin();
});
beforeEach(() => books.clear());
afterAll(() => books.end());

describe('what is found', () => {
  it('counts when two comparisons saw it, and settles by itself when it is gone', async () => {
    const [code] = await books.entered(3);
    books.falsify(code!, ({ fields }) => void (fields.status = '4'));
    await books.compare();
    expect(await books.open()).toMatchObject([{ seen: 1, counted: false }]);
    await books.compare();
    expect(await books.open()).toMatchObject([{ seen: 2, counted: true, type: 'status-differs' }]);
    await books.agree();
    await books.compare();
    expect(await books.open()).toEqual([]);
    expect(await listDiscrepancies(books.db, { all: true })).toMatchObject([{ settledAs: 'agreed' }]);
  });

  it('is no discrepancy while its lane is open, or where it changed since the cut', async () => {
    const [first, second, third] = await books.entered(3);
    // Twice there, and on its way: what is doubled may be about to be put right.
    const twice = books.theirs.find(({ key }) => key === first)!;
    books.theirs = [twice, { ...twice }];
    await books.goesOn(first!, { ...works, status: 8 });
    books.whileRead = async () => {
      await books.goesOn(second!, { ...works, status: 8 });
      await books.deliver();
    };
    const done = await books.compare();
    expect(await books.named()).toEqual([`missing-there ${third}`]);
    expect(done).toMatchObject({ state: 'done', found: 1 });
  });

  it.each(['list', 'digest'] as const)(
    'says once that a clock is a day off, and finds what differs beside it: %s',
    async (kind) => {
      const all = await books.entered(60);
      for (const code of all) {
        books.falsify(code, (line) => {
          line.receivedOn = line.fields.receivedOn = dayAfter(line.receivedOn, -1);
        });
      }
      books.falsify(all[7]!, ({ fields }) => void (fields.status = '4'));
      books.theirs = books.theirs.filter(({ key }) => key !== all[8]);
      const done = await books.compare(kind);
      expect(done.reason).toMatchObject({ rule: 'clock-off' });
      expect(await books.named()).toEqual([`missing-there ${all[8]}`, `status-differs ${all[7]}`]);
    },
  );

  it('is nothing at all where the books are refused, or the process dies halfway; the next comparison is exact', async () => {
    const [code] = await books.entered(3);
    books.theirs = books.theirs.filter(({ key }) => key !== code);
    books.whileRead = () => Promise.reject(new SourceRefused('not-a-line', 'dòng hỏng', 'not a line', 7));
    expect(await books.compare()).toMatchObject({ state: 'refused', reason: { rule: 'not-a-line', row: 7 } });
    expect(await books.open()).toEqual([]);
    books.whileRead = async () => {
      // As kill -9 does: the connection that holds it is gone, and nobody has said so.
      await books.db.pool.query(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 8018
           and database = (select oid from pg_database where datname = current_database())`,
      );
    };
    const cut = await books.compare();
    await books.db.pool.query(`update comparisons set state = 'running', ended_at = null where id = $1`, [cut.id]);
    books.whileRead = () => Promise.resolve();
    expect(await takeComparison(books.db)).toBeUndefined();
    expect(await findComparison(books.db, cut.id)).toMatchObject({ state: 'failed', reason: { rule: 'stopped' } });
    expect(await books.compare()).toMatchObject({ state: 'done', found: 1 });
    expect(await books.open()).toMatchObject([{ seen: 1, type: 'missing-there', key: code }]);
  });

  it('is doubled there where a second line stands on another day, though the first one’s day agrees', async () => {
    const [code] = await books.entered(6);
    const line = books.theirs.find(({ key }) => key === code)!;
    books.theirs.push({ ...line, receivedOn: dayAfter(line.receivedOn, 9) });
    for (const kind of ['digest', 'list'] as const) {
      await books.compare(kind);
      expect(await books.open()).toMatchObject([
        { type: 'doubled-there', key: code, side: 'theirs', detail: { times: 2, settle: 'ask-partner' } },
      ]);
    }
  });

  it('is one code where letters’ case, spaces or dashes are all that differs', async () => {
    const all = await books.entered(3);
    books.falsify(all[0]!, (line) => {
      line.key = line.key.toLowerCase().replace('-', ' – ');
      line.fields.status = '5';
    });
    await books.compare();
    expect(await books.open()).toMatchObject([
      { type: 'other-code', key: all[0], detail: { there: all[0]!.toLowerCase().replace('-', ' – ') } },
    ]);
  });

  it('stays open where another way can’t show it, and nothing is lost by a way that can’t say where it went', async () => {
    const all = await books.entered(4, works, issued);
    books.falsify(all[0]!, ({ fields }) => void (fields.dueOn = '2026-05-21'));
    books.falsify(all[1]!, (line) => void (line.key = 'CQ-0001'));
    books.theirs.push({ ...books.theirs.find(({ key }) => key === all[2])! });
    await books.compare();
    const told = [`deadline-differs ${all[0]}`, `doubled-there ${all[2]}`, `other-code ${all[1]}`].sort();
    expect(await books.named()).toEqual(told);
    await books.compare('look-up', { by: 'look-up', compares: ['status'] });
    await books.compare('look-up', { by: 'look-up', compares: ['status'] });
    expect(await books.named()).toEqual(told);
    await books.agree();
    await books.compare();
    expect(await books.named()).toEqual([]);
  });

  it('is let go when it is older than what the contract compares, and is not said to agree', async () => {
    const [code] = await books.entered(3);
    books.theirs = books.theirs.filter(({ key }) => key !== code);
    await books.compare();
    await books.compare('list', { day: '2026-06-30', days: '31d' });
    expect(await books.open()).toEqual([]);
    expect(await listDiscrepancies(books.db, { all: true })).toMatchObject([{ settledAs: 'out-of-window', key: code }]);
  });

  it('is nothing that a file of an earlier day can’t tell of', async () => {
    const [first] = await books.entered(2);
    const day = dayAfter(today(), -1);
    books.falsify(first!, ({ fields }) => void (fields.status = '5'));
    // Ours are of today: the file is of yesterday.
    const done = await books.compare('list', { by: 'daily-file', day });
    expect(done).toMatchObject({ state: 'done', found: 0 });
    expect((await books.compare('list', { by: 'daily-file', day: today() })).found).toBe(1);
  });

  it('is the same by whatever fields the contract compares from now on', async () => {
    const [code] = await books.entered(5, works);
    books.falsify(code!, ({ fields }) => void (fields.status = '5'));
    await books.compare('digest');
    const fewer = ['status', 'dueOn'] as const;
    books.theirs = books.theirs.map((line) => ({ ...line, hash: lineHash(line.key, line.fields!, fewer) }));
    const done = await books.compare('digest', { compares: [...fewer] });
    expect(done).toMatchObject({ state: 'done', found: 1 });
    expect(await books.open()).toMatchObject([{ type: 'status-differs', seen: 2, detail: { fields: { status: ['4', '5'] } } }]); // prettier-ignore
  });

  it('shows nothing of a person, on either side', async () => {
    const [code] = await books.entered(2, works, issued);
    books.falsify(code!, ({ fields }) =>
      Object.assign(fields, {
        applicantName: 'TRẦN THỊ BÍ MẬT',
        applicantId: '079200001234',
        resultNumber: '99887/LLTP',
      }),
    );
    await books.compare();
    const { rows } = await books.db.pool.query<{ text: string }>(
      `select detail::text as text from discrepancies union all select coalesce(reason::text, '') from comparisons`,
    );
    const text = rows.map((row) => row.text).join('\n');
    expect(text).toContain('applicantId');
    for (const secret of ['BÍ MẬT', 'NGUYỄN VĂN', '0792000', '0720900', '99887', '12/LL'])
      expect(text).not.toContain(secret);
  });
});
