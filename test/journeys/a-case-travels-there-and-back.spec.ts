import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judicialRecordCase, nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from './eventually.js';
import { Hub } from './hub.js';

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.start();
}, 60_000);
afterAll(() => hub?.stop());

describe('a case that was entered once', () => {
  it('reaches LLTP and the portal, and LLTP’s answer comes back to the one-stop and to the portal', async () => {
    const code = nextCode();
    const entered = await hub.post('/v1/cases', judicialRecordCase(code));
    expect(entered).toMatchObject({ status: 202, body: { outcome: 'accepted', sequence: 1, subject: `case/${code}` } });

    const { lltp, portal, oneStop } = hub.standIns;
    await eventually(async () => expect(await lltp.applied(code)).toHaveLength(1));
    await eventually(async () => {
      const came = (await oneStop.applied(code)).map((line) => line.operation);
      expect(came).toContain('vn.lienthong.case.result-issued.v1');
    });
    await hub.atRest();
    const operations = (await portal.applied(code)).map((line) => line.operation);
    expect(operations[0]).toMatch(/DongBoHoSoMC/);
    expect(operations.at(-1)).toMatch(/DongBoHoSoMC/);
    expect(operations.filter((o) => o.includes('CapNhatTienDoHoSoMC')).length).toBeGreaterThan(0);
    const deliveries = await hub.rows<{ state: string; agency_id: string; item_hash: Buffer }>(
      `select d.agency_id, d.state, d.item_hash from deliveries d join aliases a using (stream_id) where a.code = $1`,
      [code],
    );
    expect(new Set(deliveries.map((d) => d.state))).toEqual(new Set(['acknowledged']));
    const held = new Set((await portal.applied(code)).map((line) => line.hash));
    for (const d of deliveries.filter((d) => d.agency_id === 'cong-dvc')) expect(held).toContain(d.item_hash.toString('hex'));
  });

  it('goes only to those whose contract wants it, and its status only forward', async () => {
    const code = nextCode();
    await hub.post('/v1/cases', otherCase(code));
    expect((await hub.post(`/v1/cases/${code}/events`, statusChanged(code, 9, 's9'))).status).toBe(202);
    const back = await hub.post(`/v1/cases/${code}/events`, statusChanged(code, 4, 's4'));
    expect(back).toMatchObject({ status: 409, body: { code: 'status-cannot-follow' } });
    await hub.atRest();
    expect(await hub.standIns.lltp.applied(code)).toEqual([]);
    expect(await hub.standIns.portal.applied(code)).toHaveLength(2);
    expect(await hub.standIns.oneStop.applied(code)).toEqual([]);
  });

  it('gets the earlier answer when it is sent again, and 409 with both hashes when it differs', async () => {
    const code = nextCode();
    const first = await hub.post('/v1/cases', otherCase(code));
    const again = await hub.post('/v1/cases', otherCase(code));
    expect(again.body).toMatchObject({ outcome: 'repeated', eventId: first.body.eventId, sequence: 1 });
    const other = await hub.post('/v1/cases', { ...otherCase(code), summary: 'Khác' });
    expect(other).toMatchObject({ status: 409, body: { code: 'conflicting-body' } });
    const hashes = other.body.hashes as { held: string; received: string };
    expect(hashes.held).not.toEqual(hashes.received);
  });
});
