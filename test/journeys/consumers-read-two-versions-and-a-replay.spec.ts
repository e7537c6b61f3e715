import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { json, startPartner, type ScriptedPartner } from '../../libs/connectors/src/testing/partner.js';
import { readTopic, type Held } from '../../libs/messaging/src/testing/read-topic.js';
import { nextCode, otherCase, statusChanged } from './cases.js';
import { Hub } from './hub.js';
import { run } from './processes.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Event {
  id: string;
  type: string;
  subject: string;
  sequence: string;
  data: { applicant?: Record<string, unknown> };
}
interface Page {
  events: Event[];
  replays?: { position: number; operation: string }[];
  next: number;
  last: number;
}

const ends = { deprecation: '@1795626000', sunset: 'Fri, 31 Dec 2027 17:00:00 GMT' };
let hub: Hub;
let receiver: ScriptedPartner;
const code = nextCode();
const other = nextCode();

beforeAll(async () => {
  receiver = await startPartner(json({}));
  hub = await Hub.start({
    alsoAgencies: 'test/journeys/agencies-reading',
    env: { LIENTHONG_READER_URL: receiver.url },
  });
  for (const one of [code, other]) expect((await hub.post('/v1/cases', otherCase(one))).status).toBe(202);
  for (const [n, status] of [4, 5, 4].entries())
    expect((await hub.post(`/v1/cases/${code}/events`, statusChanged(code, status, `s${n}`))).status).toBe(202);
  await hub.atRest();
}, 300_000);
afterAll(async () => {
  await hub?.stop();
  await receiver?.stop();
});

async function feed(agency: string, query: string): Promise<{ status: number; headers: Headers; body: Page }> {
  const response = await fetch(`${hub.intake}/v1/agencies/${agency}/events${query}`, {
    headers: { authorization: `Bearer ${await hub.key(agency)}`, 'accept-language': 'en' },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Page };
}
const topic = (): Promise<Held[]> =>
  readTopic(hub.env.KAFKA_BROKERS!.split(','), `${hub.env.LIENTHONG_NAMESPACE}.agency.topic-v2.events`);
const eventsOf = (held: readonly Held[]): Event[] => held.map(({ value }) => JSON.parse(value) as Event);
const pushed = (): Event[] => receiver.arrived.map(({ body }) => JSON.parse(body) as Event);
const idsBySubject = (events: readonly Event[]): Record<string, string[]> => {
  const found: Record<string, string[]> = {};
  for (const { subject, id } of events) (found[subject] ??= []).push(id);
  return found;
};
const says = (...words: string[]) => run('cli/src/main.js', words, hub.env);
const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
const replay = (agency: string, ...more: string[]) =>
  says('replay', agency, '--from', today, '--to', today, '--json', ...more);
interface Done {
  operations: { id: string; kind: string; total: number; result: Record<string, unknown> }[];
}

describe('consumers of two versions, by feed, topic and webhook', () => {
  it('get the same ids in the version that each reads; the printed end of v1 goes beside it, and never in it', async () => {
    const [v1, v2, held] = [await feed('feed-v1', '?after=0'), await feed('feed-v2', '?after=0'), await topic()];
    const ids = idsBySubject(v1.body.events);
    expect(
      Object.values(ids)
        .map((list) => list.length)
        .sort(),
    ).toEqual([1, 4]);
    for (const events of [v2.body.events, eventsOf(held), pushed()]) expect(idsBySubject(events)).toEqual(ids);
    const opening = (events: readonly Event[]): Event => events.find(({ subject, sequence }) => subject === `case/${code}` && sequence === '1')!; // prettier-ignore
    expect(opening(v1.body.events)).toMatchObject({ type: 'vn.lienthong.case.received.v1', data: { applicant: { idNumber: '079200000123' } } }); // prettier-ignore
    for (const events of [v2.body.events, eventsOf(held), pushed()]) {
      const { type, data } = opening(events);
      expect(type).toBe('vn.lienthong.case.received.v2');
      expect(data.applicant).toMatchObject({ identity: { kind: 'personal-number', number: '079200000123' } });
      expect(data.applicant).not.toHaveProperty('idNumber');
    }
    expect(JSON.stringify(opening(pushed()))).toBe(JSON.stringify(opening(v2.body.events)));
    expect(Object.fromEntries(v1.headers)).toMatchObject(ends);
    expect(v2.headers.get('sunset')).toBeNull();
    expect(held[0]!.headers).not.toHaveProperty('sunset');
  });

  it('are called by a webhook that the standard’s own library accepts', async () => {
    const secret = (await readFile(join(hub.env.LIENTHONG_SECRETS_DIR!, 'READER_WEBHOOK'), 'utf8')).trim();
    const { body, headers } = receiver.arrived[0]!;
    const given = headers as Record<string, string>;
    expect(new Webhook(secret).verify(body, given)).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(`${body} `, given)).toThrow('signature');
  });
});

