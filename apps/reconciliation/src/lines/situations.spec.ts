import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { retireAgency } from '#agency';
import {
  applyAgency,
  carryOn,
  enlist,
  enter,
  mergeStreams,
  orderMerge,
  plan,
  takeOperations,
  type EntryItem,
} from '#ledger';
import { lineHash, type ComparedField } from '#wire';
import { Books, issued, portal, works } from './books.fixture.js';

let books: Books;
beforeAll(async () => {
  books = await Books.begin();
});
beforeEach(async () => {
  await books.clear();
  await applyAgency(books.db, portal());
});
afterAll(() => books.end());

const withdrawn = { type: 'vn.lienthong.case.withdrawn.v1', status: 7, data: { status: 7, at: '2026-05-08T09:00:00+07:00' } } as const; // prettier-ignore
const isOf = async (code: string): Promise<string> =>
  (await books.db.pool.query<{ id: string }>(`select stream_id as id from aliases where code = $1`, [code])).rows[0]!
    .id;
/** Twice, so that it would count; by every kind of way. */
async function agreesByEveryWay(): Promise<void> {
  for (const kind of ['list', 'digest', 'look-up'] as const)
    for (let sight = 0; sight < 2; sight++) {
      const done = await books.compare(kind, kind === 'look-up' ? { by: 'look-up' } : {});
      expect({ kind, state: done.state, found: await books.named() }).toEqual({ kind, state: 'done', found: [] });
    }
}

