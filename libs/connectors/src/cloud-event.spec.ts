import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { canonicalJson, itemHash } from '#wire';

import { contractOf, outgoing, portalCase, secrets, sending } from './case.fixture.js';
import { cloudEventOf } from './cloud-event.js';
import type { PreparedItem, PublishToTopic } from './connector.js';
import { json, startPartner, type ScriptedPartner } from './testing/partner.js';
import { OneStopConnector } from './one-stop/connector.js';
import { TopicConnector } from './topic/connector.js';

const event = outgoing('status-changed', portalCase, {
  sequence: 3,
  sender: 'lltp',
  data: { status: 4, at: '2025-08-13T09:00:00+07:00' },
});
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a CloudEvent for an agency', () => {
  it('is made of the event alone', () => {
    expect(cloudEventOf(event)).toEqual({
      specversion: '1.0',
      id: event.eventId,
      source: '/agencies/lltp',
      type: 'vn.lienthong.case.status-changed.v1',
      subject: 'case/H56.14-250812-0007',
      time: '2025-08-12T01:10:05.000Z',
      datacontenttype: 'application/json',
      sequence: '3',
      data: { status: 4, at: '2025-08-13T09:00:00+07:00' },
    });
  });
});

describe('the one-stop system', () => {
  let oneStop: ScriptedPartner;
  let connector: OneStopConnector;
  beforeEach(async () => {
    oneStop = await startPartner(json({ outcome: 'applied' }));
    connector = new OneStopConnector(contractOf('mot-cua', oneStop.url));
  });
  afterEach(async () => {
    await oneStop.stop();
    await connector.close();
  });
  const prepared = async (): Promise<PreparedItem> => {
    const mapped = await connector.prepare(event);
    if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
    return mapped.prepared;
  };

  it('gets the event at its case’s address, with our key and this delivery’s', async () => {
    const item = await prepared();
    const context = sending(contractOf('mot-cua', oneStop.url), { traceparent });
    expect(await connector.send(item, event, context)).toMatchObject({
      kind: 'answered',
      json: { outcome: 'applied' },
    });
    const [arrived] = oneStop.arrived;
    expect(arrived?.path).toBe('/cases/H56.14-250812-0007/events');
    expect(arrived?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      authorization: `Bearer ${secrets['MOT_CUA_INBOUND_KEY']}`,
      'idempotency-key': context.key,
      traceparent,
    });
    expect(itemHash(arrived?.json)).toBe(itemHash(item.item));
  });

  it('gets the same bytes at every repeat, whatever the trace', async () => {
    const contract = contractOf('mot-cua', oneStop.url);
    await connector.send(await prepared(), event, sending(contract, { traceparent }));
    await connector.send(await prepared(), structuredClone(event), sending(contract));
    expect(oneStop.arrived[1]?.body).toBe(oneStop.arrived[0]?.body);
    expect(oneStop.arrived[1]?.headers).not.toHaveProperty('traceparent');
  });

  it('is never asked for another path by a strange code', async () => {
    const strange = { ...event, caseCode: '../x?y#z' };
    await connector.send(await prepared(), strange, sending(contractOf('mot-cua', oneStop.url)));
    expect(oneStop.arrived[0]?.path).toBe('/cases/..%2Fx%3Fy%23z/events');
  });
});

/** As printed in docs/consume. */
const v1Ends = { deprecation: '@1795626000', sunset: 'Fri, 31 Dec 2027 17:00:00 GMT' };

describe('an agency’s own topic', () => {
  const contract = contractOf('bo-tu-phap');
  const send = async (publish: PublishToTopic, timeoutMs = 5_000) => {
    const connector = new TopicConnector(contract, 'bo-tu-phap', publish);
    const mapped = await connector.prepare(event, contract);
    if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
    return connector.send(mapped.prepared, event, sending(contract, { timeoutMs, traceparent }));
  };

  it('gets the same event as an address would, keyed by its case', async () => {
    const published: Parameters<PublishToTopic>[0][] = [];
    const answer = await send((message) => Promise.resolve(void published.push(message)));
    expect(answer).toEqual({
      kind: 'answered',
      status: 200,
      contentType: 'application/json',
      text: '{"outcome":"applied"}',
      json: { outcome: 'applied' },
    });
    expect(published).toEqual([
      {
        agency: 'bo-tu-phap',
        key: 'case/H56.14-250812-0007',
        value: JSON.stringify(cloudEventOf(event)),
        headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', ...v1Ends, traceparent },
      },
    ]);
    expect(canonicalJson(JSON.parse(published[0]?.value ?? ''))).toBe(canonicalJson(cloudEventOf(event)));
  });

  it('may have got what failed or took too long', async () => {
    expect(await send(() => Promise.reject(new Error('broker 10.0.0.1 away')))).toEqual({
      kind: 'no-answer',
      reason: 'the publish was not acknowledged',
    });
    expect(await send(() => new Promise(() => undefined), 30)).toEqual({
      kind: 'no-answer',
      reason: 'no acknowledgement in time',
    });
  });
});
