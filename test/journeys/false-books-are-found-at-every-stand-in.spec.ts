import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lineDiscrepancies, type ComparedField, type LineDiscrepancy } from '#wire';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { dayIn, EveryStandIn, firstInterfaceProcedure, ministryProcedure, now } from './every-stand-in.js';
import { run } from './processes.js';

interface Planted {
  type: LineDiscrepancy;
  keys: string[];
  there?: string;
  fields?: ComparedField[];
}
interface Found {
  type: LineDiscrepancy;
  key: string;
  side: string;
  counted: boolean;
}
interface Agency {
  agency: string;
  by: 'digest' | 'daily-file' | 'spreadsheet';
  /** Types that can't stand there, and why. */
  without: Partial<Record<LineDiscrepancy, string>>;
  /** Of `field-differs` and `deadline-differs`: what its contract compares. */
  fields: readonly ComparedField[];
  /** It gives a list of news, so what only it has can be fetched. */
  lists?: true;
}

const noRows = 'its contract compares no number of rows';
const oneUnit = 'its codes are all of one unit';
const agencies: Agency[] = [
  { agency: 'cong-dvc', by: 'digest', without: {}, fields: ['procedure', 'finishedOn', 'applicantName', 'applicantId', 'dueOn', 'judged'] }, // prettier-ignore
  { agency: 'mot-cua', by: 'digest', without: {}, fields: ['procedure', 'finishedOn', 'resultNumber', 'applicantName', 'applicantId', 'dueOn', 'judged'] }, // prettier-ignore
  { agency: 'lltp', by: 'daily-file', without: { 'progress-missing': noRows }, fields: ['resultNumber', 'applicantName', 'applicantId', 'dueOn'] }, // prettier-ignore
  {
    agency: 'lltp-gen1',
    by: 'spreadsheet',
    without: {
      'status-differs': 'what it says of a status is news to us, and never another book',
      'revoked-still-there': 'it keeps no result',
      'file-differs': 'it keeps no result',
      'progress-missing': noRows,
    },
    fields: ['applicantName', 'dueOn'],
    lists: true,
  },
  {
    agency: 'bo-noi-vu',
    by: 'daily-file',
    without: {
      'two-under-one': oneUnit,
      'deadline-differs': 'its create says no due date',
      'progress-missing': noRows,
      // Below, alone: no call of its interface takes a result back, so it stands there by itself.
      'revoked-still-there': 'it is there without anybody’s doing',
    },
    fields: ['procedure', 'applicantName', 'applicantId'],
  },
  {
    agency: 'vneid',
    by: 'daily-file',
    without: { 'two-under-one': oneUnit, 'deadline-differs': 'it is told a due date only with a status', 'progress-missing': noRows }, // prettier-ignore
    fields: ['resultNumber', 'applicantName', 'applicantId'],
  },
];

let every: EveryStandIn;
beforeAll(async () => {
  every = await EveryStandIn.start();
}, 900_000);
afterAll(() => every?.stop());

/** One comparison to its end, by the agency's own way. One that the clock ordered may be under way: then it is asked again. */
async function compared(agency: string, by: string): Promise<Found[]> {
  const { env } = every.hub;
  const to = join(env.LIENTHONG_BOOKS_DIR!, 'comparison.json');
  const file = join(env.LIENTHONG_BOOKS_DIR!, 'so.xlsx');
  await rm(to, { force: true });
  if (by === 'spreadsheet')
    await writeFile(
      file,
      Buffer.from(await (await fetch(`${every.at(agency).control}/lines/daily.xlsx`)).arrayBuffer()),
    );
  const way = by === 'spreadsheet' ? ['--file', file] : ['--by', by];
  const done = await eventually(async () => {
    const { err } = await run('cli/src/main.js', ['reconcile', 'run', '--agency', agency, '--day', dayIn(0), ...way, '--json', to], env); // prettier-ignore
    const text = await readFile(to, 'utf8').catch(() => Promise.reject(new Error(err)));
    return (JSON.parse(text) as { comparison: { state: string; reason: unknown } }).comparison;
  });
  expect({ agency, state: done.state, reason: done.reason }).toEqual({ agency, state: 'done', reason: null });
  return open(agency);
}

const open = async (agency: string): Promise<Found[]> =>
  (
    await every.hub.rows<Found>(
      `select type, key, side, seen >= 2 as counted from discrepancies where agency_id = $1 and settled_at is null`,
      [agency],
    )
  ).sort(inOrder);
