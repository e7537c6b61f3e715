import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyAgency, appendToFeed, acknowledgeFeed } from '#ledger';
import type { Protocol } from '#wire';
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { typed } from '../testing/terminal.js';

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
  await world.clear();
});
afterAll(() => world.end());

const speaks = (id: string, protocol: Protocol): ReturnType<typeof applyAgency> =>
  applyAgency(world.db, {
    apiVersion: 'lienthong/v1',
    kind: 'Agency',
    id,
    name: { vi: id, en: id },
    versions: [
      {
        validFrom: '2018-01-01',
        owner: 'G01',
        protocol,
        receives: [],
        sends: [],
        limits: { inFlight: 1, timeout: '1s' },
        retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
        replies: [],
        onDuplicate: 'refuse',
      },
    ],
  });
const list = (more = '') => typed(`consumer ls${more}`, { DATABASE_URL: world.url });

describe('consumer ls', () => {
  it('says so where nobody gets events this way', async () => {
    await speaks('z', 'http-json');
    expect(await list()).toMatchObject({ code: 0, out: expect.stringContaining('no agency') });
  });

  it('shows what is open for each, since when, and how far a feed is read', async () => {
    await speaks('a', 'webhook');
    await speaks('b', 'feed');
    await speaks('c', 'topic');
    const sent = await world.caseOf(['full']);
    await world.settle((await world.claim())!, 'acknowledged');
    const [waits, parked] = [await world.caseOf(['full', 'delta', 'delta']), await world.caseOf(['delta'])];
    await world.db.pool.query(`update lanes set wait = 'person' where stream_id = $1`, [parked]);
    await world.db.pool.query(`update deliveries set planned_at = now() - interval '90 seconds' where stream_id = $1`, [waits]); // prettier-ignore
    await world.db.pool.query(`update deliveries set planned_at = now() - interval '1 day' where stream_id = $1`, [sent]); // prettier-ignore
    await appendToFeed(world.db, 'b', [1, 2, 3].map((n) => ({ id: `00000000-0000-4000-8000-00000000000${n}`, body: '{}' }))); // prettier-ignore
    await acknowledgeFeed(world.db, 'b', 1);
    const v1 = { speaks: 'v1', until: '2027-12-31' };
    const { consumers } = JSON.parse((await list(' --json')).out) as { consumers: { oldestSeconds: number }[] };
    expect(consumers).toEqual([
      { agency: 'a', way: 'webhook', ...v1, open: 4, oldestSeconds: expect.any(Number) },
      { agency: 'b', way: 'feed', ...v1, open: 0, oldestSeconds: null, feed: { last: 3, acknowledged: 1, lag: { events: 2, seconds: expect.any(Number) } } }, // prettier-ignore
      { agency: 'c', way: 'topic', ...v1, open: 0, oldestSeconds: null, topic: { group: 'c', lag: null, why: 'kafka-not-asked' } }, // prettier-ignore
    ]);
    expect(consumers[0]!.oldestSeconds).toBeGreaterThanOrEqual(90);
    expect(consumers[0]!.oldestSeconds).toBeLessThan(3_600);
    expect((await list()).out).toMatch(/^b +feed +v1 +2027-12-31 +0 +– +2 +\d+ +3$/m);
  });
});
