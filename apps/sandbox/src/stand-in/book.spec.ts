import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect, it } from '@jest/globals';

import { newFolder } from '../testing/run-for-a-test.js';
import { Book } from './book.js';

interface Line {
  word: string;
}

const show = (_line: Line, said: string): string => said;
const numbers = async (book: Book<Line>, after: number): Promise<number[]> =>
  (await text(book.read(after, show)))
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { n: number }).n);

describe('a book', () => {
  it('has a line on disk when append returns, and gives it back when opened again', () => {
    const file = join(newFolder(), 'book.ndjson');
    const book = new Book<Line>(file, () => undefined);
    book.append({ word: 'tiếp nhận' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"n":1,"at":"[^"]+","word":"tiếp nhận"\}\n$/);
    book.append({ word: 'đã xong' });
    const read: string[] = [];
    const again = new Book<Line>(file, ({ n, word }) => read.push(`${n} ${word}`));
    expect(read).toEqual(['1 tiếp nhận', '2 đã xong']);
    expect(again.append({ word: 'ba' }).n).toBe(3);
  });

  it('takes off a last line that a kill cut short', () => {
    const file = join(newFolder(), 'book.ndjson');
    new Book<Line>(file, () => undefined).append({ word: 'một' });
    appendFileSync(file, '{"n":2,"at":"2026-11-');
    const read: number[] = [];
    const book = new Book<Line>(file, ({ n }) => read.push(n));
    expect(read).toEqual([1]);
    book.append({ word: 'hai' });
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.slice(0, 2).map((line) => (JSON.parse(line) as { n: number }).n)).toEqual([1, 2]);
  });

  it('serves what comes after a line, wherever that is, also after it was opened again', async () => {
    const file = join(newFolder(), 'book.ndjson');
    const book = new Book<Line>(file, () => undefined);
    for (let n = 1; n <= 3_500; n++) book.append({ word: 'x'.repeat(n % 97) });
    for (const opened of [book, new Book<Line>(file, () => undefined)]) {
      for (const after of [0, 1, 998, 999, 1_000, 1_001, 1_999, 2_000, 3_499, 3_500, 9_999]) {
        const expected = Array.from({ length: Math.max(0, 3_500 - after) }, (_, i) => after + 1 + i);
        expect(await numbers(opened, after)).toEqual(expected);
      }
    }
  });
});
