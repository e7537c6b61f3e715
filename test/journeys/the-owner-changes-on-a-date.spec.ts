import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import type { BookLine, Hub, StandIn } from './hub.js';
import { caseOf, codeOf, FrozenClock, hubWithTwoOwners } from './two-owners.js';

const lastMoment = '2025-02-28T23:59:59.900+07:00';
const midnight = '2025-03-01T00:00:00.000+07:00';
const before = '2025-02-20';
const since = '2025-03-01';

let hub: Hub;
let first: StandIn;
let second: StandIn;
let clock: FrozenClock;

beforeAll(async () => {
  clock = await FrozenClock.at(lastMoment);
  ({ hub, first, second } = await hubWithTwoOwners(clock));
}, 300_000);
afterAll(async () => {
  await first?.process.kill('SIGTERM');
  await hub?.stop();
});

async function enter(day: string, procedure?: string): Promise<string> {
  const code = codeOf(day);
  const { status, body } = await hub.post('/v1/cases', caseOf(code, day, procedure));
  expect({ status, body }).toMatchObject({ status: 202 });
  return code;
}
interface Attempt {
  revision: number;
  operation: string;
  version: string;
  outcome: string;
}
const attemptsOf = (code: string): Promise<Attempt[]> =>
  hub.rows<Attempt>(
    `select t.revision, t.operation, t.contract_version::text as version, t.outcome from attempts t join aliases a using (stream_id)
     where a.code = $1 and t.agency_id = 'lltp' order by t.sequence, t.number`,
    [code],
  );
const stateOf = async (code: string, type = 'case.received'): Promise<string | undefined> =>
  (
    await hub.rows<{ state: string }>(
      `select d.state from deliveries d join aliases a using (stream_id) join events e using (stream_id, sequence)
       where a.code = $1 and d.agency_id = 'lltp' and e.type = $2 order by d.sequence desc`,
      [code, `vn.lienthong.${type}.v1`],
    )
  )[0]?.state;
const acknowledged = (code: string, type?: string) =>
  eventually(async () => expect(await stateOf(code, type)).toBe('acknowledged'), 90_000);
/** What the software has reported of a case, as the ledger has it. */
const reportedOf = async (code: string): Promise<[string, number][]> =>
  (
    await hub.rows<{ type: string; status: number }>(
      `select e.type, e.status from events e join aliases a using (stream_id)
       where a.code = $1 and e.sender = 'lltp' order by e.sequence`,
      [code],
    )
  ).map(({ type, status }) => [type.split('.')[3]!, status]);
const reported = (code: string, ...what: [string, number][]) =>
  eventually(async () => expect(await reportedOf(code)).toEqual(what), 90_000);
const effects = (lines: readonly BookLine[], code: string): string[] =>
  lines.filter((line) => line.code === code).map(({ effect }) => effect);