const inOrder = (a: Found, b: Found): number => (`${a.type} ${a.key}` < `${b.type} ${b.key}` ? -1 : 1);

/** Who must act, as docs/reconciliation.md's table says it. */
function sideOf({ type, fields = [] }: Planted, { lists }: Agency): string {
  switch (type) {
    case 'doubled-there':
    case 'two-under-one':
      return 'theirs';
    case 'missing-here':
      return lists ? 'ours' : 'theirs';
    case 'deadline-differs':
      return fields.includes('dueOn') ? 'ours' : 'theirs';
    case 'field-differs':
      return fields.some((field) => field === 'applicantName' || field === 'applicantId') ? 'data' : 'ours';
    default:
      return 'ours';
  }
}

function foundFor(planted: Planted, at: Agency): Found {
  const { type, keys, there } = planted;
  const key = type === 'missing-here' || type === 'two-under-one' ? there! : keys[0]!;
  return { type, key, side: sideOf(planted, at), counted: true };
}

describe('every stand-in’s book', () => {
  it('agrees with ours, whatever became of a case', async () => {
    const records = await every.enters(16);
    const others = await every.enters(8, '1.001193');
    const firsts = await every.enters(16, firstInterfaceProcedure);
    const theirs = await every.enters(16, ministryProcedure);
    const filed = await every.files(12);
    await every.hub.atRest();
    const { lltp } = every.hub.standIns;
    for (const code of [...records.slice(0, 13), ...filed.slice(0, 10)])
      await lltp.ask('POST', `/cases/${code}/result`);
    for (const code of firsts.slice(0, 9))
      await every.at('lltp-gen1').ask('POST', `/cases/${code}/status`, { status: 5 });
    await every.reported('lltp', 'result-issued', 23);
    for (const code of [...records.slice(0, 3), ...filed.slice(0, 2)])
      await lltp.ask('POST', `/cases/${code}/revocation`);
    for (const code of others) await every.reports(code, 'status-changed', { status: 4, at: now() });
    await every.reports(others[0]!, 'status-changed', { status: 9, at: now() });
    await every.reports(others[1]!, 'withdrawn', { status: 7, at: now() });
    for (const code of theirs.slice(0, 9)) {
      await every.reports(code, 'status-changed', { status: 4, at: now() });
      await every.issues(code);
    }
    await every.reported('lltp', 'result-revoked', 5);
    await every.hub.atRest();
    for (const { agency, by } of agencies)
      expect({ agency, found: await compared(agency, by) }).toEqual({ agency, found: [] });
    // What is false in the case itself its own protocol says, too; asked for it, the hub would take it for news. An answer
    // under way orders the next question itself: only with nobody to ask is none asked.
    await every.hub.apps.get('intake')!.kill('SIGTERM');
  }, 300_000);

  describe.each(agencies)('$agency ($by)', (at) => {
    const { agency, by } = at;
    const standIn = () => every.at(agency);
    const types = lineDiscrepancies.filter((type) => at.without[type] === undefined);

    it(`made false in ${types.length} ways is found out, each by its type and side once it was seen twice, and nothing else`, async () => {
      const planted: Planted[] = [];
      // Those first that few cases can be.
      const rarest = types.toSorted((a, b) => Number(!b.startsWith('revoked')) - Number(!a.startsWith('revoked')) || 0);
      for (const type of ['two-under-one', ...rarest] as const) {
        if (!types.includes(type) || planted.some((one) => one.type === type)) continue;
        const { planted: now } = (await standIn().ask('POST', '/falsify', { type, count: 2, seed: 7, fields: at.fields })) as { planted: Planted[] }; // prettier-ignore
        expect({ type, planted: now.length > 0 }).toEqual({ type, planted: true });
        planted.push(...now);
      }
      const expected = planted.map((one) => foundFor(one, at)).sort(inOrder);
      expect(await compared(agency, by)).toEqual(expected.map((one) => ({ ...one, counted: false })));
      expect(await compared(agency, by)).toEqual(expected);
    }, 300_000);

    it('put right again, agrees', async () => {
      await standIn().ask('POST', '/falsify/undo', {});
      expect(await compared(agency, by)).toEqual([]);
      expect(
        await every.hub.rows(`select distinct settled_as from discrepancies where agency_id = $1`, [agency]),
      ).toEqual([{ settled_as: 'agreed' }]);
    }, 300_000);
  });
});
