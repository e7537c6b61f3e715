import { describe, expect, it } from '@jest/globals';

import { classifyReply, type PartnerAnswer } from '#domain';

import { contractOf, outgoing, recordCase, sending } from '../case.fixture.js';
import { prepareCloudEvent } from '../cloud-event.js';
import type { AppendToFeed, OutgoingEvent } from '../connector.js';
import { FeedConnector } from './connector.js';

const contract = {
  ...contractOf('bo-tu-phap'),
  replies: [
    { when: { status: 200, json: { outcome: 'applied' } }, means: 'accepted' as const },
    { when: { status: 409 }, means: 'refused' as const },
  ],
};
const event = outgoing('received', recordCase);
const itemOf = (one: OutgoingEvent) => {
  const mapped = prepareCloudEvent(one);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return mapped.prepared;
};
const send = (append: AppendToFeed, timeoutMs = 5_000): Promise<PartnerAnswer> =>
  new FeedConnector(contract, 'ministry', append).send(itemOf(event), event, sending(contract, { timeoutMs }));
const meaning = (answer: PartnerAnswer) => classifyReply(answer, 'events', contract.replies).kind;

describe('a feed', () => {
  it('gets the very CloudEvent that the other ways carry, and acknowledges it once it is appended', async () => {
    const appended: unknown[] = [];
    const answer = await send((agency, events) => {
      appended.push(agency, ...events);
      return Promise.resolve(['appended']);
    });
    expect(appended).toEqual(['ministry', { id: event.eventId, body: JSON.stringify(itemOf(event).item) }]);
    expect(meaning(answer)).toBe('accepted');
  });

  it('acknowledges what it holds already, and refuses other bytes under the same id', async () => {
    expect(meaning(await send(() => Promise.resolve(['held'])))).toBe('accepted');
    expect(meaning(await send(() => Promise.resolve(['conflicts'])))).toBe('refused');
  });

  it('is in doubt where the ledger doesn’t say: the append may have happened', async () => {
    expect(meaning(await send(() => Promise.reject(new Error('cut'))))).toBe('doubt');
    expect(meaning(await send(() => new Promise(() => undefined), 5))).toBe('doubt');
  });

  it('takes several of them in one append, each with its own answer', async () => {
    let calls = 0;
    const connector = new FeedConnector(contract, 'ministry', (_, events) => {
      calls++;
      return Promise.resolve(events.map(() => 'appended'));
    });
    const items = [1, 2].map((sequence) => {
      const one = outgoing('received', recordCase, { sequence });
      return { prepared: itemOf(one), event: one, key: `k${sequence}`, asUpdate: false };
    });
    const said = await connector.sendSeveral(items, sending(contract));
    expect([calls, said.kind === 'rows' && said.answers.map((answer) => meaning(answer!))]).toEqual([
      1,
      ['accepted', 'accepted'],
    ]);
  });
});
