import { createHash } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { judicialRecordCase, nextCode, otherCase, statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import {
  casesAtRest,
  deliveriesOf,
  differences,
  outcomesOf,
  reconciled,
  repliesOf,
  startFailingHub,
} from './failing-hub.js';
import { parking, passing } from './failure-classes.js';
import type { Fault, Hub, StandIn } from './hub.js';
import { run } from './processes.js';

let hub: Hub;
let portal: StandIn;
let lltp: StandIn;
beforeAll(async () => {
  hub = await startFailingHub();
  ({ portal, lltp } = hub.standIns);
}, 300_000);
afterEach(async () => {
  await Promise.all(Object.values(hub.standIns).map((partner) => partner.noFaults()));
});
afterAll(() => hub?.stop());

type Make = (code: string) => Record<string, unknown>;

/** Cases of a test's own, entered while a fault is in force. */
async function enter(count: number, make: Make = otherCase): Promise<string[]> {
  const codes = Array.from({ length: count }, nextCode);
  for (const code of codes) expect((await hub.post('/v1/cases', make(code))).status).toBe(202);
  return codes;
}

const hits = async (partner: StandIn): Promise<number> =>
  ((await partner.ask('GET', '/faults')) as { faults: { hits: number }[] }).faults.reduce((all, f) => all + f.hits, 0);
const struck = (partner: StandIn, times = 1): Promise<void> =>
  eventually(async () => expect(await hits(partner)).toBeGreaterThanOrEqual(times));
const states = async (codes: string[], agency: string): Promise<string[]> =>
  (await deliveriesOf(hub, codes)).filter((one) => one.agency === agency).map(({ state }) => state);
const all = (count: number, state: string): string[] => Array.from({ length: count }, () => state);

describe('what passes by itself: nothing lost, nothing doubled, and the right class', () => {
  it.each(passing)('$what', async ({ at, fault, until, shows, says }) => {
    const partner = at === 'portal' ? portal : lltp;
    const agency = at === 'portal' ? 'cong-dvc' : 'lltp';
    const codes: string[] = [];
    const isShown = async (): Promise<boolean> => {
      const outcomes = await outcomesOf(hub, agency, codes);
      return shows.every((outcome) => outcomes.some((one) => one.includes(outcome)));
    };
    // News or a question of an earlier test's case may meet the fault before a case of this one does: then it is tried again.
    for (let round = 0; round < 5 && !(codes.length > 0 && (await isShown())); round++) {
      await partner.faults(fault as Fault);
      codes.push(...(await enter(3, at === 'lltp' ? judicialRecordCase : otherCase)));
      await struck(partner, until ?? 1);
      if (says !== undefined)
        await eventually(async () =>
          expect(await repliesOf(hub, agency, codes)).toContainEqual(expect.stringContaining(says)),
        );
      if (until !== undefined) await partner.noFaults();
      await casesAtRest(hub, codes);
      expect(new Set(await states(codes, agency))).toEqual(new Set(['acknowledged']));
      expect(await differences(hub, codes)).toEqual([]);
    }
    const outcomes = (await outcomesOf(hub, agency, codes)).join('; ');
    for (const outcome of shows) expect(outcomes).toContain(outcome);
  });
});

describe('what waits for a person: once asked, with the partner’s words, and others go on', () => {
  it.each(parking)('$what', async ({ at, fault, reason }) => {
    const partner = at === 'portal' ? portal : lltp;
    const agency = at === 'portal' ? 'cong-dvc' : 'lltp';
    await partner.faults(fault);
    const codes = await enter(2, at === 'lltp' ? judicialRecordCase : otherCase);
    await casesAtRest(hub, codes);
    const parked = (await deliveriesOf(hub, codes)).filter((one) => one.agency === agency && one.sequence === 1);
    expect(parked.map(({ state }) => state)).toEqual(all(2, 'parked'));
    for (const one of parked) expect(one.reason).toMatch(reason);
    expect(await outcomesOf(hub, agency, codes)).toEqual(all(2, 'parked'));
    expect(await differences(hub, codes)).toEqual([]);

    await partner.noFaults();
    const [after] = await enter(1, at === 'lltp' ? judicialRecordCase : otherCase);
    await casesAtRest(hub, [after!]);
    expect(await states([after!], agency)).toContain('acknowledged');
  });

  it('the catalogue has the code again: one order delivers what had waited', async () => {
    await portal.faults({ retiredCode: '1.001193' });
    const codes = await enter(2);
    await casesAtRest(hub, codes);
    expect(await states(codes, 'cong-dvc')).toEqual(all(2, 'parked'));
    await portal.noFaults();
    expect((await run('cli/src/main.js', ['retry', 'cong-dvc'], hub.env)).code).toBe(0);
    await eventually(async () => expect(await states(codes, 'cong-dvc')).toEqual(all(2, 'acknowledged')));
    expect(await differences(hub, codes)).toEqual([]);
  });
});

/** What no sender can see in an answer: published residuals, each of them named by the next count. */
describe('what only the reconciliation finds, and finds', () => {
  const lost = (code: string) => ({ type: 'acknowledged-not-held', agency: 'cong-dvc', code });

  it('an acknowledgement of what was dropped', async () => {
    await portal.faults({ silentLoss: 2, when: { operation: 'DongBoHoSoMC' } });
    const codes = await enter(2);
    await casesAtRest(hub, codes);
    expect(await states(codes, 'cong-dvc')).toEqual(all(2, 'acknowledged'));
    expect(await differences(hub, codes)).toHaveLength(2);
    expect(await reconciled(hub)).toEqual(expect.arrayContaining(codes.map(lost)));
  });

  it('two agencies that collide because the receiver drops the prefix', async () => {
    await portal.faults({ dropPrefix: true });
    const one = nextCode();
    const codes = [one, one.replace('000.00.30', '000.00.31')];
    for (const code of codes) {
      expect((await hub.post('/v1/cases', otherCase(code))).status).toBe(202);
      await casesAtRest(hub, [code]);
    }
    expect(await states(codes, 'cong-dvc')).toEqual(all(2, 'acknowledged'));
    const named = await reconciled(hub);
    expect(named).toEqual(expect.arrayContaining(codes.map(lost)));
    const kept = one.replace('000.00.30.', '');
    expect(named).toContainEqual({ type: 'unknown-at-hub', agency: 'cong-dvc', code: kept });
  });

  it('a status that was rewritten, and files that were left out', async () => {
    await portal.faults([
      { rewriteStatus: { from: [5, 6, 8], to: 9 }, when: { operation: 'CapNhatTienDoHoSoMC' } },
      { firstFileOnly: true, when: { operation: 'DongBoHoSoMC' } },
    ] as unknown as Fault);
    const documents = [await keepFile('don'), await keepFile('anh')];
    const [code] = await enter(1, (one) => ({ ...otherCase(one), documents }));
    await casesAtRest(hub, [code!]);
    const supplement = statusChanged(code!, 5, `${code}/5`, { reason: 'Bổ sung giấy tờ' });
    expect((await hub.post(`/v1/cases/${code}/events`, supplement)).status).toBe(202);
    await casesAtRest(hub, [code!]);
    expect((await portal.applied(code)).at(-1)).toMatchObject({ status: 9 });
    expect((await differences(hub, [code!])).map((text) => text.split(':')[0])).toEqual(['cong-dvc 1', 'cong-dvc 2']);
    expect(
      (await reconciled(hub)).filter((one) => one.code === code && one.type === 'acknowledged-not-held'),
    ).toHaveLength(2);
  });
});

describe('what comes back wrong', () => {
  const { toInProgressMs, toDoneMs } = { toInProgressMs: 50, toDoneMs: 50 };
  afterEach(() => lltp.ask('PUT', '/processing', { toInProgressMs, toDoneMs }));
  const told = async (code: string) =>
    (await hub.standIns.oneStop.applied(code)).map(({ operation, status }) =>
      `${operation.split('.').at(-2)} ${status ?? ''}`.trim(),
    );

  it.each(['shuffled', 'missing', 'doubled'])(
    'rows of an answer are %s: the result reaches the counter, once',
    async (answerRows) => {
      await lltp.faults({ answerRows, times: 3, when: { operation: 'ket-qua' } });
      const codes = await enter(2, judicialRecordCase);
      for (const code of codes)
        await eventually(async () =>
          expect((await told(code)).filter((one) => one.startsWith('result-issued'))).toHaveLength(1),
        );
      await casesAtRest(hub, codes);
      expect(await differences(hub, codes)).toEqual([]);
    },
  );

  it('an older status after a newer one goes no further', async () => {
    await lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
    await lltp.faults({ lateStatus: 2, when: { operation: 'ket-qua' } });
    const [code] = await enter(1, judicialRecordCase);
    await struck(lltp);
    await lltp.ask('POST', `/cases/${code}/status`, { status: 4 });
    await eventually(async () => expect((await told(code!)).at(-1)).toBe('status-changed 4'));
    const before = await hits(lltp);
    await struck(lltp, before + 4);
    await lltp.ask('POST', `/cases/${code}/result`, {});
    await eventually(async () => expect((await told(code!)).at(-1)).toMatch(/^result-issued/));
    expect((await told(code!)).filter((one) => one === 'status-changed 4')).toHaveLength(1);
    expect((await told(code!)).slice(-2)[0]).toBe('status-changed 4');
  });

  it('a supplement that is told as an end is no end: the case stays open', async () => {
    await lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
    await lltp.faults({ rewriteStatus: { from: [5, 6, 8], to: 9 }, when: { operation: 'ket-qua' } });
    const [code] = await enter(1, judicialRecordCase);
    await casesAtRest(hub, [code!]);
    await lltp.ask('POST', `/cases/${code}/status`, { status: 5 });
    await struck(lltp, (await hits(lltp)) + 3);
    expect((await told(code!)).filter((one) => /result|9/.test(one))).toEqual([]);
    await lltp.noFaults();
    await eventually(async () => expect((await told(code!)).at(-1)).toBe('status-changed 5'));
  });
});

async function keepFile(name: string): Promise<Record<string, unknown>> {
  const bytes = Buffer.from(`%PDF-1.4 ${name}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const response = await fetch(`${hub.intake}/v1/files/${sha256}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await hub.key('mot-cua')}`, 'content-type': 'application/pdf' },
    body: bytes,
  });
  expect(response.ok).toBe(true);
  return { sha256, name: `${name}.pdf`, mediaType: 'application/pdf', size: bytes.length };
}