describe('no discrepancy is', () => {
  it('an old case of an agency whose contract has ended; one that it loses afterwards still is', async () => {
    const [lost] = await books.entered(4, works);
    await retireAgency(books.db, 'portal', 'hết hợp đồng', 'lan');
    await agreesByEveryWay();
    books.theirs = books.theirs.filter(({ key }) => key !== lost);
    for (let sight = 0; sight < 2; sight++) await books.compare('list', { contract: { sends: [] } });
    expect(await books.open()).toMatchObject([{ type: 'missing-there', key: lost, side: 'ours', counted: true }]);
  });

  it('a case that went to another unit while it was in flight: what was told here until then stands', async () => {
    const [moved] = await books.entered(3);
    const [answer] = await enter(
      books.db,
      [{ sender: 'one-stop', key: 'later', caseCode: moved!, ...works }],
      () => true,
    );
    const { stream } = answer as { stream: string };
    // Routed elsewhere from here on: planned, but not for this agency.
    await plan(books.db, [stream], () => ({ recipients: [], collectFrom: [] }));
    await agreesByEveryWay();
    expect(books.theirs.find(({ key }) => key === moved)).toMatchObject({ fields: { status: '2' } });
  });

  it.each([
    ['keeps it under both codes', () => true],
    ['has put them together', (key: string, loser: string) => key !== loser],
  ])('two codes that were found to be one case, where the agency %s', async (_, keeps) => {
    const [survivor, loser] = await books.entered(4, works);
    const { outcome } = await orderMerge(books.db, {
      loser: loser!,
      into: survivor!,
      author: 'lan',
      reason: 'nhập hai lần',
    });
    expect(outcome).toBe('ordered');
    books.worker = await enlist(books.db, 'spec');
    for (const { id } of await takeOperations(books.db, books.worker))
      await carryOn(books.db, books.worker, id, async (client, locked) => (await mergeStreams(client, locked)).batch);
    const { rows } = await books.db.pool.query(`select from streams where merged_into is not null`);
    expect(rows).toHaveLength(1);
    await plan(books.db, [await isOf(survivor!)], () => ({ recipients: [], collectFrom: [] }));
    books.theirs = books.theirs.filter(({ key }) => keeps(key, loser!));
    await agreesByEveryWay();
    // What the agency really has twice is still said.
    books.theirs.push({ ...books.theirs.find(({ key }) => key === survivor)! });
    await books.compare();
    expect(await books.named()).toEqual([`doubled-there ${survivor}`]);
  });

  it('a withdrawn case, and one that was withdrawn and never told here', async () => {
    const [told, untold] = await books.entered(3, works);
    await books.goesOn(told!, withdrawn);
    await books.deliver();
    await enter(books.db, [{ sender: 'one-stop', key: 'untold', caseCode: untold!, ...withdrawn }], () => true);
    await plan(books.db, [await isOf(untold!)], () => ({ recipients: [], collectFrom: [] }));
    books.falsify(told!, ({ fields }) =>
      Object.assign(fields, { status: '7', progressRows: '2', progress: `${fields.progress},2026-05-08T09:00:00/7` }),
    );
    await agreesByEveryWay();
    books.falsify(told!, ({ fields }) => void (fields.status = '4'));
    await books.compare();
    expect(await books.open()).toMatchObject([{ type: 'status-differs', key: told, side: 'ours' }]);
  });

  it('a case that is older than the contract version that changed what is compared', async () => {
    const [old] = await books.entered(4, works, issued);
    await agreesByEveryWay();
    const next = ['status', 'resultNumber', 'applicantId'] as const satisfies readonly ComparedField[];
    const version = portal().versions[0]!;
    await applyAgency(books.db, { ...portal(), versions: [version, { ...version, validFrom: '2026-05-06' }] });
    const rehashed = (): void =>
      void (books.theirs = books.theirs.map((line) => ({ ...line, hash: lineHash(line.key, line.fields!, next) })));
    // A field that is compared no more may differ.
    books.theirs.forEach(({ fields }) => Object.assign(fields!, { dueOn: '2030-01-01' }));
    rehashed();
    for (const kind of ['digest', 'list'] as const) {
      await books.compare(kind, { compares: [...next] });
      expect({ kind, found: await books.named() }).toEqual({ kind, found: [] });
    }
    books.theirs.find(({ key }) => key === old)!.fields!.resultNumber = '13/LLTP';
    rehashed();
    await books.compare('digest', { compares: [...next] });
    expect(await books.named()).toEqual([`field-differs ${old}`]);
  });

  it('a day without a case, on either side or on both', async () => {
    expect(await books.compare('digest')).toMatchObject({ state: 'done', found: 0, linesOurs: 0, linesTheirs: 0 });
    expect(await books.compare('list')).toMatchObject({ state: 'done', found: 0 });
    await books.entered(5);
    const day = { from: '2026-06-10', to: '2026-06-10' };
    for (const kind of ['list', 'digest'] as const)
      expect(await books.compare(kind, day)).toMatchObject({ state: 'done', found: 0, linesOurs: 0, linesTheirs: 0 });
  });
});

describe('a case that came at midnight', () => {
  const at = (code: string, receivedAt: string): EntryItem => ({
    ...{ sender: 'one-stop', key: code, type: 'vn.lienthong.case.received.v1', caseCode: code, status: 2 },
    opens: { procedure: 'p', openedOn: '2026-05-05', dueAt: null },
    data: { procedure: { code: 'p' }, receivedAt, applicant: { name: `Nguyễn ${code}`, idNumber: code.slice(-4) } },
  });

  it('is of the day that begins then in Vietnam, however its time is written, and is found at either edge of what is compared', async () => {
    const times = {
      'H53-260506-0001': '2026-05-05T23:59:59.999+07:00',
      'H53-260506-0002': '2026-05-06T00:00:00+07:00',
      'H53-260506-0003': '2026-05-05T17:00:00Z',
      'H53-260506-0004': '2026-05-05T16:59:59Z',
    };
    const items = Object.entries(times).map(([code, receivedAt]) => at(code, receivedAt));
    await enter(books.db, items, () => true);
    await plan(books.db, await Promise.all(Object.keys(times).map(isOf)), () => ({
      recipients: [{ agency: 'portal' }],
      collectFrom: [],
    }));
    await books.deliver();
    await books.compare();
    await books.agree();
    expect(Object.fromEntries(books.theirs.map(({ key, receivedOn }) => [key, receivedOn]))).toEqual({
      'H53-260506-0001': '2026-05-05',
      'H53-260506-0002': '2026-05-06',
      'H53-260506-0003': '2026-05-06',
      'H53-260506-0004': '2026-05-05',
    });
    for (const day of ['2026-05-05', '2026-05-06'])
      for (const kind of ['list', 'digest'] as const)
        expect(await books.compare(kind, { from: day, to: day })).toMatchObject({
          found: 0,
          linesOurs: 2,
          linesTheirs: 2,
        });
    // The partner counts it to the day before: it is in no day twice, and missing in none.
    books.falsify('H53-260506-0002', (line) => void (line.receivedOn = line.fields.receivedOn = '2026-05-05'));
    for (const day of ['2026-05-05', '2026-05-06'])
      for (const kind of ['list', 'digest'] as const) {
        await books.compare(kind, { from: day, to: day });
        expect({ day, kind, found: await books.named() }).toEqual({
          day,
          kind,
          found: ['field-differs H53-260506-0002'],
        });
      }
  });
});

