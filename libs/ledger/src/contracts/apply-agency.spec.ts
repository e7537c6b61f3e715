import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AgencyFile, ContractVersion } from '#wire';
import { readAgencies } from '../agencies.js';
import { ContractBook } from '../contract-book.js';
import { Database } from '../database.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { applyAgencies, applyAgency } from './apply-agency.js';
import { compareContracts } from './compare-contracts.js';
import { contractHistory, earlierContract, rollBack } from './contract-history.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const version = (validFrom: string, inFlight = 1): ContractVersion => ({
  validFrom,
  owner: 'G15',
  protocol: 'topic',
  receives: [],
  sends: [],
  limits: { inFlight, timeout: '10s' },
  retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
  replies: [],
  onDuplicate: 'refuse',
});
const agency = (id: string, ...versions: ContractVersion[]): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: id, en: id },
  versions,
});
const by = { author: 'lan', note: null };

let fresh: FreshDatabase;
let db: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
});
beforeEach(async () => {
  await db.pool.query('truncate agencies, contracts, contract_history, credentials, lanes, deliveries');
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const days = async (): Promise<string[]> =>
  (await readAgencies(db)).map(({ id, versions }) => `${id} ${versions.map(({ validFrom }) => validFrom).join(' ')}`);
const bind = (to: string): Promise<unknown> =>
  db.pool.query(`insert into lanes (agency_id, stream_id, last, deadline, wait) values ('${to}', 1, 1, now(), 'timer');
    insert into deliveries (agency_id, stream_id, sequence, event_id, contract_version) values ('${to}', 1, 1, gen_random_uuid(), '2020-01-01')`);

describe('applying contracts', () => {
  it('applies all files or none', async () => {
    const both = [agency('a', version('2018-01-01')), agency('b', version('2018-01-01'), version('2020-01-01'))];
    expect(await applyAgencies(db, both, by)).toMatchObject({ outcome: 'applied', agencies: [{ serial: 1 }, {}] });
    await bind('b');
    const next = [agency('a', version('2019-01-01')), agency('b', version('2018-01-01')), agency('c')];
    expect(await applyAgencies(db, next, by)).toEqual({
      outcome: 'still-needed',
      versions: [{ agency: 'b', validFrom: '2020-01-01', open: 1 }],
    });
    expect(await days()).toEqual(['a 2018-01-01', 'b 2018-01-01 2020-01-01']);
    expect((await contractHistory(db, 'a')).length).toBe(1);
  });

  it('keeps the order of the file’s operations and elements, and takes another order for a change', async () => {
    const file = (item: Record<string, string>): AgencyFile =>
      agency('a', { ...version('2018-01-01'), operations: { second: { item }, one: {} } });
    await applyAgency(db, file({ MaHoSo: 'b', So: 'a' }));
    const kept = async (): Promise<string[]> => {
      const { operations = {} } = (await readAgencies(db))[0]!.versions[0]!;
      return [...Object.keys(operations), ...Object.keys(operations.second!.item as object)];
    };
    expect(await kept()).toEqual(['second', 'one', 'MaHoSo', 'So']);
    const other = file({ So: 'a', MaHoSo: 'b' });
    expect(compareContracts((await readAgencies(db))[0], other).versions).toMatchObject([
      { change: 'changed', members: [{ path: 'operations.second' }] },
    ]);
    expect(await applyAgency(db, other)).toMatchObject({ agencies: [{ serial: 2, isChanged: true }] });
    expect(await kept()).toEqual(['second', 'one', 'So', 'MaHoSo']);
    expect(await applyAgency(db, other)).toMatchObject({ agencies: [{ serial: 2, isChanged: false }] });
    const earlier = await earlierContract(db, 'a', 1);
    if (earlier.outcome === 'chosen') await rollBack(db, earlier, 'lan', 'spec');
    expect(await kept()).toEqual(['second', 'one', 'MaHoSo', 'So']);
  });

  it('gives each of many changes at once a serial of its own, without a gap', async () => {
    const changes = [1, 2, 3, 4, 5, 6].map((n) => applyAgency(db, agency('a', version('2018-01-01', n))));
    await Promise.all(changes);
    expect((await contractHistory(db, 'a')).map(({ serial }) => serial)).toEqual([6, 5, 4, 3, 2, 1]);
    const same = [1, 2, 3, 4].map(() => applyAgency(db, agency('a', version('2018-01-01', 9))));
    expect((await Promise.all(same)).map((one) => one.outcome === 'applied' && one.agencies[0]!.serial)).toEqual([
      7, 7, 7, 7,
    ]);
    const [newest] = await contractHistory(db, 'a');
    expect((await readAgencies(db))[0]!.versions).toEqual(newest!.versions);
  });

  it('is seen by a process’s book at its next look, also what was taken away and what was gone back to', async () => {
    const book = new ContractBook(db, quiet);
    await applyAgency(db, agency('a', version('2018-01-01'), version('2020-01-01', 7)));
    await book.refresh();
    expect(book.version('a', '2026-01-01')?.limits.inFlight).toBe(7);
    await applyAgency(db, agency('a', version('2018-01-01')));
    await book.refresh();
    expect(book.version('a', '2026-01-01')?.limits.inFlight).toBe(1);
    const chosen = await earlierContract(db, 'a');
    if (chosen.outcome !== 'chosen') throw new Error(chosen.outcome);
    await rollBack(db, chosen, 'lan', 'why');
    await book.refresh();
    expect(book.version('a', '2026-01-01')?.limits.inFlight).toBe(7);
  });
});

describe('comparing contracts', () => {
  const compared = (before: ContractVersion, after: ContractVersion) =>
    compareContracts(
      { id: 'a', name: { vi: 'a', en: 'a' }, paused: false, versions: [before] },
      agency('a', after),
    ).versions.flatMap(({ members }) => members);

  it('names each member by its path: of words in a list what came and went, else the items by their number', () => {
    const before = {
      ...version('2018-01-01'),
      sends: ['case.received', 'case.withdrawn'],
      settings: { a: '1', b: '2' },
      replies: [{ when: { status: 200 }, means: 'accepted' as const }],
    };
    const after = {
      ...before,
      sends: ['case.withdrawn', 'case.result-issued'],
      settings: { a: '1', c: '3' },
      replies: [
        { when: { status: 201 }, means: 'accepted' as const },
        { when: { status: 503 }, means: 'busy' as const },
      ],
    };
    expect(compared(before, after)).toEqual([
      { path: 'sends', old: 'case.received' },
      { path: 'sends', new: 'case.result-issued' },
      { path: 'replies.0.when.status', old: 200, new: 201 },
      { path: 'replies.1', new: { when: { status: 503 }, means: 'busy' } },
      { path: 'settings.b', old: '2' },
      { path: 'settings.c', new: '3' },
    ]);
  });

  it('calls words in another order a change, and members in another order none', () => {
    const before = { ...version('2018-01-01'), sends: ['case.received', 'case.withdrawn'] };
    expect(compared(before, { ...before, sends: ['case.withdrawn', 'case.received'] })).toHaveLength(1);
    expect(
      compared(before, Object.fromEntries(Object.entries(before).reverse()) as unknown as ContractVersion),
    ).toEqual([]);
  });
});
