import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judicialRecordCase, nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.start();
}, 300_000);
afterAll(() => hub?.stop());

describe('a case that was entered once', () => {
  it('reaches LLTP and the portal, and LLTP’s answer comes back to the one-stop and to the portal', async () => {
    const code = nextCode();
    const { lltp, portal, oneStop } = hub.standIns;
    // Slow enough to be seen at work: the poll meets status 4, then the result.
    await lltp.ask('PUT', '/processing', { toInProgressMs: 100, toDoneMs: 3_000 });
    const entered = await hub.post('/v1/cases', judicialRecordCase(code));
    expect(entered).toMatchObject({ status: 202, body: { outcome: 'accepted', sequence: 1, subject: `case/${code}` } });

    await eventually(async () =>
      expect(await hub.typesHeldBy('mot-cua', oneStop, code)).toEqual(['case.status-changed', 'case.result-issued']),
    );
    expect(await hub.typesHeldBy('lltp', lltp, code)).toEqual(['case.received']);
    await eventually(async () =>
      expect(await hub.typesHeldBy('cong-dvc', portal, code)).toEqual([
        'case.received',
        'case.status-changed',
        'case.result-issued',
      ]),
    );
    await hub.atRest();
    const states = await hub.rows<{ state: string }>(
      `select distinct d.state from deliveries d join aliases a using (stream_id) where a.code = $1`,
      [code],
    );
    expect(states).toEqual([{ state: 'acknowledged' }]);
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
