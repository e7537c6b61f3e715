import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CaseApplication } from '#wire';
import { outgoing } from '../../libs/connectors/src/case.fixture.js';
import { judicialRecordCase, nextCode, otherCase } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { PortalClient } from './portal-client.js';
import { Proxy } from './proxy.js';

let hub: Hub;
let redis: Proxy;
let postgres: Proxy;
beforeAll(async () => {
  const at = new URL(process.env.REDIS_URL!);
  redis = await Proxy.to(at.hostname, Number(at.port || 6379));
  at.port = String(redis.port);
  hub = await Hub.start({ apps: [], env: { REDIS_URL: at.href } });
  const database = new URL(hub.env.DATABASE_URL!);
  postgres = await Proxy.to(database.hostname, Number(database.port || 5432));
  database.port = String(postgres.port);
  const through = { DATABASE_URL: database.href };
  await hub.apps.get('intake')!.kill('SIGTERM');
  hub.apps.delete('intake');
  await hub.startApp('intake', { ...through, LIENTHONG_INTAKE_PORT: hub.env.LIENTHONG_INTAKE_PORT! });
  await hub.startApp('delivery', through);
}, 300_000);
afterAll(async () => {
  await hub?.stop();
  await Promise.all([redis?.close(), postgres?.close()]);
});

describe('when a service goes away', () => {
  it('PostgreSQL: 503 with Retry-After, and both processes recover by themselves', async () => {
    const oneStop = new PortalClient(hub.intake, 'mot-cua', await hub.key('mot-cua'));
    const [code, another] = [nextCode(), nextCode()];
    const first = outgoing('received', otherCase(nextCode()) as unknown as CaseApplication);
    const second = outgoing('received', otherCase(another) as unknown as CaseApplication);
    expect(await oneStop.send(first)).toEqual({ kind: 'accepted' });
    postgres.cut();
    expect(await oneStop.send(second)).toMatchObject({ kind: 'busy', reason: 'HTTP 503', retryAfter: 1 });
    const away = await fetch(`${hub.intake}/v1/cases`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await hub.key('mot-cua')}`, 'content-type': 'application/json' },
      body: JSON.stringify(otherCase(code)),
    });
    expect(away.status).toBe(503);
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(away.headers.get('content-type')).toMatch(/problem\+json/);
    expect((await fetch(`${hub.intake}/readyz`)).status).toBe(503);
    expect((await fetch(`${hub.intake}/healthz`)).status).toBe(200);
    postgres.mend();
    await eventually(async () => expect((await hub.post('/v1/cases', otherCase(code))).status).toBe(202));
    // Whether the first one was written nobody knows.
    await eventually(async () => expect(['accepted', 'already-held']).toContain((await oneStop.send(second)).kind));
    for (const each of [code, another])
      await eventually(async () => expect(await hub.standIns.portal.applied(each)).toHaveLength(1));
    await oneStop.close();
  });

  it('Redis: intake accepts, first attempts and retries go on by the sweeper alone', async () => {
    redis.cut();
    const { lltp } = hub.standIns;
    await lltp.faults({ reply: [{ status: 503 }] });
    const code = nextCode();
    expect((await hub.post('/v1/cases', judicialRecordCase(code))).status).toBe(202);
    await eventually(async () => {
      const [d] = await hub.rows<{ attempts: number }>(
        `select d.attempts from deliveries d join aliases a using (stream_id) where a.code = $1 and d.agency_id = 'lltp'`,
        [code],
      );
      expect(d!.attempts).toBeGreaterThan(0);
    });
    await lltp.noFaults();
    await eventually(async () => expect(await lltp.applied(code)).toHaveLength(1));
    redis.mend();
  });

  it('Kafka: intake accepts, and the plan is made from the ledger', async () => {
    await hub.apps.get('delivery')!.kill('SIGTERM');
    const delivery = await hub.startApp('delivery', { KAFKA_BROKERS: '127.0.0.1:9' });
    const code = nextCode();
    expect((await hub.post('/v1/cases', otherCase(code))).status).toBe(202);
    await eventually(async () => expect(await hub.standIns.portal.applied(code)).toHaveLength(1), 90_000);
    const [outbox] = await hub.rows<{ n: number }>(`select count(*)::int as n from outbox`);
    expect(outbox!.n).toBeGreaterThan(0);
    await delivery.kill('SIGTERM');
    await hub.startApp('delivery');
    await hub.atRest();
    expect(await hub.standIns.portal.applied(code)).toHaveLength(1);
  });
});