describe('a code', () => {
  it('is the same in every Unicode form', async () => {
    const [code] = await books.entered(2);
    const own = 'Sổ số 5/ĐK-HỘ TỊCH';
    await books.db.pool.query(`update lanes set known_as = $1 where stream_id = $2`, [
      ` ${own.normalize('NFD')} `,
      await isOf(code!),
    ]);
    // What is known of a case by now is folded anew with its next event.
    await books.goesOn(code!, works);
    await books.deliver();
    await books.compare();
    await books.agree();
    expect(books.theirs.map(({ key }) => key)).toContain(own.normalize('NFC'));
    await agreesByEveryWay();
  });

  it('in other letters’ case is one case with another code, and neither missing here nor there', async () => {
    const [code] = await books.entered(3, works);
    books.falsify(code!, (line) => void (line.key = line.key.toLowerCase()));
    for (const kind of ['list', 'digest'] as const) {
      await books.compare(kind);
      expect(await books.open()).toMatchObject([{ type: 'other-code', key: code, side: 'ours' }]);
    }
  });
});

describe('an agency that only sends', () => {
  it('is compared by what it reported itself: nothing was delivered to it, and its own case can be missing at its own place', async () => {
    const codes = ['H53-260505-0001', 'H53-260505-0002', 'H53-260505-0003'];
    await books.db.pool.query(`truncate lanes, deliveries`);
    const sent = codes.flatMap((code): EntryItem[] => [
      {
        ...{ sender: 'portal', key: code, type: 'vn.lienthong.case.received.v1', caseCode: code, status: 2 },
        opens: { procedure: 'p', openedOn: '2026-05-05', dueAt: null },
        data: { procedure: { code: 'p' }, receivedAt: '2026-05-05T08:00:00+07:00', applicant: { name: `Nguyễn ${code}`, idNumber: code.slice(-4) } }, // prettier-ignore
      },
      { sender: 'portal', key: `${code}/4`, caseCode: code, ...works },
    ]);
    await enter(books.db, sent, () => true);
    // What another says of it goes to others: it isn't told, and its books can't show it.
    await enter(books.db, [{ sender: 'lltp', key: 'result', caseCode: codes[0]!, ...issued }], () => true);
    await plan(books.db, await Promise.all(codes.map(isOf)), () => ({ recipients: [], collectFrom: [] }));
    await books.compare();
    await books.agree();
    expect(books.theirs.map(({ key, fields }) => [key, fields?.status, fields?.resultStands])).toEqual(
      codes.map((code) => [code, '4', 'no']),
    );
    await agreesByEveryWay();
    books.theirs = books.theirs.filter(({ key }) => key !== codes[1]);
    books.falsify(codes[2]!, ({ fields }) => void (fields.status = '9'));
    for (let sight = 0; sight < 2; sight++)
      await books.compare('list', { contract: { sends: ['case.received', 'case.status-changed'] } });
    expect(await books.named()).toEqual([`missing-there ${codes[1]}`, `status-differs ${codes[2]}`]);
  });
});
