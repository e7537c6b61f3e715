import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { judicialRecordCase, nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub } from './hub.js';
import { run } from './processes.js';

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.start();
}, 300_000);
afterEach(async () => {
  await Promise.all(Object.values(hub.standIns).map((partner) => partner.noFaults()));
});
afterAll(() => hub?.stop());

const deliveriesOf = (code: string, agency: string) =>
  hub.rows<{ sequence: number; state: string; attempts: number; reason: string | null; owner: string | null }>(
    `select d.sequence, d.state, d.attempts, d.reason, d.owner from deliveries d join aliases a using (stream_id)
     where a.code = $1 and d.agency_id = $2 order by d.sequence`,
    [code, agency],
  );

describe('what fails', () => {
  it('delivers the other 19 cases while one is parked, and the parked one in order after its repair', async () => {
    const { portal } = hub.standIns;
    const codes = Array.from({ length: 20 }, nextCode);
    const bad = codes[7]!;
    await portal.faults({
      refuseField: { path: 'MaHoSo', text: 'Mã thủ tục hành chính không hợp lệ' },
      when: { code: bad },
    });
    for (const code of codes) {
      await hub.post('/v1/cases', otherCase(code));
      await hub.post(`/v1/cases/${code}/events`, statusChanged(code, 4, `${code}/4`));
    }
    await hub.atRest();
    for (const code of codes) expect(await portal.applied(code)).toHaveLength(code === bad ? 0 : 2);
    expect((await deliveriesOf(bad, 'cong-dvc')).map((d) => d.state)).toEqual(['parked', 'open']);
    expect((await deliveriesOf(bad, 'cong-dvc'))[0]).toMatchObject({ owner: 'data', attempts: 1 });

    await portal.noFaults();
    const { code: exit } = await run('cli/src/main.js', ['retry', 'cong-dvc'], hub.env);
    expect(exit).toBe(0);
    await eventually(async () => expect((await portal.applied(bad)).map((line) => line.operation)).toHaveLength(2));
    expect((await portal.applied(bad))[0]!.operation).toMatch(/DongBoHoSoMC/);
  });

  it('retries while an agency is down, and delivers everything in order when it is back', async () => {
    const { lltp, portal } = hub.standIns;
    await lltp.faults({ down: true });
    const codes = Array.from({ length: 10 }, nextCode);
    for (const code of codes) await hub.post('/v1/cases', judicialRecordCase(code));
    // A few fail, then the breaker is open: the others keep their turn, and one probe at a time asks.
    await eventually(async () =>
      expect(await hub.rows(`select agency_id from breakers where state = 'open'`)).toEqual([{ agency_id: 'lltp' }]),
    );
    for (const code of codes)
      await eventually(async () => expect((await portal.applied(code)).length).toBeGreaterThan(0));
    expect((await lltp.applied()).filter((line) => codes.includes(line.code))).toEqual([]);
    const tried = await Promise.all(codes.map(async (code) => (await deliveriesOf(code, 'lltp'))[0]!.attempts));
    expect(tried.some((attempts) => attempts > 0)).toBe(true);
    await lltp.noFaults();
    for (const code of codes) await eventually(async () => expect(await lltp.applied(code)).toHaveLength(1));
    expect(await hub.rows(`select agency_id from breakers where state = 'open'`)).toEqual([]);
  });

  it('asks LLTP before resending when its answer was lost, and enters nothing twice', async () => {
    const { lltp } = hub.standIns;
    const code = nextCode();
    await lltp.faults({ loseAnswer: 1, when: { code } });
    await hub.post('/v1/cases', judicialRecordCase(code));
    await eventually(async () =>
      expect((await deliveriesOf(code, 'lltp'))[0]).toMatchObject({ state: 'acknowledged' }),
    );
    expect(
      (await lltp.books()).filter((line) => line.code === code && line.operation.includes('gui-ho-so')),
    ).toHaveLength(1);
    const attempts = await hub.rows<{ outcome: string; in_doubt: boolean }>(
      `select t.outcome, t.in_doubt from attempts t join aliases a using (stream_id) where a.code = $1 and t.agency_id = 'lltp' order by t.id`,
      [code],
    );
    expect(attempts.map((t) => t.outcome)).toEqual(['doubt', 'look-up: held']);
  });

  it('resends the same item after a hanging portal, and takes “already there” for its own', async () => {
    const { portal } = hub.standIns;
    const code = nextCode();
    await portal.faults({ loseAnswer: 1, when: { code } });
    await hub.post('/v1/cases', otherCase(code));
    await eventually(async () =>
      expect((await deliveriesOf(code, 'cong-dvc'))[0]).toMatchObject({ state: 'acknowledged' }),
    );
    expect(await portal.applied(code)).toHaveLength(1);
    const hashes = await hub.rows<{ h: string }>(
      `select distinct encode(t.item_hash, 'hex') as h from attempts t join aliases a using (stream_id)
       where a.code = $1 and t.agency_id = 'cong-dvc' and t.item_hash is not null`,
      [code],
    );
    expect(hashes).toHaveLength(1);
  });

  it('holds nobody else’s slot while the portal hangs', async () => {
    const { portal, lltp } = hub.standIns;
    await portal.faults({ hang: 1_000 });
    const codes = Array.from({ length: 10 }, nextCode);
    for (const code of codes) await hub.post('/v1/cases', judicialRecordCase(code));
    for (const code of codes) await eventually(async () => expect(await lltp.applied(code)).toHaveLength(1));
    await portal.noFaults();
    for (const code of codes)
      await eventually(async () => expect((await portal.applied(code)).length).toBeGreaterThan(0));
  });

  it('logs in again when the portal’s session has expired', async () => {
    const { portal } = hub.standIns;
    const [one, two] = [nextCode(), nextCode()];
    await hub.post('/v1/cases', otherCase(one));
    await eventually(async () => expect(await portal.applied(one)).toHaveLength(1));
    await portal.ask('DELETE', '/sessions');
    await hub.post('/v1/cases', otherCase(two));
    await eventually(async () => expect(await portal.applied(two)).toHaveLength(1));
    // The partner's book is written before our outcome is committed.
    await eventually(async () =>
      expect((await deliveriesOf(two, 'cong-dvc'))[0]).toMatchObject({ state: 'acknowledged' }),
    );
  });
});