describe('a replay for one consumer alone', () => {
  const all = { again: 5, parked: 0, revoked: 0, kept: 0, busy: 0, behind: 0, days: { [today]: { 'case.received': 2, 'case.status-changed': 3 } } }; // prettier-ignore

  it.each(['topic-v2', 'webhook-v2', 'feed-v1'])(
    'of a period, rehearsed first, sends %s every event once more under its id, in order, marked, and nobody else anything',
    async (agency) => {
      const before = { held: (await topic()).length, pushed: pushed().length, feed: (await feed('feed-v1', '?after=0')).body.last }; // prettier-ignore
      const rehearsal = await replay(agency);
      expect(rehearsal.code).toBe(0);
      const { operations } = JSON.parse(rehearsal.out) as Done;
      expect(operations).toMatchObject([{ kind: 'rehearse-replay', total: 2, result: all }]);
      expect((await replay('feed-v2', '--rehearsed', operations[0]!.id)).code).toBe(1);
      await hub.atRest();
      expect((await topic()).length).toBe(before.held);
      const sent = await replay(agency, '--rehearsed', operations[0]!.id);
      expect(JSON.parse(sent.out)).toMatchObject({ operations: [{ kind: 'replay', total: 2, result: all }] });
      const operation = (JSON.parse(sent.out) as Done).operations[0]!.id;
      await hub.atRest();
      const [held, page] = [await topic(), (await feed('feed-v1', '?after=0')).body];
      const came = {
        'topic-v2': eventsOf(held.filter(({ headers }) => headers['lienthong-replay'] === operation)),
        'webhook-v2': receiver.arrived
          .filter(({ headers }) => headers['lienthong-replay'] === operation)
          .map(({ body }) => JSON.parse(body) as Event),
        'feed-v1': page.events.filter((_, n) => page.replays?.some((r) => r.position === n + 1 && r.operation === operation)), // prettier-ignore
      };
      for (const [reader, events] of Object.entries(came))
        expect(idsBySubject(events)).toEqual(reader === agency ? idsBySubject(firstOf(page.events)) : {});
      const added = (reader: string): number => (reader === agency ? 5 : 0);
      expect([held.length, pushed().length, page.last]).toEqual([
        before.held + added('topic-v2'),
        before.pushed + added('webhook-v2'),
        before.feed + added('feed-v1'),
      ]);
    },
    90_000,
  );

  it('leaves what is new in its place: after the replay of its case, unmarked', async () => {
    expect((await hub.post(`/v1/cases/${code}/events`, statusChanged(code, 5, 's9'))).status).toBe(202);
    await hub.atRest();
    const { events, replays, last } = (await feed('feed-v1', '?after=0')).body;
    expect(events.at(-1)).toMatchObject({ subject: `case/${code}`, sequence: '5' });
    expect(replays!.every(({ position }) => position < last)).toBe(true);
  });
});

describe('a reader of a feed', () => {
  it('waits for the next event and is told when it comes, not when its time is over', async () => {
    const { last } = (await feed('feed-v2', '?after=0')).body;
    let isAnswered = false;
    const began = performance.now();
    const waiting = feed('feed-v2', `?after=${last}&wait=30`).finally(() => (isAnswered = true));
    await feed('feed-v2', `?after=${last}&wait=1`);
    expect(isAnswered).toBe(false);
    expect((await hub.post(`/v1/cases/${other}/events`, statusChanged(other, 4, 'o1'))).status).toBe(202);
    expect((await waiting).body).toMatchObject({ events: [{ subject: `case/${other}` }], next: last + 1 });
    expect(performance.now() - began).toBeLessThan(20_000);
    expect((await feed('feed-v2', '?wait=31')).status).toBe(400);
  }, 300_000);

  it('is told where its feed begins when it asks for what is cleared, and misses nothing unawares', async () => {
    await hub.db.query(`update feeds set cleared = 2 where agency_id = 'feed-v1'`);
    await hub.db.query(`delete from feed_entries where agency_id = 'feed-v1' and position <= 2`);
    const gone = await feed('feed-v1', '?after=1');
    expect([gone.status, gone.body]).toMatchObject([410, { code: 'feed-cleared', oldest: 2 }]);
    expect((await feed('feed-v1', '')).status).toBe(410);
    const rest = await feed('feed-v1', '?after=2&limit=1');
    expect([rest.status, rest.body]).toMatchObject([200, { next: 3 }]);
  });

  it('is answered at once when the hub stops', async () => {
    const { last } = (await feed('feed-v2', '?after=0')).body;
    const waiting = feed('feed-v2', `?after=${last}&wait=30`);
    await feed('feed-v2', `?after=${last}&wait=1`);
    const began = performance.now();
    await hub.apps.get('intake')!.kill('SIGTERM');
    expect((await waiting).body).toMatchObject({ events: [], next: last });
    expect(performance.now() - began).toBeLessThan(15_000);
  }, 300_000);
});

/** Each event's first place. */
const firstOf = (events: readonly Event[]): Event[] => [...new Map(events.toReversed().map((e) => [e.id, e])).values()].toReversed(); // prettier-ignore
