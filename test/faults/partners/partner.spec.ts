import { afterEach, describe, expect, it } from '@jest/globals';
import type { Behaviour } from './behaviour.js';
import { Partner } from './partner.js';
import { terms } from './terms.js';

let partner: Partner;
afterEach(() => partner.close());

const start = async (name: string, behaviour: Behaviour = { kind: 'ok' }): Promise<void> => {
  partner = await Partner.listen(terms.find((of) => of.name === name)!);
  partner.behave(behaviour);
};
const at = (path: string): string => `http://127.0.0.1:${partner.port}${path}`;
const post = (keys: string, body: unknown): Promise<Response> =>
  fetch(at('/items'), { method: 'POST', headers: { 'idempotency-key': keys }, body: JSON.stringify(body) });
const note = (nth: number): { note: string } => ({ note: `hs:H1-2#${nth}` });

describe("a partner's book", () => {
  it('tells a first effect from a repeat where it knows keys, and doubles where it does not', async () => {
    await start('thue');
    await post('a1.1', note(1));
    await post('a1.1', note(1));
    expect(partner.arrivals.map(({ effect }) => effect)).toEqual(['applied', 'repeat']);
    expect(partner.arrivals[0]).toMatchObject({ key: 'a1.1', eventId: 'a1', code: 'H1-2', nth: 1, answer: 200 });
    partner.close();
    await start('ho-tich');
    await post('a1.1', note(1));
    await post('a1.1', note(1));
    expect(partner.arrivals.map(({ effect }) => effect)).toEqual(['applied', 'applied']);
  });

  it('enters what it did although its answer got lost, and tells so when asked', async () => {
    await start('thue', { kind: 'lose-answer' });
    await expect(post('a1.1', note(1))).rejects.toThrow();
    expect(partner.arrivals).toMatchObject([{ effect: 'applied', answer: null }]);
    partner.behave({ kind: 'ok' });
    expect((await fetch(at('/items/a1.1'))).status).toBe(200);
    expect((await fetch(at('/items/b2.1'))).status).toBe(404);
  });

  it.each<[Behaviour, number]>([
    [{ kind: 'down' }, 503],
    [{ kind: 'refuse', one: 1, of: 2 }, 422],
  ])('does nothing with what it turns away: %j', async (behaviour, status) => {
    await start('thue', behaviour);
    expect((await post('000001.1', note(1))).status).toBe(status);
    expect((await fetch(at('/items/000001.1'))).status).toBe(behaviour.kind === 'down' ? 503 : 404);
  });

  it('cuts now before the work and now in the middle of its answer', async () => {
    await start('thue', { kind: 'reset' });
    await expect(post('a1.1', note(1)).then((answer) => answer.text())).rejects.toThrow();
    await expect(post('b2.1', note(1)).then((answer) => answer.text())).rejects.toThrow();
    expect(partner.arrivals.map(({ effect }) => effect)).toEqual(['applied', 'none']);
  });

  it('answers rows of a batch in another order, and each item keeps its key and its bytes', async () => {
    await start('dat-dai', { kind: 'shuffled' });
    const { rows } = (await (await post('a1.1, b2.1', [note(1), note(2)])).json()) as { rows: { key: string }[] };
    expect(rows.map(({ key }) => key)).toEqual(['b2.1', 'a1.1']);
    expect(partner.arrivals.map(({ key, nth }) => `${key} ${nth}`)).toEqual(['a1.1 1', 'b2.1 2']);
  });
});
