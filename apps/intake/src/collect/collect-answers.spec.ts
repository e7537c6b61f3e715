import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { applyAgency, Database, enter } from '#ledger';
import { createLog } from '#service';
import type { ContractVersion } from '#wire';
import type { EnterReport } from '../enter/enter-report.js';
import { CollectAnswers, type Collecting } from './collect-answers.js';

const quiet = createLog('spec', 'silent');
const contract = {
  validFrom: '2018-01-01',
  owner: 'G15',
  protocol: 'http',
  receives: [],
  sends: [],
  collect: { ask: 'per-case', until: [9], every: '1s', afterwards: { every: '1d', for: '2d' } },
  limits: { inFlight: 1, timeout: '1s' },
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [],
  onDuplicate: 'refuse',
} as unknown as ContractVersion;
const revoked = {
  type: 'vn.lienthong.case.result-revoked.v1',
  caseCode: 'x',
  data: {},
  state: 'revoked',
  files: [],
} as const;

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

it('a revocation that the ledger couldn’t take is asked for again, also after the last time', async () => {
  await applyAgency(db, {
    apiVersion: 'lienthong/v1',
    kind: 'Agency',
    id: 'records',
    name: { vi: 'r', en: 'r' },
    versions: [contract],
  });
  const code = 'H56.14-240812-0001';
  const opens = { procedure: '2.000488', openedOn: '2024-08-12', dueAt: null };
  const item = {
    sender: 'one-stop',
    key: code,
    type: 'vn.lienthong.case.received.v1',
    caseCode: code,
    data: { code },
    status: 2,
    opens,
  };
  await enter(db, [item as never], () => true);
  await db.pool.query(
    `with s as (select stream_id from aliases where code = $1),
     l as (insert into lanes (agency_id, stream_id, last, done, deadline) select 'records', stream_id, 1, 1, now() from s)
     insert into collections (agency_id, stream_id, due_at, afterwards_since) select 'records', stream_id, now(), now() - interval '3 days' from s`,
    [code],
  );
  let taken: object = { kind: 'refused', refusal: { code: 'unavailable' } };
  const enterReport = { room: () => Promise.resolve(), run: () => Promise.resolve(taken) } as unknown as EnterReport;
  const collect = new CollectAnswers({ db, enterReport, secret: () => '', log: quiet, count: () => undefined });
  const connector = {
    collect: () => Promise.resolve({ kind: 'reported', reports: [revoked] }),
  } as unknown as Collecting;
  const isEnded = async (): Promise<unknown> => {
    await collect.round('records', contract, connector);
    return (await db.pool.query<{ ended: boolean }>('select ended from collections')).rows[0]!.ended;
  };
  expect(await isEnded()).toBe(false);
  taken = { kind: 'held', status: 202, answer: {} };
  await db.pool.query(`update collections set due_at = now()`);
  expect(await isEnded()).toBe(true);
});
