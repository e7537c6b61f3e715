import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, startPartner, type ScriptedPartner } from '../../libs/connectors/src/testing/partner.js';
import { aheadOfRate } from '../../libs/connectors/src/testing/rate.js';
import { nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';

const CASES = 60;
const PER_SECOND = 20;
const IN_FLIGHT = 5;

let hub: Hub;
let rated: ScriptedPartner;
const arrived: { at: number; key: string; code: string; status: number | undefined }[] = [];
let most = 0;
let now = 0;
beforeAll(async () => {
  rated = await startPartner((request, response, raw) => {
    const { code, status } = request.json as { code?: string; status?: number };
    const key = String(request.headers['idempotency-key']);
    arrived.push({ at: performance.now(), key, code: code ?? '', status });
    most = Math.max(most, ++now);
    setTimeout(() => {
      now--;
      json({})(request, response, raw);
    }, 20);
  });
  const env = { LIENTHONG_RATED_PORT: new URL(rated.url).port };
  hub = await Hub.start({ apps: [], alsoAgencies: 'test/journeys/agencies-rated', env });
}, 300_000);
afterAll(async () => {
  await hub?.stop();
  await rated?.stop();
});

const startDelivery = async (n: number): Promise<void> => {
  const started = await hub.startApp('delivery', { LIENTHONG_INSTANCE: `delivery-${n}` });
  hub.apps.delete('delivery');
  hub.apps.set(`delivery-${n}`, started);
};

describe('two delivery processes on one ledger', () => {
  it('share every lane and limit: nothing is lost, doubled or out of order, also when one is killed', async () => {
    const codes = Array.from({ length: CASES }, nextCode);
    const enters = async (code: string): Promise<void> => {
      expect((await hub.post('/v1/cases', otherCase(code))).status).toBe(202);
      for (const status of [4, 9]) {
        const event = statusChanged(code, status, `${code}/${status}`);
        expect((await hub.post(`/v1/cases/${code}/events`, event)).status).toBe(202);
      }
    };
    await Promise.all([startDelivery(1), startDelivery(2)]);
    const began = performance.now();
    await Promise.all(codes.slice(0, CASES / 2).map(enters));
    const workers = () =>
      hub.rows<{ worker: string }>(`select distinct worker from attempts where agency_id = 'so-tu-phap'`);
    await eventually(async () => expect(await workers()).toHaveLength(2), 90_000);
    await Promise.all(codes.slice(CASES / 2).map(enters));
    await hub.apps.get('delivery-2')!.kill('SIGKILL');
    const killed = performance.now();
    hub.apps.delete('delivery-2');
    await hub.atRest(90_000);

    const deliveries = await hub.rows<{ key: string; code: string; sequence: number; state: string; doubted: boolean }>(
      `select d.event_id || '.' || d.revision as key, a.code, d.sequence, d.state::text as state, exists (
         select 1 from attempts t where t.agency_id = d.agency_id and t.stream_id = d.stream_id and t.sequence = d.sequence and t.in_doubt) as doubted
       from deliveries d join aliases a using (stream_id) where d.agency_id = 'so-tu-phap' order by a.code, d.sequence`,
    );
    expect(deliveries).toHaveLength(CASES * 3);
    expect(new Set(deliveries.map(({ state }) => state))).toEqual(new Set(['acknowledged']));
    const firstAt = new Map<string, number>();
    arrived.forEach(({ key }, i) => firstAt.set(key, firstAt.get(key) ?? i));
    const problems = deliveries.flatMap((d, i) => {
      const times = arrived.filter(({ key }) => key === d.key).length;
      const before = deliveries[i - 1];
      return [
        ...(times === 0 ? [`lost: ${d.code} ${d.sequence}`] : []),
        ...(times > 1 && !d.doubted ? [`sent twice without a doubt: ${d.code} ${d.sequence}`] : []),
        ...(before?.code === d.code && firstAt.get(before.key)! > firstAt.get(d.key)!
          ? [`out of order: ${d.code} ${d.sequence}`]
          : []),
      ];
    });
    expect(problems).toEqual([]);
    // What a dead process had under way may still be counted by the partner beside its successor's.
    expect(most).toBeLessThanOrEqual(IN_FLIGHT);
    const times = arrived.map(({ at }) => at);
    const atOnce = 2 * (PER_SECOND / 10);
    expect(aheadOfRate(times, began, PER_SECOND)).toBeLessThanOrEqual(atOnce);
    // What was under way when the other died may arrive after it.
    expect(aheadOfRate(times, killed, PER_SECOND)).toBeLessThanOrEqual(atOnce + IN_FLIGHT);

    const portal = (await hub.standIns.portal.applied()).map(({ code, hash }) => `${code}/${hash}`);
    const doubts = await hub.rows<{ n: number }>(`select count(*)::int as n from attempts where in_doubt`);
    expect(portal.length - new Set(portal).size).toBeLessThanOrEqual(doubts[0]!.n);
  }, 300_000);
});
