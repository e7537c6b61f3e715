import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgencyFile, ContractVersion, Json } from '#wire';
import { Database } from '../database.js';
import { enter } from '../enter.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { applyAgency } from './apply-agency.js';
import { differingMembers } from './differing-members.js';
import type { PastEvent } from './past-events.js';
import { rehearseContract, type RehearsalAsk } from './rehearse-contract.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const file = (word: string): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: 'a',
  name: { vi: 'a', en: 'a' },
  versions: [
    {
      validFrom: '2018-01-01',
      owner: 'G15',
      protocol: 'topic',
      receives: [{ procedures: ['p'], events: ['case.received', 'case.withdrawn'] }],
      sends: [],
      limits: { inFlight: 1, timeout: '10s' },
      retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
      replies: [],
      onDuplicate: 'refuse',
      settings: { word },
    },
  ],
});

let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet, 2);
  await applyAgency(db, file('old'));
  const opened = Array.from({ length: 3 }, (_, n) => ({
    sender: 'm',
    key: `${n}`,
    type: 'vn.lienthong.case.received.v1' as const,
    caseCode: `C-${n}`,
    data: { n },
    opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null },
    status: 2 as const,
  }));
  await enter(db, opened, () => true);
  const withdrawn = {
    sender: 'm',
    key: 'w',
    type: 'vn.lienthong.case.withdrawn.v1',
    caseCode: 'C-1',
    data: {},
  } as const;
  await enter(db, [withdrawn], () => true);
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

type Prepare = ReturnType<RehearsalAsk['connect']>['prepare'];
let closed = 0;
let asked: string[] = [];
const rehearse = (next: AgencyFile, prepare: Prepare, more: Partial<RehearsalAsk> = {}) =>
  rehearseContract(db, {
    file: next,
    days: 1,
    connect: () => ({ prepare, close: () => Promise.resolve(void closed++) }),
    ...more,
  });
const prepared = (item: Json): ReturnType<Prepare> =>
  Promise.resolve({ kind: 'prepared', prepared: { operation: 'o', item } });
const wordOf = ({ settings }: ContractVersion): string => settings!.word!;

describe('a rehearsal', () => {
  it('maps once where the version for sending is the same, twice where it isn’t, and closes what it opened', async () => {
    const prepare: Prepare = (event: PastEvent, contract) => {
      asked.push(`${wordOf(contract)} ${event.caseCode} ${event.sequence}`);
      return prepared({ n: event.data as Json });
    };
    asked = [];
    closed = 0;
    expect((await rehearse(file('old'), prepare)).findings.same.events).toBe(4);
    expect([asked.length, closed]).toEqual([4, 1]);
    expect((await rehearse(file('new'), prepare)).findings.same.events).toBe(4);
    expect([asked.length, closed]).toEqual([12, 3]);
  });

  it('gives mapping the case in full as of the event', async () => {
    const seen: unknown[] = [];
    const prepare: Prepare = (event) => {
      if (event.sequence === 2) seen.push(event.application, event.status, event.data);
      return prepared(null);
    };
    await rehearse(file('old'), prepare);
    expect(seen).toEqual([{ n: 1 }, 2, {}]);
  });

  it('takes a mapping that throws for one that fails, by class and code and never its words', async () => {
    const prepare: Prepare = (event, contract) =>
      wordOf(contract) === 'new' && event.sequence === 2
        ? Promise.reject(Object.assign(new TypeError('NGUYEN VAN A'), { code: 'E1' }))
        : prepared(null);
    const { findings } = await rehearse(file('new'), prepare);
    expect([findings.same.events, findings.failing]).toEqual([
      3,
      {
        events: 1,
        reasons: { 'our side failed: TypeError E1': 1 },
        examples: [{ code: 'C-1', sequence: 2, reason: 'our side failed: TypeError E1' }],
      },
    ]);
  });

  it('calls repaired what the contract in force can’t do any more', async () => {
    const connect: RehearsalAsk['connect'] = (contract) => {
      if (wordOf(contract) === 'old') throw new Error('knows no settings.word');
      return { prepare: () => prepared(null), close: () => Promise.resolve() };
    };
    const { findings } = await rehearse(file('new'), () => prepared(null), { connect });
    expect(findings.repaired).toMatchObject({ events: 4, reasons: { 'knows no settings.word': 4 } });
  });

  it('rejects with what reading failed by, and gives its connection back', async () => {
    const onProgress = (): void => {
      throw new Error('nobody looks any more');
    };
    for (let n = 0; n < 4; n++)
      await expect(rehearse(file('old'), () => prepared(null), { onProgress })).rejects.toThrow('nobody looks');
    expect(db.pool.totalCount - db.pool.idleCount).toBe(0);
  });
});

describe('two items', () => {
  const members = (before: Json, after: Json): string[] =>
    differingMembers({ operation: 'o', item: before }, { operation: 'o', item: after }).map(
      ({ path, change }) => `${path}: ${change}`,
    );

  it('differ in members, by their paths', () => {
    expect(
      members({ a: { b: [1, { c: 'x' }] }, d: 1, u: undefined }, { a: { b: [1, { c: 'y' }, 3] }, e: null }),
    ).toEqual(['a.b.1.c: changed', 'a.b.2: added', 'd: removed', 'e: added']);
    expect(members({ a: {} }, { a: [] })).toEqual(['a: changed']);
    expect(members('x', 'y')).toEqual(['(item): changed']);
    expect(members({ b: 1, a: 2 }, { a: 2, b: 1 })).toEqual([]);
  });

  it('differ by their operation', () => {
    expect(differingMembers({ operation: 'a', item: 1 }, { operation: 'b', item: 1 })).toEqual([
      { path: '(operation)', change: 'changed' },
    ]);
  });
});
