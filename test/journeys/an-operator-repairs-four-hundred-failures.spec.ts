import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judicialRecordCase, nextCode } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, StandIn } from './hub.js';
import { run, start } from './processes.js';

const CASES = 400;
const STRANGE = 'Cơ quan chưa có trong danh mục';
let hub: Hub;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-operator-'));
  hub = await Hub.start();
}, 300_000);
afterAll(async () => {
  await hub?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Group {
  agencyId: string;
  fingerprint: string;
  owner: string;
  reason: string;
  count: number;
  sinceRetry: number;
  again: number;
}
interface Json {
  code: number;
  out: Record<string, never> & {
    groups: Group[];
    standing: unknown[];
    deliveries: { body: string; revision: number }[];
  } & {
    operation: { id: string; state: string; done: number; result: Record<string, unknown> | null };
    aftermath: { passed: number; parkedAgain: number; underWay: number };
  };
}

/** A verb as the operator types it. */
const types = async (...words: string[]): Promise<Json> => {
  const { code, out, err } = await run('cli/src/main.js', [...words, '--json'], {
    ...hub.env,
    LIENTHONG_AUTHOR: 'lan',
  });
  if (!out.startsWith('{')) throw new Error(`${words.join(' ')}: ${code}\n${out}\n${err}`);
  return { code, out: JSON.parse(out) as Json['out'] };
};
const says = (...words: string[]) => run('cli/src/main.js', words, { ...hub.env, LIENTHONG_AUTHOR: 'lan' });

describe('an operator', () => {
  it('sees four hundred failures as one, tries five, sends the rest, edits four, closes one; LLTP holds each once', async () => {
    const { lltp } = hub.standIns;
    await lltp.faults({
      refuseField: { path: 'toKhai.nycNoiCapGiayTo', text: 'nycNoiCapGiayTo không có trong danh mục' },
    });
    const codes = Array.from({ length: CASES }, nextCode);
    const strange = codes.slice(-5);
    const lines = codes.map((code) => {
      const { declaration, ...rest } = judicialRecordCase(code) as { declaration: { identityPaper: object } };
      const issuedBy = strange.includes(code) ? STRANGE : 'Cục Cảnh sát QLHC về TTXH';
      const data = {
        ...rest,
        declaration: { ...declaration, identityPaper: { ...declaration.identityPaper, issuedBy } },
      };
      return JSON.stringify({
        specversion: '1.0',
        id: code,
        source: 'urn:mot-cua',
        type: 'vn.lienthong.case.received.v1',
        subject: `case/${code}`,
        time: '2021-05-31T08:05:00+07:00',
        datacontenttype: 'application/json',
        data,
      });
    });
    await writeFile(join(folder, 'cases.ndjson'), lines.join('\n'));
    const entered = await says('submit', '-f', join(folder, 'cases.ndjson'), '--out', join(folder, 'answers.ndjson'));
    expect(entered.code).toBe(0);

    // One cause, whatever the number of cases.
    const group = await eventually(async () => {
      const { out } = await types('parked', 'ls', '--agency', 'lltp');
      expect(out.groups).toMatchObject([{ count: CASES }]);
      return out.groups[0]!;
    }, 90_000);
    expect(group).toMatchObject({ agencyId: 'lltp', owner: 'data', again: 0 });
    const cause = group.fingerprint;
    expect((await says('parked', 'ls')).out).toContain(cause);

    // A rehearsal says what would be sent, and sends nothing.
    const books = (await lltp.books()).length;
    const rehearsed = await types('parked', 'retry', cause, '--rehearse');
    expect(rehearsed).toMatchObject({ code: 0, out: { operation: { state: 'done', done: CASES } } });
    expect(rehearsed.out.operation.result).toMatchObject({ same: CASES, changed: 0, unmappable: 0 });
    expect(await lltp.books()).toHaveLength(books);

    // Five as a canary while nothing is repaired: they fail again, and are counted apart.
    expect(await types('parked', 'retry', cause, '--canary', '5')).toMatchObject({
      code: 1,
      out: { aftermath: { passed: 0, parkedAgain: 5, underWay: 0 } },
    });
    const { out: since } = await types('parked', 'ls', '--agency', 'lltp');
    expect(since.groups).toMatchObject([{ count: CASES, sinceRetry: 5, again: 5 }]);

    // LLTP repairs its list, for all but five cases.
    await lltp.faults({
      refuseField: { path: 'toKhai.nycNoiCapGiayTo', text: 'nycNoiCapGiayTo không có trong danh mục', equals: STRANGE },
    });
    expect(await types('parked', 'retry', cause, '--canary', '5')).toMatchObject({
      code: 0,
      out: { aftermath: { passed: 5, parkedAgain: 0, underWay: 0 } },
    });
    const all = await types('parked', 'retry', cause, '--all', '--wait');
    expect(all).toMatchObject({
      code: 1,
      out: { operation: { state: 'done', done: CASES - 5 }, aftermath: { passed: CASES - 10, parkedAgain: 5 } },
    });
    expect((await types('parked', 'ls')).out.groups).toMatchObject([{ count: 5, sinceRetry: 5 }]);

    // Four are edited, from what was sent; one is closed.
    for (const code of strange.slice(0, 4)) {
      const { out } = await types('parked', 'show', code, '--agency', 'lltp', '--body');
      const file = join(folder, `${code}.json`);
      await writeFile(file, out.deliveries[0]!.body.replace(STRANGE, 'Cục Cảnh sát QLHC về TTXH'));
      expect(await says('parked', 'edit', code, '--agency', 'lltp', '--file', file)).toMatchObject({ code: 0 });
    }
    const last = strange[4]!;
    expect(
      await says('parked', 'close', last, '--agency', 'lltp', '--reason', 'công dân rút', '--until', '2999-12-31'),
    ).toMatchObject({ code: 0 });

    await eventually(async () => expect(new Set((await lltp.applied()).map((line) => line.code)).size).toBe(CASES - 1));
    await hub.atRest();
    const held = (await lltp.applied()).map((line) => line.code);
    expect(held.toSorted()).toEqual(codes.filter((code) => code !== last).toSorted());
    expect((await types('parked', 'ls')).out).toMatchObject({ groups: [], standing: [] });
    const attempts = await hub.rows<{ asked_by: string; n: number }>(
      `select asked_by, count(*)::int as n from attempts where agency_id = 'lltp' and outcome not like 'look-up%' group by 1 order by 1`,
    );
    expect(attempts).toEqual([
      { asked_by: 'operator', n: 5 + 5 + (CASES - 5) + 4 },
      { asked_by: 'schedule', n: CASES },
    ]);
    const authors = await hub.rows<{ author: string }>(`select distinct author from operations`);
    expect(authors).toEqual([{ author: 'lan' }]);
  });

  it('pauses an agency, sees it wherever he looks, and nothing of what came meanwhile is lost', async () => {
    const { lltp } = hub.standIns;
    await lltp.noFaults();
    expect((await says('pause', 'lltp', '--reason', 'bảo trì cuối tuần')).out).toContain('bảo trì cuối tuần');
    // The processes read contracts every two seconds; the ledger refuses claims from the pause on.
    const codes = [nextCode(), nextCode()];
    for (const code of codes) await hub.post('/v1/cases', judicialRecordCase(code));
    await eventually(async () =>
      expect((await types('parked', 'ls')).out.standing).toMatchObject([
        { agencyId: 'lltp', waiting: 2, paused: { reason: 'bảo trì cuối tuần', by: 'lan' } },
      ]),
    );
    expect((await says('doctor')).out).toContain('bảo trì cuối tuần');
    expect(await lltp.applied(codes[0])).toEqual([]);
    expect((await says('resume', 'lltp')).code).toBe(0);
    for (const code of codes) await eventually(async () => expect(await lltp.applied(code)).toHaveLength(1));
  });

  it('replays a period: LLTP lost a case, is asked about each, and gets that one again under its own key', async () => {
    await hub.atRest();
    const [lost] = await hub.rows<{ code: string; event_id: string }>(
      `select a.code, d.event_id from deliveries d join aliases a using (stream_id) where d.agency_id = 'lltp' and d.state = 'acknowledged' order by d.stream_id limit 1`,
    );
    await forgets('lltp', lost!.code);
    const { lltp } = hub.standIns;
    expect(await lltp.applied(lost!.code)).toEqual([]);
    const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
    const replay = async (...more: string[]) => {
      const { code, out } = await says('replay', 'lltp', '--from', today, '--to', today, '--yes', '--json', ...more);
      const { operations } = JSON.parse(out) as { operations: { kind: string; result: Record<string, number> }[] };
      return { code, kinds: operations.map((o) => o.kind), result: operations.at(-1)!.result };
    };
    const none = { full: 0, again: 0, revoked: 0, parked: 0, behind: 0, busy: 0, unanswered: 0, days: {} };
    const found = { ...none, missing: 1, kept: CASES + 1 };
    expect(await replay('--rehearse')).toEqual({ code: 0, kinds: ['rehearse-replay'], result: found });
    expect(await lltp.applied(lost!.code)).toEqual([]);
    expect(await replay()).toEqual({ code: 0, kinds: ['rehearse-replay', 'replay'], result: found });
    await eventually(async () => expect(await lltp.applied(lost!.code)).toHaveLength(1));
    await hub.atRest();
    expect((await replay('--rehearse')).result).toEqual({ ...found, missing: 0, kept: CASES + 2 });
    expect((await lltp.applied()).map((line) => line.code).filter((code) => code === lost!.code)).toHaveLength(1);
  });
});

/** The partner comes back from a copy of its database in which this case isn't. */
async function forgets(name: 'lltp', code: string): Promise<void> {
  await hub.standIns[name].process.kill('SIGKILL');
  const books = hub.env.LIENTHONG_BOOKS_DIR!;
  const file = join(
    books,
    (await readdir(books)).find((each) => each === `${name}.ndjson`)!,
  );
  const kept = (await readFile(file, 'utf8')).split('\n').filter((line) => !line.includes(`"${code}"`));
  await writeFile(file, kept.join('\n'));
  hub.standIns[name] = new StandIn(name, await start('sandbox/src/stand-in.main.js', [name], hub.env));
}
