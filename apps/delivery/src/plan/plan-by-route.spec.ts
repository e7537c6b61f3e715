import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  applyAgency,
  applyRouting,
  ContractBook,
  Database,
  enter,
  Reckoning,
  type EntryItem,
  type Reconciliation,
} from '#ledger';
import { createLog } from '#service';
import type { AgencyFile, EventType, RoutesFile, Unit, UnitsFile } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { setClock } from '../../../../libs/ledger/src/testing/moved-clock.js';
import { PlanDeliveries } from './plan-deliveries.js';

const log = createLog('spec', 'silent');
const PROCEDURE = '1.004222';
const [received, changed, issued] = ['received', 'status-changed', 'result-issued'].map(
  (what) => `vn.lienthong.case.${what}.v1` as EventType,
);
const all = ['case.received', 'case.status-changed', 'case.result-issued', 'case.withdrawn'];

const oneStop = (id: string, cases: 'routed' | 'all' = 'routed'): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: id, en: id },
  versions: [
    {
      validFrom: '2018-01-01',
      owner: 'H99',
      protocol: 'feed',
      receives: [{ procedures: ['*'], cases, events: all }],
      sends: all,
      limits: { inFlight: 1, timeout: '1s' },
      retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
      replies: [{ when: { status: '2xx' }, means: 'accepted' }],
      onDuplicate: 'refuse',
    },
  ],
});

const unit = (code: string, level: Unit['level'], more: Partial<Unit>): Unit => ({
  code,
  name: code,
  level,
  validFrom: '2018-01-01',
  ...more,
});
const provinceUnits: Unit[] = [
  unit('H99', 'province', { agency: 'tinh' }),
  unit('H99.1', 'district', {
    agency: 'huyen',
    within: 'H99',
    validUntil: '2025-06-30',
    succeededBy: [{ unit: 'H99.3', procedures: ['1.000001'] }, { unit: 'H99.2' }],
  }),
  unit('H99.1.1', 'commune', { agency: 'xa', within: 'H99.1' }),
  unit('H99.2', 'district', { agency: 'khu-vuc', within: 'H99', validFrom: '2025-07-01' }),
  unit('H99.3', 'district', { agency: 'khu-vuc-khac', within: 'H99', validFrom: '2025-07-01' }),
];
const units = (more: Unit[] = provinceUnits): UnitsFile => ({ apiVersion: 'lienthong/v1', kind: 'Units', units: more });
const work = { vi: 'việc', en: 'work' };
const routes: RoutesFile = {
  apiVersion: 'lienthong/v1',
  kind: 'Routes',
  routes: [PROCEDURE, '1.000001'].map((procedure) => ({
    procedure,
    versions: [
      {
        validFrom: '2018-01-01',
        form: 'three-level',
        steps: [
          { at: 'entry', work, share: 0.2 },
          { at: 'district', work, share: 0.3 },
          { at: 'province', work, share: 0.5 },
        ],
      },
    ],
  })),
};

let fresh: FreshDatabase;
let db: Database;
let book: ContractBook;
let planDeliveries: PlanDeliveries;
let queries: string[];
beforeAll(async () => {
  fresh = await freshDatabase();
  await setClock(fresh.url, '2025-06-29T09:00:00+07:00');
  db = new Database(fresh.url, 'spec', log);
  queries = [];
  db.pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        queries.push((args[0] as { name?: string } | undefined)?.name ?? '');
        return query(...args);
      },
    });
  });
  for (const id of ['xa', 'huyen', 'tinh', 'khu-vuc', 'khu-vuc-khac']) await applyAgency(db, oneStop(id));
  await applyAgency(db, oneStop('ioc', 'all'));
  expect(await applyRouting(db, [units(), routes], by)).toMatchObject({ outcome: 'applied' });
  book = new ContractBook(db, log);
  await book.refresh();
  const ports = { promise: () => new Map(), begin: () => {}, worker: () => '0', planned: () => {} };
  planDeliveries = new PlanDeliveries(db, book, 100, ports, log);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});
beforeEach(() => {
  queries = [];
});
const by = { author: 'spec', note: null };

/** The same seed, the same walk. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

let serial = 0;
async function open(procedure = PROCEDURE, unitCode = 'H99.1.1', sender = 'xa'): Promise<string> {
  const code = `case-${++serial}`;
  const opens = { procedure, openedOn: '2025-06-20', dueAt: null, unit: unitCode };
  await say({ sender, key: code, type: received!, caseCode: code, data: { code }, status: 2, opens });
  return code;
}
async function say(item: EntryItem): Promise<void> {
  const [answer] = await enter(db, [item], book.mayReport);
  if (answer?.outcome !== 'accepted') throw new Error(answer?.outcome);
  await planDeliveries.run([answer.stream]);
}
const reports = (code: string, sender: string, status: number, type = changed!): Promise<void> =>
  say({ sender, key: `${code}/${status}/${type}`, type, caseCode: code, data: { status }, status: status as 4 });

/** `agency n n n`, in the order of agencies. */
async function told(code: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ line: string }>(
    `select d.agency_id || ' ' || string_agg(d.sequence::text, ' ' order by d.sequence) as line
     from deliveries d join aliases a using (stream_id) where a.code = $1 and d.agency_id <> 'ioc' group by d.agency_id order by 1`,
    [code],
  );
  return rows.map(({ line }) => line);
}
async function count(): Promise<Reconciliation> {
  const reckoning = await Reckoning.begin(db);
  try {
    return await reckoning.count();
  } finally {
    reckoning.end();
  }
}

