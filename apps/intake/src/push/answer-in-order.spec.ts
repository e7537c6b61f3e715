import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerInOrder } from './answer-in-order.js';
import { splitLines, type Line } from './split-lines.js';

async function* from<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
const all = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};

describe('lines of a stream', () => {
  it('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('ạ', 'b', ' ', '\n', '\r'), maxLength: 12 })),
        fc.array(fc.nat(7)),
        async (texts, cuts) => {
          const whole = Buffer.from(texts.join('\n'));
          const chunks: Buffer[] = [];
          let at = 0;
          for (const cut of [...cuts, whole.length]) chunks.push(whole.subarray(at, (at += cut)));
          const expected = whole
            .toString()
            .split('\n')
            .flatMap((text, i) => (/^[ \r\t]*$/.test(text) ? [] : [{ number: i + 1, text }]));
          const lines = await all(splitLines(from(chunks), 1_000));
          expect(
            lines.map((line) => ({ number: line.number, text: (line as { bytes: Buffer }).bytes.toString() })),
          ).toEqual(expected);
        },
      ),
    );
  });

  it('that are too long are named and left out, and the next one is read', async () => {
    const lines = await all(
      splitLines(from([Buffer.from('ok\n123'), Buffer.from('456789'), Buffer.from('0\nok2')]), 5),
    );
    expect(lines.map((line: Line) => ('bytes' in line ? line.bytes.toString() : line.number))).toEqual([
      'ok',
      2,
      'ok2',
    ]);
  });
});

describe('answers in order', () => {
  it('come in the questions’ order, whichever is ready first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 40 }), async (delays) => {
        const answers = answerInOrder(
          from(delays.map((d, i) => ({ d, i }))),
          () => 1,
          async ({ d, i }) => {
            for (let n = 0; n < d; n++) await Promise.resolve();
            return `${i}\n`;
          },
        );
        expect((await all(answers)).join('')).toBe(delays.map((_, i) => `${i}\n`).join(''));
      }),
    );
  });

  it('come before the next question does: a client may wait for each', async () => {
    let ask: (q: string) => void = () => undefined;
    async function* questions(): AsyncGenerator<string> {
      for (let i = 0; i < 3; i++) yield await new Promise<string>((resolve) => (ask = resolve));
    }
    const answers = answerInOrder(
      questions(),
      () => 1,
      (q) => Promise.resolve(`${q}!`),
    );
    for (const q of ['a', 'b', 'c']) {
      const next = answers.next();
      await new Promise((resolve) => setImmediate(resolve));
      ask(q);
      expect((await next).value).toBe(`${q}!`);
    }
    expect((await answers.next()).done).toBe(true);
  });

  it('read no further while nobody takes them', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<number> {
      for (;;) yield asked++;
    }
    const answers = answerInOrder(
      endless(),
      () => 1,
      (q) => Promise.resolve(`${q};`),
    );
    await answers.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toBe(before);
    expect(asked).toBeLessThan(20_000);
    await answers.return(undefined);
  });

  it('stop at an error of the source after what was asked before it', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error('cut');
    }
    const answers = answerInOrder(
      broken(),
      () => 1,
      (q) => Promise.resolve(`${q}`),
    );
    expect((await answers.next()).value).toBe('1');
    await expect(answers.next()).rejects.toThrow('cut');
  });
});
