import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { classifyReply } from '#domain';
import type { CaseApplication } from '#wire';

import { contractOf, outgoing, portalCase, sample, sending } from '../case.fixture.js';
import type { BatchItem, OutgoingEvent } from '../connector.js';
import { json, startPartner, type ScriptedPartner } from '../testing/partner.js';
import { shapeOf } from '../shape.fixture.js';
import { NationalPortalConnector } from './connector.js';

let portal: ScriptedPartner;
let connector: NationalPortalConnector;
let answer: object;

const contract = (itemsPerRequest = 10) => {
  const demo = contractOf('cong-dvc', portal.url);
  return { ...demo, limits: { ...demo.limits, itemsPerRequest }, settings: { ...demo.settings, databases: '7' } };
};
const cases = [1, 2, 3].map((n): CaseApplication => ({ ...portalCase, code: `H56.14-250812-000${n}` }));
const received = cases.map((each) => outgoing('received', each));
const changed = cases.map((each) =>
  outgoing('status-changed', each, { status: 4, data: { status: 4, at: '2025-08-13T09:00:00+07:00' } }),
);

async function item(event: OutgoingEvent, asUpdate = false): Promise<BatchItem> {
  const mapped = await connector.prepare(event);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return { prepared: mapped.prepared, event, key: `${event.eventId}.1`, asUpdate };
}
const items = (events: readonly OutgoingEvent[], asUpdate = false) =>
  Promise.all(events.map((event) => item(event, asUpdate)));
const sendSeveral = async (events: readonly OutgoingEvent[], asUpdate = false) => {
  const several = await connector.sendSeveral(await items(events, asUpdate), sending(contract()));
  if (several.kind !== 'whole') throw new Error('the portal tells no rows apart');
  return classifyReply(several.answer, 'DongBoHoSoMC', contract().replies);
};
const sent = () => portal.arrived.at(-1)?.json ?? {};

beforeEach(async () => {
  answer = sample('national-portal/answer.success.json');
  portal = await startPartner((arrived, response, request) =>
    json(arrived.path === '/login' ? { session: 'S1', error_code: 0 } : answer)(arrived, response, request),
  );
  connector = new NationalPortalConnector(contract());
});
afterEach(async () => {
  await portal.stop();
  await connector.close();
});

describe('several items in a request to the portal', () => {
  it('are rows of one envelope, in the shape of its source', async () => {
    expect(await sendSeveral(received)).toEqual({ kind: 'accepted' });
    expect(portal.arrived).toHaveLength(2);
    expect(shapeOf(sent())).toEqual(shapeOf(sample('national-portal/DongBoHoSoMC.add.request.json')));
    expect(sent()).toMatchObject({ isUpdating: 'False', data: cases.map(({ code }) => ({ MaHoSo: code })) });
    await sendSeveral(received, true);
    expect(sent()).toMatchObject({ isUpdating: 'True' });
    await sendSeveral(changed);
    expect(shapeOf(sent())).toEqual(shapeOf(sample('national-portal/CapNhatTienDoHoSoMC.request.json')));
    expect(sent()['data']).toHaveLength(3);
  });

  it('are all adds, all updates, or all progress rows', async () => {
    const [add, update, progress] = [received[0], received[1], changed[2]];
    if (!add || !update || !progress) throw new Error('no events');
    const words = [
      connector.together(await item(add)),
      connector.together(await item(update, true)),
      connector.together(await item(outgoing('supplemented', portalCase))),
      connector.together(await item(progress)),
      connector.together(await item(progress, true)),
    ];
    expect(words).toEqual([
      'DongBoHoSoMC False',
      'DongBoHoSoMC True',
      'DongBoHoSoMC True',
      'CapNhatTienDoHoSoMC',
      'CapNhatTienDoHoSoMC',
    ]);
  });

  it('don’t go together unless the contract says so, and never more than ten', async () => {
    const { limits, ...rest } = contractOf('cong-dvc', portal.url);
    const single = new NationalPortalConnector({ ...rest, limits });
    const [one] = await items(received);
    expect(one && single.together(one)).toBeUndefined();
    await single.close();
    expect(() => new NationalPortalConnector(contract(11))).toThrow('at most 10 items');
  });
});

describe('the portal’s one answer for all rows', () => {
  it('that is a refusal, a duplicate or an ended session holds for the whole, and says not which row it meant', async () => {
    answer = sample('national-portal/answer.refused.json');
    expect(await sendSeveral(received)).toMatchObject({ kind: 'refused' });
    answer = sample('national-portal/answer.duplicate.json');
    expect(await sendSeveral(received)).toEqual({ kind: 'already-held' });
    answer = sample('national-portal/answer.session-expired.inferred.json');
    expect(await sendSeveral(received)).toEqual({ kind: 'session-expired' });
    const logins = (): number => portal.arrived.filter(({ path }) => path === '/login').length;
    const before = logins();
    answer = sample('national-portal/answer.success.json');
    expect(await sendSeveral(received)).toEqual({ kind: 'accepted' });
    expect(logins()).toBe(before + 1);
  });

  it('may name any of its cases, and no other', async () => {
    answer = { error_code: '0', message: 'Thành công', result: cases.map(({ code }) => ({ MAHOSO: code })) };
    expect(await sendSeveral(received)).toEqual({ kind: 'accepted' });
    answer = { error_code: '0', message: 'Thành công', result: [{ MAHOSO: 'H56.14-250812-0009' }] };
    expect(await sendSeveral(received)).toEqual({ kind: 'doubt', reason: 'the answer is for another case' });
  });
});
