import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  applyAgency,
  listDiscrepancies,
  plan,
  refreshLines,
  settleByHand,
  toCompareAgain,
  verifyChains,
  type Settled,
} from '#ledger';
import { createLog } from '#service';
import type { LineDiscrepancy, Repair, RepairPolicy } from '#wire';
import { fullPayloads } from '../../../../libs/wire/src/payloads/case.fixture.js';
import { Books, compares, portal, works } from '../lines/books.fixture.js';
import { repairByPolicy } from './repair-by-policy.js';

const log = createLog('spec', 'silent');
const spreadsheet = { by: 'spreadsheet', compares, row: { key: { from: 'row.ma' } }, columns: { ma: 'Mã' } } as const;
const oneStop = (events: string[]) => ({
  ...portal({ receives: [{ procedures: ['*'], cases: 'own', events }], sends: ['case.received'] }),
  id: 'one-stop',
});

let books: Books;
beforeAll(async () => {
  books = await Books.begin();
});
beforeEach(async () => {
  await books.clear();
  await applyAgency(books.db, portal());
  await applyAgency(books.db, oneStop(['case.result-issued']));
});
afterAll(() => books.end());

const settles = async (repair: Repair, reason: string | null = null): Promise<Settled[]> =>
  settleByHand(books.db, (await books.open()).map(({ id }) => id), { agency: 'portal', repair, author: 'lan', reason }); // prettier-ignore

interface Entered {
  type: string;
  sender: string;
  status: number;
  body: Record<string, unknown>;
  stream: string;
}
/** The newest event of the ledger. */
async function newest(): Promise<Entered> {
  const { rows } = await books.db.pool.query<Entered>(
    `select type, sender, status, body, stream_id as stream from events order by recorded_at desc, sequence desc limit 1`,
  );
  return rows[0]!;
}
const operations = async (): Promise<string[]> =>
  (
    await books.db.pool.query<{ what: string }>(`select kind || ' ' || author as what from operations order by id`)
  ).rows.map(({ what }) => what);
const settledAs = async (): Promise<(string | null)[]> =>
  (await listDiscrepancies(books.db, { all: true })).map((one) => one.settledAs);

describe('a question to the counter', () => {
  const wrongName = async (n = 1): Promise<string[]> => {
    const all = await books.entered(3);
    for (const code of all.slice(0, n))
      books.falsify(code, ({ fields }) => void (fields.applicantName = 'NGUYỄN VĂN SAI'));
    await books.compare();
    await books.compare();
    return all;
  };

  it('is an event of the case, once, and the pair is compared again when the answer has reached the agency', async () => {
    const [code] = await wrongName();
    await applyAgency(books.db, oneStop(['case.correction-asked']));
    expect(await settles('ask-counter', 'xem tờ khai')).toMatchObject([{ outcome: 'ordered' }]);
    const asked = await newest();
    expect(asked).toMatchObject({
      ...{ type: 'vn.lienthong.case.correction-asked.v1', sender: 'lienthong.hub', status: 2 },
      body: { agency: 'portal', key: code, note: 'xem tờ khai', fields: [{ name: 'applicantName' }] },
    });
    expect(JSON.stringify(asked.body)).not.toContain('VĂN');
    expect(await settles('ask-counter', 'xem tờ khai')).toMatchObject([{ outcome: 'done-before' }]);
    expect(await operations()).toEqual(['ask-counter lan']);
    expect(await toCompareAgain(books.db)).toEqual([]);
    await books.goesOn(code!, { type: 'vn.lienthong.case.supplemented.v1', status: 4, data: (await applicationOf(code!)) as never }); // prettier-ignore
    expect(await toCompareAgain(books.db)).toEqual([]);
    await books.deliver();
    expect(await toCompareAgain(books.db)).toMatchObject([{ agency: 'portal' }]);
    await refreshLines(books.db, 'portal', compares);
    await books.agree();
    await books.compare();
    expect(await settledAs()).toEqual(['ask-counter']);
    expect(await verifyChains(books.db.pool)).toMatchObject({ broken: 0 });
  });

  it('is noted as asked outside where nobody who entered the case receives it, and says so', async () => {
    await wrongName();
    // Another that does receive such questions hasn't entered the case.
    await applyAgency(books.db, {
      ...portal({ receives: [{ procedures: ['*'], events: ['case.correction-asked'] }] }),
      id: 'archive',
    });
    expect(await settles('ask-counter')).toMatchObject([{ outcome: 'noted', why: 'nobody-receives' }]);
    expect((await newest()).type).toBe('vn.lienthong.case.received.v1');
    const done = await repairByPolicy(books.db, log, 'portal', policy('field-differs', 'ask-counter'));
    expect([...done.values()].flat()).toEqual([]);
    expect(await operations()).toEqual([]);
  });

  it('is asked by policy only of what it settles, bounded a day, and never answered by sending the wrong name again', async () => {
    const all = await wrongName(2);
    books.falsify(all[2]!, ({ fields }) => void (fields.procedure = 'q'));
    await books.compare();
    await books.compare();
    const resent = await repairByPolicy(books.db, log, 'portal', policy('field-differs', 'resend'));
    expect([...resent.values()].flat().map(({ key }) => key)).toEqual([all[2]]);
    const refused = await repairByPolicy(books.db, log, 'portal', policy('field-differs', 'ask-counter'));
    expect([...refused.values()].flat().map(({ outcome }) => outcome)).toEqual(['nobody-receives', 'nobody-receives']);
    await applyAgency(books.db, oneStop(['case.correction-asked']));
    await books.db.pool.query(`alter table discrepancy_repairs disable trigger user`);
    await books.db.pool.query(`update discrepancy_repairs set at = at - interval '1 day'`);
    const asked = await repairByPolicy(books.db, log, 'portal', policy('field-differs', 'ask-counter', 1));
    expect([...asked.values()].flat()).toMatchObject([{ key: all[0], outcome: 'ordered' }]);
    expect((await repairByPolicy(books.db, log, 'portal', policy('field-differs', 'ask-counter', 1))).size).toBe(0);
    expect((await operations()).at(-1)).toBe('ask-counter reconciliation');
    expect((await newest()).body['note']).toBeUndefined();
  });
});

