import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Entry, EntryItem } from '#ledger';
import { EntryBatcher, type BatcherBounds } from './entry-batcher.js';

const item = (caseCode: string, key = caseCode): EntryItem => ({
  sender: 's',
  key,
  type: 'vn.lienthong.case.status-changed.v1',
  caseCode,
  data: { status: 4 },
});
const accepted = (stream: string): Entry => ({
  outcome: 'accepted',
  eventId: stream,
  stream,
  sequence: 1,
  bodyHash: '',
  skipped: [],
});
const away = new Error('away');

/** Transactions that end when the test says so. */
class Ledger {
  readonly batches: { items: readonly EntryItem[]; end: (error?: Error) => void }[] = [];
  readonly seen: { items: readonly EntryItem[] }[] = [];
  most = 0;
  committed = 0;
  failures = 0;
  batcher: EntryBatcher;

  constructor(bounds: Partial<BatcherBounds> = {}) {
    this.batcher = new EntryBatcher(
      {
        enter: (items) =>
          new Promise((resolve, reject) => {
            this.seen.push({ items });
            const batch = {
              items,
              end: (error?: Error): void => {
                this.batches.splice(this.batches.indexOf(batch), 1);
                if (error) reject(error);
                else resolve(items.map((i) => accepted(i.key!)));
              },
            };
            this.batches.push(batch);
            this.most = Math.max(this.most, this.batches.length);
          }),
        isUnavailable: (error) => error === away,
        committed: () => void this.committed++,
        measured: () => undefined,
        failed: () => void this.failures++,
      },
      { batch: 200, underWay: 2, queue: 1_000, answerWithinMs: 10_000, ...bounds },
    );
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('gathering entries', () => {
  it('sends what came at once as one batch, and what comes meanwhile as soon as one of two ends', async () => {
    const ledger = new Ledger();
    const first = ['a', 'b', 'c'].map((c) => ledger.batcher.enter(item(c)));
    await turn();
    void ledger.batcher.enter(item('d'));
    await turn();
    for (const c of ['e', 'f', 'g']) void ledger.batcher.enter(item(c));
    await turn();
    expect(ledger.batches.map((b) => b.items.map((i) => i.caseCode))).toEqual([['a', 'b', 'c'], ['d']]);
    ledger.batches[0]!.end();
    await turn();
    expect((await Promise.all(first)).map((e) => e.outcome)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(ledger.batches.map((b) => b.items.map((i) => i.caseCode))).toEqual([['d'], ['e', 'f', 'g']]);
    expect(ledger.committed).toBe(1);
  });

  it('keeps the order of every case, gives each caller its own answer and never has one case in two transactions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.boolean(), fc.nat(5)), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, size) => {
          const ledger = new Ledger({ batch: size });
          const given = new Map<string, string[]>();
          const answers: Promise<[string, unknown]>[] = [];
          const overlaps = (): boolean => {
            const codes = ledger.batches.flatMap((b) => [...new Set(b.items.map((i) => i.caseCode))]);
            return new Set(codes).size !== codes.length;
          };
          let n = 0;
          for (const [code, pause, which] of steps) {
            const key = `${code}${n++}`;
            given.set(code, [...(given.get(code) ?? []), key]);
            answers.push(ledger.batcher.enter(item(code, key)).then((entered) => [key, entered]));
            if (pause) await turn();
            if (which < ledger.batches.length) ledger.batches[which]!.end();
            expect(overlaps()).toBe(false);
          }
          while (ledger.batcher.length > 0 || ledger.batches.length > 0) {
            await turn();
            expect(overlaps()).toBe(false);
            ledger.batches[0]?.end();
          }
          for (const [key, entered] of await Promise.all(answers))
            expect(entered).toMatchObject({ outcome: 'accepted', eventId: key });
          for (const [code, keys] of given)
            expect(ledger.seen.flatMap((b) => b.items.filter((i) => i.caseCode === code).map((i) => i.key))).toEqual(
              keys,
            );
          expect(ledger.most).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('answers a bad item alone: the others of its batch are entered one by one', async () => {
    const ledger = new Ledger();
    const all = ['a', 'bad', 'c'].map((c) => ledger.batcher.enter(item(c)));
    await turn();
    ledger.batches[0]!.end(new Error('22P05'));
    for (let i = 0; i < 3; i++) {
      await turn();
      const [batch] = ledger.batches;
      batch!.end(batch!.items[0]!.caseCode === 'bad' ? new Error('22P05') : undefined);
    }
    expect((await Promise.all(all)).map((e) => e.outcome)).toEqual(['accepted', 'failed', 'accepted']);
    expect(ledger.failures).toBe(2);
  });

  it('lets no later report of a case overtake one that has to be sent again', async () => {
    const ledger = new Ledger();
    const first = ledger.batcher.enter(item('a'));
    await turn();
    const later = ledger.batcher.enter(item('a'));
    const other = ledger.batcher.enter(item('b'));
    await turn();
    ledger.batches[0]!.end(away);
    expect((await Promise.all([first, later])).map((e) => e.outcome)).toEqual(['unavailable', 'unavailable']);
    await turn();
    ledger.batches[0]!.end();
    expect((await other).outcome).toBe('accepted');
  });

  it('tells everyone while PostgreSQL is away, and goes on when it is back', async () => {
    const ledger = new Ledger();
    const lost = ledger.batcher.enter(item('a'));
    await turn();
    ledger.batches[0]!.end(away);
    expect(await lost).toEqual({ outcome: 'unavailable' });
    const back = ledger.batcher.enter(item('a'));
    await turn();
    ledger.batches[0]!.end();
    expect((await back).outcome).toBe('accepted');
    expect(ledger.failures).toBe(0);
  });

  it('refuses what its queue can’t hold, and lets those wait who can', async () => {
    const ledger = new Ledger({ queue: 4, batch: 1 });
    const under = ['a', 'b'].map((c) => ledger.batcher.enter(item(c)));
    await turn();
    const queued = ['c', 'd', 'e', 'f'].map((c) => ledger.batcher.enter(item(c)));
    expect(await ledger.batcher.enter(item('g'))).toEqual({ outcome: 'unavailable' });
    let hasRoom = false;
    const room = ledger.batcher.room().then(() => (hasRoom = true));
    await turn();
    expect(hasRoom).toBe(false);
    while (ledger.batches.length > 0) {
      ledger.batches[0]!.end();
      await turn();
    }
    await room;
    expect((await Promise.all([...under, ...queued])).every((e) => e.outcome === 'accepted')).toBe(true);
  });

  it('lets nobody wait for ever for a frozen PostgreSQL', async () => {
    const ledger = new Ledger({ answerWithinMs: 1 });
    const all = await Promise.all(['a', 'a', 'b'].map((c) => ledger.batcher.enter(item(c))));
    expect(all).toEqual([{ outcome: 'unavailable' }, { outcome: 'unavailable' }, { outcome: 'unavailable' }]);
    for (const batch of [...ledger.batches]) batch.end();
    await ledger.batcher.close();
  });

  it('ends what it took before it closes, and takes nothing more', async () => {
    const ledger = new Ledger();
    const last = ledger.batcher.enter(item('a'));
    const closed = ledger.batcher.close();
    expect(await ledger.batcher.enter(item('b'))).toEqual({ outcome: 'unavailable' });
    await turn();
    ledger.batches[0]!.end();
    await closed;
    expect((await last).outcome).toBe('accepted');
  });
});