describe('the owner of the judicial records changes at midnight', () => {
  let delivered: string;
  let finished: string;
  let toSupplement: string;
  let underWay: string;
  let waiting: string;

  it('at 23:59:59.9 everything goes to the first owner, by the first interface', async () => {
    [delivered, finished, toSupplement] = [await enter(before), await enter(before), await enter(before)];
    for (const code of [delivered, finished, toSupplement]) await acknowledged(code);
    expect(await attemptsOf(delivered)).toEqual([
      { revision: 1, operation: 'nhanHoSoDangKy', version: '2018-01-01', outcome: 'acknowledged' },
    ]);
    await first.ask('POST', `/cases/${delivered}/status`, { status: 4 });
    await first.ask('POST', `/cases/${finished}/status`, { status: 5, day: '28/02/2025' });
    await reported(delivered, ['status-changed', 4]);
    // It leaves out the step in between, as real systems do.
    await reported(finished, ['status-changed', 9]);
    expect(await second.books()).toEqual([]);
  });

  it('one is under way there, and one waits for it, when the day ends', async () => {
    [underWay, waiting] = [codeOf(before), codeOf(before)];
    await first.ask('PUT', '/faults', [
      { loseAnswer: 1, when: { operation: 'nhanHoSoDangKy', code: underWay } },
      { busy: 1_000_000, when: { operation: 'nhanHoSoDangKy', code: waiting } },
    ]);
    for (const code of [underWay, waiting]) await hub.post('/v1/cases', caseOf(code, before));
    await eventually(async () => {
      expect((await attemptsOf(underWay)).map(({ outcome }) => outcome)).toEqual(['doubt']);
      expect((await attemptsOf(waiting))[0]).toMatchObject({ outcome: 'wait', version: '2018-01-01' });
    });
    expect(effects(await first.books(), underWay)).toEqual(['applied']);
  });

  it('from midnight on what waited goes to the second owner, by the second interface, and as another revision', async () => {
    await clock.set(midnight);
    await first.ask('POST', '/hand-over', { to: second.control });
    await acknowledged(waiting);
    const attempts = await attemptsOf(waiting);
    expect(attempts.at(-1)).toEqual({
      revision: 2,
      operation: 'gui-ho-so',
      version: '2025-03-01',
      outcome: 'acknowledged',
    });
    expect(new Set(attempts.slice(0, -1).map(({ version, revision }) => `${version} ${revision}`))).toEqual(
      new Set(['2018-01-01 1']),
    );
    expect(effects(await first.books(), waiting)).toEqual([]);
    expect(effects(await second.books(), waiting)).toEqual(['applied']);
  });

  it('the doubt is settled where the attempt went: asked there first, and never sent to the other', async () => {
    await acknowledged(underWay);
    expect((await attemptsOf(underWay)).map(({ outcome, version }) => [outcome, version])).toEqual([
      ['doubt', '2018-01-01'],
      ['look-up: held', '2018-01-01'],
    ]);
    expect(effects(await first.books(), underWay)).toEqual(['applied']);
    expect(effects(await second.books(), underWay)).toEqual([]);
  });

  it('a case of before that is entered after, and one of the new procedure, go to the second owner', async () => {
    for (const code of [await enter(before), await enter(since, '3.000333')]) {
      await acknowledged(code);
      expect(effects(await second.books(), code)).toEqual(['applied']);
      expect(effects(await first.books(), code)).toEqual([]);
    }
    // The rule of the case's own day: that procedure didn't exist then.
    const early = codeOf(before);
    await hub.post('/v1/cases', caseOf(early, before, '3.000333'));
    await hub.atRest();
    expect(await stateOf(early)).toBeUndefined();
  });

  it('the second owner reports the results of the first one’s cases', async () => {
    await second.ask('POST', `/cases/${delivered}/result`, {});
    await reported(delivered, ['status-changed', 4], ['result-issued', 9]);
    await eventually(async () =>
      expect(await hub.typesHeldBy('mot-cua', hub.standIns.oneStop, delivered)).toEqual([
        'case.status-changed',
        'case.result-issued',
      ]),
    );
    expect(await reportedOf(finished)).toEqual([['status-changed', 9]]);
  });

  it('a supplement to the first one’s case goes to the second', async () => {
    await second.ask('POST', `/cases/${toSupplement}/status`, { status: 5, reason: 'Bổ sung ảnh' });
    await reported(toSupplement, ['status-changed', 5]);
    const data = { ...caseOf(toSupplement, before), supplement: { receivedAt: '2025-03-01T09:00:00+07:00' } };
    const event = {
      specversion: '1.0',
      id: `${toSupplement}/supplement`,
      source: 'urn:mot-cua',
      type: 'vn.lienthong.case.supplemented.v1',
      subject: `case/${toSupplement}`,
      time: '2025-03-01T09:00:00+07:00',
      datacontenttype: 'application/json',
      data,
    };
    expect((await hub.post(`/v1/cases/${toSupplement}/events`, event)).status).toBe(202);
    await acknowledged(toSupplement, 'case.supplemented');
    expect(effects(await first.books(), toSupplement)).toEqual(['applied']);
    expect(effects(await second.books(), toSupplement)).toEqual(['applied']);
  });

  it('no revision was sent by two versions, and both owners’ books agree with the ledger', async () => {
    await hub.atRest();
    const mixed = await hub.rows(
      `select stream_id, sequence, revision from attempts where agency_id = 'lltp'
       group by 1, 2, 3 having count(distinct contract_version) > 1`,
    );
    expect(mixed).toEqual([]);
    const pairs = await hub.rows<{ version: string; operation: string }>(
      `select distinct contract_version::text as version, operation from attempts where agency_id = 'lltp' order by 1, 2`,
    );
    expect(pairs).toEqual([
      { version: '2018-01-01', operation: 'nhanHoSoDangKy' },
      { version: '2025-03-01', operation: 'gui-ho-so' },
    ]);
    await hub.startApp('reconciliation');
    const counted = await fetch(`http://127.0.0.1:${hub.env.LIENTHONG_RECONCILIATION_PORT}/v1/runs`, {
      method: 'POST',
    });
    const { byAgency, discrepancies } = (await counted.json()) as {
      byAgency: Record<string, Record<string, number>>;
      discrepancies: unknown;
    };
    expect(discrepancies).toEqual([]);
    expect(byAgency['lltp']).toMatchObject({
      expected: 8,
      delivered: 8,
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      unknownAtHub: 0,
    });
  });
});
