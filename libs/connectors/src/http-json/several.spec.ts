import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { classifyReply, type PartnerAnswer } from '#domain';

import { json, startPartner, type Answer, type ScriptedPartner } from '../testing/partner.js';
import { passing, passThrough, PassThroughPartner } from '../pass-through.fixture.js';

let partner: ScriptedPartner;
const opened: PassThroughPartner[] = [];
const limits = { inFlight: 4, timeout: '5s', itemsPerRequest: 20 };
const byEventId = { rowsAt: 'rows', rowKey: 'id', itemKey: 'eventId' };

const speaking = (settings?: Record<string, string>): PassThroughPartner => {
  const made = new PassThroughPartner(passThrough(partner.url, { limits, ...(settings ? { settings } : {}) }));
  opened.push(made);
  return made;
};
const rows = (...list: unknown[]): Answer => json({ rows: list });
const meanings = (answers: readonly (PartnerAnswer | undefined)[]) =>
  answers.map((answer) => answer && classifyReply(answer, 'events', passThrough(partner.url).replies));

beforeEach(async () => {
  partner = await startPartner(json({ rows: [] }));
});
afterEach(async () => {
  await partner.stop();
  await Promise.all(opened.splice(0).map(({ connector }) => connector.close()));
});

describe('several items in a request', () => {
  it('are an array of their texts, never parsed', async () => {
    await speaking(byEventId).sendSeveral(1, 2, 3);
    expect(partner.arrived[0]?.body).toBe(`[${passing(1).dataText},${passing(2).dataText},${passing(3).dataText}]`);
    expect(partner.arrived[0]?.headers).not.toHaveProperty('idempotency-key');
  });

  it('tell their deliveries’ keys in a header where they have none of their own', async () => {
    await speaking({ rowKey: 'key' }).sendSeveral(1, 2);
    expect(partner.arrived[0]?.headers['idempotency-key']).toBe(
      '3d3a1f5e-0d8f-5f0e-9d55-000000000001.1, 3d3a1f5e-0d8f-5f0e-9d55-000000000002.1',
    );
    partner.answers(json([{ key: '3d3a1f5e-0d8f-5f0e-9d55-000000000002.1' }, { key: '?' }]));
    expect(await speaking({ rowKey: 'key' }).sendSeveral(1, 2)).toMatchObject({
      kind: 'rows',
      answers: [undefined, { status: 200 }],
    });
  });

  it('go together only where the contract takes several and the item has a key', async () => {
    const item = await speaking().item(1);
    expect(speaking(byEventId).connector.together(item)).toBe('events');
    expect(speaking({ ...byEventId, itemKey: 'number' }).connector.together(item)).toBeUndefined();
    const alone = new PassThroughPartner(passThrough(partner.url));
    opened.push(alone);
    expect(alone.connector.together(item)).toBeUndefined();
  });
});

describe('the rows of an answer', () => {
  it('are matched by key in any order, and each is judged by its own status', async () => {
    partner.answers(
      rows(
        { id: 'theirs-3', status: 503 },
        { id: 'theirs-1' },
        { id: 'theirs-4', status: '409' },
        { id: 'theirs-2', status: 422, message: 'thiếu ngày cấp' },
      ),
    );
    const answer = await speaking(byEventId).sendSeveral(1, 2, 3, 4);
    if (answer.kind !== 'rows') throw new Error('no rows');
    expect(meanings(answer.answers)).toEqual([
      { kind: 'accepted' },
      { kind: 'refused', reason: 'thiếu ngày cấp' },
      { kind: 'busy', reason: 'HTTP 503' },
      { kind: 'already-held' },
    ]);
    expect(answer.answers[1]).toMatchObject({ text: '{"id":"theirs-2","status":422,"message":"thiếu ngày cấp"}' });
  });

  it('that are missing, there twice, strange or for another case are doubt', async () => {
    partner.answers(
      rows(
        { id: 'theirs-1' },
        { id: 'theirs-1', status: 422 },
        { id: 'theirs-3', caseCode: 'H53-9' },
        { id: 'theirs-9' },
        null,
        'theirs-2',
        { id: {} },
        { id: 'theirs-4' },
      ),
    );
    const answer = await speaking(byEventId).sendSeveral(1, 2, 3, 4);
    if (answer.kind !== 'rows') throw new Error('no rows');
    expect(meanings(answer.answers)).toEqual([
      undefined,
      undefined,
      { kind: 'doubt', reason: 'the answer is for another case' },
      { kind: 'accepted' },
    ]);
  });

  it('can’t tell two items apart that have one key: both are doubt', async () => {
    partner.answers(rows({ id: 'theirs-1' }, { id: 'theirs-2' }));
    expect(await speaking(byEventId).sendSeveral(1, 1, 2)).toMatchObject({
      answers: [undefined, undefined, { status: 200 }],
    });
  });

  it('whatever a partner says, no item is accepted that no row names', async () => {
    const id = fc.constantFrom('theirs-1', 'theirs-2', 'theirs-3', 'theirs-4', 1, null);
    const row = fc.record({ id, status: fc.constantFrom(200, 201, 2, 422, 503, '200', null) }, { requiredKeys: [] });
    const made = speaking(byEventId);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (list) => {
        partner.answers(rows(...list));
        const answer = await made.sendSeveral(1, 2, 3);
        if (answer.kind !== 'rows') throw new Error('no rows');
        meanings(answer.answers).forEach((reply, n) => {
          const named = list.filter((each) => each.id === `theirs-${n + 1}`);
          if (named.length !== 1) expect(reply).toBeUndefined();
          else if (reply?.kind === 'accepted') expect([422, 503, 2]).not.toContain(named[0]?.status);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('one answer for all', () => {
  it('is the answer where the partner refuses the request or isn’t there', async () => {
    const made = speaking(byEventId);
    partner.answers(json({ rows: [{ id: 'theirs-1' }] }, 503));
    expect(await made.sendSeveral(1, 2)).toMatchObject({ kind: 'whole', answer: { status: 503 } });
    partner.answers(json({ message: 'quá lớn' }, 422));
    expect(await made.sendSeveral(1, 2)).toMatchObject({ kind: 'whole', answer: { status: 422 } });
    partner.answers((_, __, request) => request.socket.destroy());
    expect(await made.sendSeveral(1, 2)).toMatchObject({ kind: 'whole', answer: { kind: 'no-answer' } });
  });

  it('is doubt where the contract promises rows and a success has none', async () => {
    const made = speaking(byEventId);
    for (const body of [{ accepted: true }, [{ id: 'theirs-1' }], { rows: { id: 'theirs-1' } }]) {
      partner.answers(json(body));
      expect(await made.sendSeveral(1, 2)).toEqual({
        kind: 'whole',
        answer: { kind: 'no-answer', reason: 'the answer has no rows' },
      });
    }
  });

  it('is the answer where the contract says nothing of rows', async () => {
    partner.answers(json({ accepted: true }));
    expect(await speaking().sendSeveral(1, 2)).toMatchObject({ kind: 'whole', answer: { status: 200 } });
  });
});
