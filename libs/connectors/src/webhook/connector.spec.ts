import { createHmac } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { outgoing, recordCase, secrets, sending } from '../case.fixture.js';
import { prepareCloudEvent } from '../cloud-event.js';
import { connectorFor } from '../connector-for.js';
import type { OutgoingEvent, SendContext } from '../connector.js';
import { json, startPartner, type ScriptedPartner } from '../testing/partner.js';
import { webhookContract } from './contract.fixture.js';

let partner: ScriptedPartner;
beforeEach(async () => {
  partner = await startPartner(json({}));
});
afterEach(() => partner.stop());

const event = outgoing('received', recordCase);

async function send(
  contract = webhookContract(partner.url),
  sent: OutgoingEvent = event,
  more: Partial<SendContext> = {},
) {
  const connector = connectorFor('webhook', {
    agency: 'ministry',
    contract,
    publish: () => Promise.resolve(),
    append: () => Promise.resolve([]),
  });
  const mapped = await connector.prepare(sent, contract, () => Promise.reject(new Error('reads no file')));
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  const answer = await connector.send(mapped.prepared, sent, sending(contract, more));
  await connector.close();
  return answer;
}

/** As a ministry would, by the standard's words: any of the signatures will do. */
function verifies({ headers, body }: ScriptedPartner['arrived'][number], secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(expected);
}

describe('a webhook', () => {
  it('carries the very CloudEvent that the other ways carry, under its id', async () => {
    expect(await send(undefined, undefined, { traceparent: '00-a-b-01' })).toMatchObject({
      kind: 'answered',
      status: 200,
    });
    const [arrived] = partner.arrived;
    const prepared = prepareCloudEvent(event);
    expect(arrived!.body).toBe(JSON.stringify(prepared.kind === 'prepared' && prepared.prepared.item));
    expect(arrived!.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': event.eventId,
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      traceparent: '00-a-b-01',
    });
  });

  it('keeps its id and its bytes when it is sent again', async () => {
    for (const status of [503, 200]) {
      partner.answers(json({}, status));
      expect(await send()).toMatchObject({ status });
    }
    const [first, again] = partner.arrived;
    expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(again!.body).toBe(first!.body);
  });

  it('is verified by whoever knows either secret while they change, and by nobody else', async () => {
    const { WEBHOOK_NEW, WEBHOOK_OLD } = secrets as Record<'WEBHOOK_NEW' | 'WEBHOOK_OLD', string>;
    await send();
    await send(webhookContract(partner.url, 'WEBHOOK_NEW'));
    const [both, after] = partner.arrived;
    expect([verifies(both!, WEBHOOK_NEW), verifies(both!, WEBHOOK_OLD)]).toEqual([true, true]);
    expect([verifies(after!, WEBHOOK_NEW), verifies(after!, WEBHOOK_OLD)]).toEqual([true, false]);
    expect(verifies({ ...both!, body: both!.body.replace('MẪU', 'THẬT') }, WEBHOOK_NEW)).toBe(false);
  });

  it.each(['', '/', '/hook', '/hook/', '/hook/?key=1', '?key=1'])(
    'goes to its address to the letter: %j',
    async (path) => {
      await send(webhookContract(`${partner.url}${path}`));
      expect(partner.arrived.map((arrived) => arrived.path)).toEqual([
        new URL(path, partner.url).href.slice(partner.url.length),
      ]);
    },
  );

  it.each([
    ['LLTP_KEY', 'could not be sent: the secret LLTP_KEY is not whsec_ and the base64 of 24 to 64 bytes'],
    ['NOBODY_HAS_IT', "could not be sent: the secret NOBODY_HAS_IT can't be read"],
  ])('doesn’t leave without a secret of the standard’s form: %s', async (name, reason) => {
    expect(await send(webhookContract(partner.url, 'WEBHOOK_NEW', name))).toEqual({ kind: 'unsent', reason });
    expect(partner.arrived).toEqual([]);
  });
});
