import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { classifyReply } from '#domain';

import { json, startPartner, type ScriptedPartner } from '../testing/partner.js';
import { passing, passThrough, PassThroughPartner } from '../pass-through.fixture.js';

let partner: ScriptedPartner;
const opened: PassThroughPartner[] = [];

const speaking = (...[more]: [Parameters<typeof passThrough>[1]?]): PassThroughPartner => {
  const made = new PassThroughPartner(passThrough(partner.url, more));
  opened.push(made);
  return made;
};

beforeEach(async () => {
  partner = await startPartner(json({ accepted: true }));
});
afterEach(async () => {
  await partner.stop();
  await Promise.all(opened.splice(0).map(({ connector }) => connector.close()));
});

describe('one item', () => {
  it('is the event’s data, byte for byte, POSTed to the endpoint’s own address with the delivery’s key', async () => {
    expect(await speaking().send(1)).toMatchObject({ kind: 'answered', status: 200, json: { accepted: true } });
    expect(partner.arrived).toHaveLength(1);
    expect(partner.arrived[0]).toMatchObject({
      path: '/events',
      body: passing(1).dataText,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'idempotency-key': '3d3a1f5e-0d8f-5f0e-9d55-000000000001.1',
      },
    });
  });

  it('goes to exactly the address that the contract names, its question and last slash included', async () => {
    await speaking({ endpoint: { baseUrl: `${partner.url}/in/box/?unit=H53` } }).send(1);
    await speaking({ endpoint: { baseUrl: partner.url } }).send(1);
    expect(partner.arrived.map(({ path }) => path)).toEqual(['/in/box/?unit=H53', '/']);
  });

  it('carries the bearer’s token, and doesn’t leave without one', async () => {
    const login = (secret: string) => ({
      endpoint: { baseUrl: partner.url, login: { kind: 'bearer' as const, secret } },
    });
    await speaking(login('MOT_CUA_INBOUND_KEY')).send(1);
    expect(partner.arrived[0]?.headers['authorization']).toBe('Bearer token-of-mot-cua');
    expect(await speaking(login('NOBODY_HAS_IT')).send(1)).toMatchObject({ kind: 'unsent' });
    expect(partner.arrived).toHaveLength(1);
  });
});

describe('a look-up', () => {
  const asking = { lookUp: { proves: 'event' as const }, settings: { lookUpPath: '/held' } };

  it('is there only where the contract names its path', () => {
    expect(speaking().connector.lookUp).toBeUndefined();
    expect(speaking(asking).connector.lookUp).toBeDefined();
  });

  it('asks by the delivery’s key, or by the item’s own', async () => {
    await speaking(asking).lookUp(1);
    await speaking({ ...asking, settings: { ...asking.settings, itemKey: 'caseCode' } }).lookUp(1);
    expect(partner.arrived.map(({ path }) => path)).toEqual([
      '/held/3d3a1f5e-0d8f-5f0e-9d55-000000000001.1',
      '/held/H53-1',
    ]);
  });

  it('200 is held, 404 not held, and what a partner accepted and later denies is not held', async () => {
    const made = speaking(asking);
    expect(await made.send(1)).toMatchObject({ status: 200 });
    expect(await made.lookUp(1)).toEqual({ kind: 'held' });
    partner.answers(json({ message: 'unknown' }, 404));
    expect(await made.lookUp(1)).toEqual({ kind: 'not-held' });
    expect(await speaking({ ...asking, lookUp: { proves: 'state' } }).lookUp(1)).toEqual({ kind: 'unknown' });
  });

  it('anything else proves nothing: a gateway’s page, a redirect, an error, silence, another case’s answer', async () => {
    const made = speaking({ ...asking, limits: { inFlight: 4, timeout: '5s', firstByte: '1s' } });
    partner.answers((_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>'));
    expect(await made.lookUp(1)).toMatchObject({ kind: 'busy' });
    partner.answers((_, response) => response.writeHead(302, { location: '/login' }).end());
    expect(await made.lookUp(1)).toEqual({ kind: 'busy', reason: 'look-up: HTTP 302' });
    partner.answers(json({}, 500));
    expect(await made.lookUp(1)).toMatchObject({ kind: 'busy' });
    partner.answers(() => undefined);
    expect(await made.lookUp(1)).toEqual({ kind: 'busy', reason: 'look-up: no answer in time' });
    partner.answers(json({ caseCode: 'H53-2', eventId: 'theirs-2' }));
    expect(await made.lookUp(1)).toEqual({ kind: 'unknown' });
  });
});

describe('an answer that names somebody', () => {
  const meaning = async (body: object) => {
    partner.answers(json(body));
    const made = speaking();
    return classifyReply(await made.send(1), 'events', made.contract.replies);
  };

  it.each([
    { caseCode: 'H53-1' },
    { eventId: 'theirs-1' },
    { eventId: passing(1).eventId },
    { accepted: { caseCode: 'H53-1', receipt: 7 } },
    { receipt: 'H53-2' },
  ])('is for this case: %j', async (body) => {
    expect(await meaning(body)).toEqual({ kind: 'accepted' });
  });

  it.each([
    { accepted: true, caseCode: 'H53-2' },
    { CaseCode: 'H53-2' },
    { eventId: 'theirs-2', caseCode: 'H53-1' },
    { result: [{ caseCode: 'H53-1' }, { caseCode: 'H53-2' }] },
    { data: { eventId: 12 } },
  ])('is for another, and so never accepted: %j', async (body) => {
    expect(await meaning(body)).toEqual({ kind: 'doubt', reason: 'the answer is for another case' });
  });
});

describe('a contract that can’t be spoken', () => {
  it('is refused by what is missing or unknown', () => {
    expect(() => speaking({ settings: { rowkey: 'id' } })).toThrow('knows no settings.rowkey');
    expect(() => speaking({ settings: { rowsAt: 'rows' } })).toThrow('needs settings.rowKey');
    expect(() => speaking({ limits: { inFlight: 1, timeout: '5s', itemsPerRequest: 201 } })).toThrow(
      'needs settings.itemKey',
    );
    const login = { kind: 'session' as const, username: 'u', secret: 's' };
    expect(() => speaking({ endpoint: { baseUrl: partner.url, login } })).toThrow('no login but bearer');
  });
});