describe('a case of three levels', () => {
  it('is told to every one-stop on its route, the sender excepted, and to nobody else’s', async () => {
    const code = await open();
    await reports(code, 'huyen', 4);
    await reports(code, 'tinh', 9, issued);
    expect(await told(code)).toEqual(['huyen 1 3', 'tinh 1 2', 'xa 2 3']);
    expect(queries).toContain('plan.unplanned');
    expect(queries).not.toContain('plan.pasts');
    await expect(reports(code, 'khu-vuc-khac', 10)).rejects.toThrow('not-your-case');
  });

  it('goes nowhere by a unit that nobody knows, and an agency without routed cases notices nothing', async () => {
    const code = await open(PROCEDURE, 'H98.1.1');
    expect(await told(code)).toEqual([]);
  });

  it('whose district was abolished meanwhile goes on at the successor of its procedure, which first gets it in full', async () => {
    const [code, other, ended] = [await open(), await open('1.000001'), await open()];
    await reports(code, 'huyen', 4);
    await reports(other, 'huyen', 4);
    await reports(ended, 'huyen', 4);
    await setClock(fresh.url, '2025-07-01T00:00:01+07:00');
    await reports(code, 'tinh', 6);
    await reports(other, 'khu-vuc-khac', 6);
    await reports(code, 'khu-vuc', 8);
    expect(queries).toContain('plan.pasts');
    expect(await told(code)).toEqual(['huyen 1', 'khu-vuc 1 2 3', 'tinh 1 2 4', 'xa 2 3 4']);
    // Its successor spoke first: it hears what came before all the same.
    expect(await told(other)).toEqual(['huyen 1', 'khu-vuc-khac 1 2', 'tinh 1 2 3', 'xa 2 3']);
    expect(await told(ended)).toEqual(['huyen 1', 'tinh 1 2', 'xa 2']);
    // What the district's own system still says of a case that it had is taken.
    await reports(ended, 'huyen', 6);
    expect(await told(ended)).toEqual(['huyen 1', 'khu-vuc 1 2 3', 'tinh 1 2 3', 'xa 2 3']);
  });

  it.each([1, 2, 3, 4])(
    'is planned as it is expected, whatever is reported by whom on which days (%d)',
    async (seed) => {
      const random = randomOf(seed);
      const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
      await setClock(fresh.url, '2025-06-20T09:00:00+07:00');
      const codes: string[] = [];
      for (let n = 0; n < 6; n++)
        codes.push(await open(pick([PROCEDURE, '1.000001']), pick(['H99.1.1', 'H99.1', 'H99', 'H98'])));
      for (const day of ['2025-06-30T23:59:58+07:00', '2025-07-01T00:00:01+07:00', '2025-07-02T09:00:00+07:00']) {
        await setClock(fresh.url, day);
        for (let n = 0; n < 12; n++) {
          const [code, sender] = [pick(codes), pick(['xa', 'huyen', 'tinh', 'khu-vuc', 'khu-vuc-khac'])];
          // Whoever has nothing to do with it is refused, and that is no event.
          await reports(code, sender, pick([4, 6, 8])).catch(() => undefined);
        }
      }
      const { expected, unexpected, lost, discrepancies } = await count();
      expect({ unexpected, lost, discrepancies }).toEqual({ unexpected: 0, lost: 0, discrepancies: [] });
      const { rows } = await db.pool.query<{ n: number }>('select count(*)::int as n from deliveries');
      expect(expected).toBe(rows[0]!.n);
    },
  );

  it('is expected where it was planned, by the same rule and without looking at the plan', async () => {
    const { expected, unexpected, waiting, lost, discrepancies } = await count();
    expect({ unexpected, lost, discrepancies }).toEqual({ unexpected: 0, lost: 0, discrepancies: [] });
    expect(expected).toBe(waiting);
    const { rows } = await db.pool.query<{ n: number }>('select count(*)::int as n from deliveries');
    expect(expected).toBe(rows[0]!.n);
    const gone = await db.pool.query(`delete from deliveries where agency_id = 'khu-vuc' and sequence = 1`);
    expect(gone.rowCount).toBeGreaterThan(2);
    expect((await count()).discrepancies.map(({ type, agency }) => `${type} ${agency}`)).toEqual(
      Array<string>(gone.rowCount!).fill('not-planned khu-vuc'),
    );
    await db.pool.query(
      `insert into deliveries (agency_id, stream_id, sequence, event_id) select 'khu-vuc-khac', stream_id, 1, id from events where sequence = 1 limit 1`,
    );
    expect((await count()).discrepancies.map(({ type }) => type)).toContain('not-entitled');
  });

  it('isn’t left behind by a unit that ends without a successor', async () => {
    await open();
    const without = provinceUnits.map((one) => (one.code === 'H99.1.1' ? { ...one, validUntil: '2025-12-31' } : one));
    expect(await applyRouting(db, [units(without)], by)).toMatchObject({
      outcome: 'faulty',
      faults: [{ kind: 'Units', fault: { path: '/units/2/validUntil', rule: 'needs:succeededBy' } }],
    });
  });
});
