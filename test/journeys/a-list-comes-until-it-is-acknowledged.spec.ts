import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import type { Hub, StandIn } from './hub.js';
import { run } from './processes.js';
import { caseOf, codeOf, FrozenClock, hubWithTwoOwners } from './two-owners.js';

const day = '2024-08-12';
let hub: Hub;
let first: StandIn;

beforeAll(async () => {
  ({ hub, first } = await hubWithTwoOwners(await FrozenClock.at('2024-08-12T09:00:00+07:00')));
}, 300_000);
afterAll(async () => {
  await first?.process.kill('SIGTERM');
  await hub?.stop();
});

async function delivered(): Promise<string> {
  const code = codeOf(day);
  expect((await hub.post('/v1/cases', caseOf(code, day))).status).toBe(202);
  await eventually(async () => expect(await first.applied(code)).toHaveLength(1));
  return code;
}
const statusesOf = async (code: string): Promise<number[]> =>
  (
    await hub.rows<{ status: number }>(
      `select e.status from events e join aliases a using (stream_id) where a.code = $1 and e.sender = 'lltp' order by e.sequence`,
      [code],
    )
  ).map(({ status }) => status);
const receiptsOf = async (code: string): Promise<number> =>
  (
    await hub.rows<{ n: number }>(
      `select count(*)::int as n from receipts r join aliases a using (stream_id) where a.code = $1 and r.sender = 'lltp'`,
      [code],
    )
  )[0]!.n;
const move = (code: string, status: number) =>
  first.ask('POST', `/cases/${encodeURIComponent(code)}/status`, { status });
const news = async (code: string) =>
  ((await first.ask('GET', `/holds?code=${encodeURIComponent(code)}`)) as { news?: number }).news;
const lienthong = async (...words: string[]) => run('cli/src/main.js', words, hub.env);

describe('a list that comes until it is acknowledged', () => {
  it('brings a status to the one-stop, once, and is acknowledged', async () => {
    const code = await delivered();
    await move(code, 4);
    await eventually(async () =>
      expect(await hub.typesHeldBy('mot-cua', hub.standIns.oneStop, code)).toEqual(['case.status-changed']),
    );
    await eventually(async () => expect(await news(code)).toBeUndefined());
    expect(await statusesOf(code)).toEqual([4]);
  });

  it('comes again when intake is killed between its entry and its acknowledgement: a receipt, no second event', async () => {
    const code = await delivered();
    await eventually(async () => expect(await news(code)).toBeUndefined());
    await first.faults({ hang: 1, when: { operation: 'danhDauHsThanhCong' } });
    await move(code, 4);
    await eventually(async () =>
      expect(await first.ask('GET', '/faults')).toMatchObject({ faults: [{ hits: 1, left: 0 }] }),
    );
    expect(await statusesOf(code)).toEqual([4]);
    const receipts = await receiptsOf(code);
    await hub.apps.get('intake')!.kill('SIGKILL');
    await first.noFaults();
    await move(code, 5);
    await hub.startApp('intake', { LIENTHONG_INTAKE_PORT: hub.env.LIENTHONG_INTAKE_PORT! });
    // The killed poller's lease has ended.
    await hub.rows(`update collected_lists set due_at = now()`);
    await eventually(async () => expect(await news(code)).toBeUndefined());
    expect(await statusesOf(code)).toEqual([4, 9]);
    expect(await receiptsOf(code)).toBe(receipts);
  });

  it('whose acknowledgement got lost comes again as a receipt', async () => {
    const code = await delivered();
    await eventually(async () => expect(await news(code)).toBeUndefined());
    await first.faults({ busy: 1, when: { operation: 'danhDauHsThanhCong' } });
    const receipts = await receiptsOf(code);
    await move(code, 4);
    await eventually(async () => expect(await news(code)).toBeUndefined());
    expect(await statusesOf(code)).toEqual([4]);
    expect(await receiptsOf(code)).toBe(receipts + 1);
  });

  it('goes on after the platform’s token has ended', async () => {
    await first.ask('DELETE', '/sessions');
    const code = await delivered();
    await first.ask('DELETE', '/sessions');
    await move(code, 4);
    await eventually(async () => expect(await statusesOf(code)).toEqual([4]));
  });

  it('of a partner that drops the agency’s prefix: its rows are acknowledged, and wait where an operator sees them', async () => {
    await first.ask('PUT', '/wording', { dropsPrefix: true });
    const code = codeOf(day);
    await hub.post('/v1/cases', caseOf(code, day));
    const short = code.split('-').slice(1).join('-');
    await eventually(async () => expect(await first.applied(short)).toHaveLength(1));
    await eventually(async () => expect(await news(short)).toBeUndefined());
    await first.ask('PUT', '/wording', { dropsPrefix: false });
    const listed = await lienthong('collected', 'ls', '--json');
    expect(listed).toMatchObject({ code: 0 });
    const [row] = (JSON.parse(listed.out) as { untaken: Record<string, unknown>[] }).untaken;
    expect(row).toMatchObject({ agency: 'lltp', caseCode: short, reason: 'invalid-case-code' });
    const doctor = await lienthong('doctor');
    expect(doctor.out).toContain('lienthong collected ls');
    expect((await lienthong('collected', 'close', String(row!['id']), '--reason', 'mã thiếu tiền tố')).code).toBe(0);
    expect((await lienthong('collected', 'ls')).out).toContain('every row was taken');
    expect((await lienthong('doctor')).out).not.toContain('lienthong collected ls');
  });

  it('a duplicate is told by its text, and parks nothing that the hub itself had sent in doubt', async () => {
    await first.faults({ loseAnswer: 1, when: { operation: 'nhanHoSoDangKy' } });
    const code = codeOf(day);
    await hub.post('/v1/cases', caseOf(code, day));
    await eventually(async () => {
      const states = await hub.rows(
        `select d.state from deliveries d join aliases a using (stream_id) where a.code = $1 and d.agency_id = 'lltp'`,
        [code],
      );
      expect(states).toEqual([{ state: 'acknowledged' }]);
    });
    expect((await first.books()).filter((line) => line.code === code).map(({ effect }) => effect)).toEqual(['applied']);
  });

  it('what it refuses is parked with its words', async () => {
    await first.faults({ refuseField: { path: 'declarationWSForm.fullName', text: 'Thiếu ngày cấp CCCD' }, times: 1 });
    const code = codeOf(day);
    await hub.post('/v1/cases', caseOf(code, day));
    await eventually(async () => {
      const states = await hub.rows(
        `select d.state, d.reason from deliveries d join aliases a using (stream_id) where a.code = $1 and d.agency_id = 'lltp'`,
        [code],
      );
      expect(states).toEqual([{ state: 'parked', reason: 'Thiếu ngày cấp CCCD' }]);
    });
  });
});
