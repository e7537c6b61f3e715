import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judicialRecordCase, nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, type StandIn } from './hub.js';
import { run } from './processes.js';

interface Discrepancy {
  id: string;
  type: string;
  key: string;
  seen: number;
  counted: boolean;
}

let hub: Hub;
let portal: StandIn;
beforeAll(async () => {
  hub = await Hub.start({ apps: ['delivery', 'reconciliation'] });
  ({ portal } = hub.standIns);
}, 300_000);
afterAll(() => hub?.stop());

const cli = (...args: string[]) => run('cli/src/main.js', args, hub.env);

/** What one comparison found, open ones of before included. One that the clock ordered may be under way: then it is asked again. */
async function compared(agency: string, by: string): Promise<{ found: number; reason: unknown; state: string }> {
  const to = join(hub.env.LIENTHONG_BOOKS_DIR!, 'comparison.json');
  await rm(to, { force: true });
  return eventually(async () => {
    const { err } = await cli('reconcile', 'run', '--agency', agency, '--by', by, '--json', to);
    const text = await readFile(to, 'utf8').catch(() => Promise.reject(new Error(err)));
    const { comparison } = JSON.parse(text) as { comparison: { state: string; found: number; reason: unknown } };
    return { state: comparison.state, found: comparison.found, reason: comparison.reason };
  }, 300_000);
}

const open = (agency: string): Promise<Discrepancy[]> =>
  hub.rows<Discrepancy>(
    `select id, type, key, seen, counted from discrepancies where agency_id = $1 and settled_at is null order by type`,
    [agency],
  );

const falsify = (type: string, key: string, more: object = {}): Promise<unknown> =>
  portal.ask('POST', '/falsify', { type, key, seed: 1, ...more });

describe('both sides’ books', () => {
  const records = [nextCode(), nextCode()];
  const others = Array.from({ length: 5 }, nextCode);
  const [dropped = '', moved = '', late = '', rowless = ''] = others;

  it('agree, over every way by which a partner is compared', async () => {
    for (const code of records) await hub.post('/v1/cases', judicialRecordCase(code));
    for (const code of others) {
      await hub.post('/v1/cases', otherCase(code));
      await hub.post(`/v1/cases/${encodeURIComponent(code)}/events`, statusChanged(code, 4, `${code}-4`), {
        headers: { 'content-type': 'application/cloudevents+json' },
      });
    }
    await eventually(async () => {
      const held = (await hub.standIns.lltp.ask('GET', `/holds?code=${records[1]}`)) as { status: number };
      expect(held.status).toBe(9);
    });
    await eventually(async () => {
      const [issued] = await hub.rows<{ n: number }>(
        `select count(*)::int as n from events where type like '%result-issued%'`,
      );
      expect(issued!.n).toBe(records.length);
    }, 90_000);
    await hub.atRest();
    for (const [agency, by] of [
      ['cong-dvc', 'digest'],
      ['lltp', 'look-up'],
      ['lltp', 'daily-file'],
    ] as const)
      expect({ agency, by, ...(await compared(agency, by)), open: await open(agency) }).toEqual({
        ...{ agency, by, state: 'done', found: 0, reason: null, open: [] },
      });
  }, 300_000);

  it('that were made false are told of, each once it was seen twice, by its type', async () => {
    await falsify('missing-there', dropped);
    await falsify('status-differs', moved);
    await falsify('deadline-differs', late, { fields: ['dueOn'] });
    expect((await compared('cong-dvc', 'digest')).found).toBe(3);
    expect((await open('cong-dvc')).map(({ counted }) => counted)).toEqual([false, false, false]);
    expect((await compared('cong-dvc', 'digest')).found).toBe(3);
    const { out } = await cli('discrepancies', 'ls', '--agency', 'cong-dvc', '--json');
    const { discrepancies } = JSON.parse(out) as { discrepancies: Discrepancy[] };
    const told = discrepancies.map(({ type, key, seen, counted }) => ({ type, key, seen, counted }));
    const twice = { seen: 2, counted: true };
    expect(new Set(told)).toEqual(
      new Set([
        { type: 'missing-there', key: dropped, ...twice },
        { type: 'status-differs', key: moved, ...twice },
        { type: 'deadline-differs', key: late, ...twice },
      ]),
    );
  }, 300_000);

  it('are mended by what is sent once more, and agree when the partner has put its own right', async () => {
    const lost = (await open('cong-dvc')).find(({ type }) => type === 'missing-there')!;
    const { code, out, err } = await cli('discrepancies', 'settle', lost.id, '--as', 'resend');
    expect({ code, out, err }).toMatchObject({ code: 0 });
    await eventually(
      async () => expect(await portal.ask('GET', `/holds?code=${dropped}`)).toMatchObject({ status: 4 }),
      20_000,
    );
    await hub.atRest();
    // Two still stand falsely: the third is no longer one of them.
    expect(await portal.ask('POST', '/falsify/undo', {})).toEqual({ restored: 2 });
    expect((await compared('cong-dvc', 'digest')).found).toBe(0);
    expect(await open('cong-dvc')).toEqual([]);
  }, 300_000);

  it('agree again when a lost progress row, or a status, was sent once more: a row that stands twice is no rest', async () => {
    await falsify('progress-missing', rowless);
    await falsify('status-differs', moved);
    for (const seen of [1, 2]) {
      expect((await compared('cong-dvc', 'digest')).found).toBe(2);
      expect(await open('cong-dvc')).toMatchObject([
        { type: 'progress-missing', key: rowless, seen },
        { type: 'status-differs', key: moved, seen },
      ]);
    }
    const ids = (await open('cong-dvc')).map(({ id }) => id);
    expect(await cli('discrepancies', 'settle', ...ids, '--as', 'resend')).toMatchObject({ code: 0 });
    const holds = (code: string) => portal.ask('GET', `/holds?code=${code}`);
    // The portal appends what comes: the lost row once, the one that the status ends with a second time.
    await eventually(async () => expect(await holds(rowless)).toMatchObject({ status: 4, progress: 1 }), 60_000);
    await eventually(async () => expect(await holds(moved)).toMatchObject({ status: 4, progress: 2 }), 60_000);
    await hub.atRest();
    expect((await compared('cong-dvc', 'digest')).found).toBe(0);
    expect(await open('cong-dvc')).toEqual([]);
  }, 300_000);
});
