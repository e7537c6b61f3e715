import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judicialRecordCase, nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { Proxy } from './proxy.js';

const KILLS = 10;
const CASES = 120;

let hub: Hub;
let wire: Proxy;
let throughTheWire: string;
beforeAll(async () => {
  hub = await Hub.start({ apps: [] });
  const database = new URL(hub.env.DATABASE_URL!);
  wire = await Proxy.to(database.hostname, Number(database.port || 5432));
  database.port = String(wire.port);
  throughTheWire = database.href;
}, 300_000);
afterAll(async () => {
  await hub?.stop();
  await wire?.close();
});

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** PostgreSQL hears nothing any more, and a partner has done something that the ledger doesn't know. Tries again where the wire was idle. */
async function holdBetweenReplyAndCommit(effects: () => Promise<number>): Promise<void> {
  await eventually(async () => {
    const before = await effects();
    await eventually(async () => expect(await effects()).toBeGreaterThan(before), 3_000);
    wire.hold();
    const held = await effects();
    try {
      await eventually(async () => expect(await effects()).toBeGreaterThan(held), 2_000);
    } catch (error) {
      wire.release();
      throw error;
    }
  }, 300_000);
}

describe('the delivery process, killed ten times at seeded moments', () => {
  it('loses nothing, reorders nothing, and doubles nothing without a recorded doubt', async () => {
    const random = seeded(20210531);
    const { lltp, portal, oneStop } = hub.standIns;
    const startDelivery = () =>
      hub.startApp('delivery', { DATABASE_URL: throughTheWire, LIENTHONG_INSTANCE: 'delivery-1' });
    const effects = async (): Promise<number> =>
      (await Promise.all([lltp, portal, oneStop].map((p) => p.applied()))).flat().length;

    // A backlog first, and partners slow enough that a kill meets requests under way.
    await Promise.all([lltp, portal].map((partner) => partner.faults({ slowMs: 150 })));
    const codes = Array.from({ length: CASES }, nextCode);
    await Promise.all(
      codes.map(async (code, i) => {
        expect((await hub.post('/v1/cases', i % 4 === 0 ? judicialRecordCase(code) : otherCase(code))).status).toBe(
          202,
        );
        if (i % 4 === 0) return;
        for (const status of [4, 9])
          expect(
            (await hub.post(`/v1/cases/${code}/events`, statusChanged(code, status, `${code}/${status}`))).status,
          ).toBe(202);
      }),
    );
    let delivery = await startDelivery();
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = await effects();
      if (kill % 2 === 0) {
        await holdBetweenReplyAndCommit(effects);
      } else {
        const until = before + 1 + Math.floor(random() * 10);
        await eventually(async () => expect(await effects()).toBeGreaterThanOrEqual(until));
      }
      await delivery.kill('SIGKILL');
      wire.release();
      delivery = await startDelivery();
    }
    await Promise.all([lltp, portal].map((partner) => partner.noFaults()));
    await hub.atRest();
    await eventually(async () => {
      const [returned] = await hub.rows<{ n: number }>(
        `select count(*)::int as n from deliveries d join events e on e.stream_id = d.stream_id and e.sequence = d.sequence
         where d.agency_id = 'mot-cua' and e.type = 'vn.lienthong.case.result-issued.v1' and d.state = 'acknowledged'`,
      );
      expect(returned!.n).toBe(CASES / 4);
    });
    await hub.atRest();

    const deliveries = await hub.rows<{
      agency: string;
      code: string;
      sequence: number;
      hash: string;
      doubted: boolean;
      state: string;
    }>(
      `select d.agency_id as agency, a.code, d.sequence, encode(d.item_hash, 'hex') as hash, d.state::text as state,
         exists (select 1 from attempts t where t.agency_id = d.agency_id and t.stream_id = d.stream_id and t.sequence = d.sequence and t.in_doubt) as doubted
       from deliveries d join aliases a using (stream_id) order by 1, 2, 3`,
    );
    expect(deliveries.every((d) => d.state === 'acknowledged')).toBe(true);
    const problems: string[] = [];
    for (const [agency, partner] of [
      ['lltp', lltp],
      ['cong-dvc', portal],
      ['mot-cua', oneStop],
    ] as const) {
      const book = await partner.applied();
      const ours = deliveries.filter((d) => d.agency === agency);
      for (const d of ours) {
        const times = book.filter((line) => line.code === d.code && line.hash === d.hash).length;
        if (times === 0) problems.push(`lost: ${agency} ${d.code} ${d.sequence}`);
        if (times > 1 && !d.doubted) problems.push(`doubled without a doubt: ${agency} ${d.code} ${d.sequence}`);
      }
      const sequences = new Map(ours.map((d) => [`${d.code}/${d.hash}`, d.sequence]));
      const highest = new Map<string, number>();
      const seen = new Set<string>();
      for (const line of book) {
        const key = `${line.code}/${line.hash}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const sequence = sequences.get(key);
        if (sequence === undefined) problems.push(`unknown at the hub: ${agency} ${line.code}`);
        else if (sequence < (highest.get(line.code) ?? 0))
          problems.push(`out of order: ${agency} ${line.code} ${sequence}`);
        else highest.set(line.code, sequence);
      }
    }
    expect(problems).toEqual([]);
    const [reaped] = await hub.rows<{ n: number }>(`select count(*)::int as n from attempts where outcome = 'reaped'`);
    expect(reaped!.n).toBeGreaterThan(0);
  }, 300_000);
});