describe('a correction here', () => {
  const authority = async (type: LineDiscrepancy): Promise<RepairPolicy> => {
    const repairs = policy(type, 'correct-here');
    await applyAgency(books.db, portal({ sends: ['case.status-changed'], reconcile: { ...spreadsheet, repairs } }));
    return repairs;
  };

  const moved = '2026-05-07T10:00:00/4';

  it('takes over a status as the agency’s own report, where the contract says that its books are right', async () => {
    const [code] = await books.entered(2);
    books.falsify(code!, ({ fields }) => Object.assign(fields, { status: '4', progressRows: '1', progress: moved }));
    await books.compare();
    expect(await settles('correct-here')).toMatchObject([{ outcome: 'noted', why: 'no-authority' }]);
    const repairs = await authority('status-differs');
    await books.compare('list', { repairs });
    expect(await books.open()).toMatchObject([{ counted: true, detail: { settle: 'correct-here' } }]);
    const done = await repairByPolicy(books.db, log, 'portal', repairs);
    // A person noted it within the day: a policy leaves it.
    expect(done.size).toBe(0);
    expect(await settles('correct-here')).toMatchObject([{ outcome: 'ordered' }]);
    expect(await newest()).toMatchObject({
      ...{ type: 'vn.lienthong.case.status-changed.v1', sender: 'portal', status: 4 },
      body: { status: 4, at: '2026-05-07T10:00:00+07:00', note: expect.stringContaining('reconciliation') },
    });
    // Until it is planned the case is in transit.
    expect(await toCompareAgain(books.db)).toEqual([]);
    await plan(books.db, [(await newest()).stream], () => ({ recipients: [], collectFrom: [] }));
    expect(await toCompareAgain(books.db)).toMatchObject([{ agency: 'portal' }]);
    await books.compare('list', { repairs });
    expect(await settledAs()).toEqual(['correct-here']);
    expect(await verifyChains(books.db.pool)).toMatchObject({ broken: 0 });
  });

  it('does so by policy, and never against what has happened to the case', async () => {
    const [code, back] = await books.entered(3, works);
    books.falsify(code!, ({ fields }) =>
      Object.assign(fields, { status: '8', progressRows: '2', progress: `${fields.progress},2026-05-07T10:00:00/8` }),
    );
    books.falsify(back!, ({ fields }) => void (fields.status = '1'));
    const repairs = await authority('status-differs');
    await books.compare('list', { repairs });
    await books.compare('list', { repairs });
    const done = await repairByPolicy(books.db, log, 'portal', repairs);
    expect([...done.values()].flat().map(({ key, outcome }) => [key, outcome])).toEqual([
      [code, 'ordered'],
      [back, 'cannot-follow'],
    ]);
    expect(await operations()).toEqual(['correct-here reconciliation']);
  });

  it('takes over a due day with the case in full, for everybody who gets supplements', async () => {
    const [code] = await books.entered(2);
    const data = {
      ...fullPayloads['vn.lienthong.case.supplemented.v1'],
      code: code!,
      dueAt: '2026-05-20T11:30:00+07:00',
    };
    await books.goesOn(code!, { type: 'vn.lienthong.case.supplemented.v1', status: 4, data });
    await books.deliver();
    await refreshLines(books.db, 'portal', compares);
    await books.agree();
    books.falsify(code!, ({ fields }) => void (fields.dueOn = '2026-05-25'));
    const repairs = await authority('deadline-differs');
    await books.compare('list', { ...wide, repairs });
    expect(await settles('correct-here')).toMatchObject([{ outcome: 'ordered' }]);
    const { stream, ...event } = await newest();
    expect(event).toMatchObject({
      ...{ type: 'vn.lienthong.case.supplemented.v1', sender: 'lienthong.hub', status: 4 },
      body: {
        ...{ dueAt: '2026-05-25T11:30:00+07:00', status: 4, applicant: data.applicant },
        supplement: { previousDueAt: '2026-05-20T11:30:00+07:00' },
      },
    });
    await plan(books.db, [stream], () => ({ recipients: [{ agency: 'portal' }], collectFrom: [] }));
    await books.deliver();
    await books.compare('list', { ...wide, repairs });
    expect(await settledAs()).toEqual(['correct-here']);
  });
});

const wide = { from: '2021-01-01', to: '2026-06-30' };
const policy = (type: LineDiscrepancy, repair: Repair, atMostADay = 5): RepairPolicy => ({
  [type]: { repair, atMostADay },
});

async function applicationOf(code: string): Promise<object> {
  const { rows } = await books.db.pool.query<{ body: object }>(
    `select e.body from events e join aliases a using (stream_id) where a.code = $1 and e.sequence = 1`,
    [code],
  );
  return rows[0]!.body;
}
