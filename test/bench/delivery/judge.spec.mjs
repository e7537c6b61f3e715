import { describe, expect, it } from '@jest/globals';
import { acceptedBetween, judge } from './judge.mjs';

const book = (list) => ({
  case: list.map(([c]) => c),
  seq: list.map(([, seq]) => seq),
  eventId: list.map(([c, seq, , id]) => id ?? `x-${c}-${seq}`),
  status: list.map(([, , status]) => status ?? 200),
  t: list.map((_, i) => 1_000 + i * 10),
  sentAt: list.map((_, i) => 995 + i * 10),
});
const all = [
  [0, 1],
  [1, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
];
const expected = { cases: 2, events: 3, prefix: 'x' };
const verdictOn = (...lists) => {
  const books = Object.fromEntries(lists.map((list, i) => [i + 1, book(list)]));
  const { lost, doubled, outOfOrder, unexpected, distinct } = judge(books, expected);
  return { lost, doubled, outOfOrder, unexpected, distinct };
};
const clean = { lost: 0, doubled: 0, outOfOrder: 0, unexpected: 0, distinct: 6 };

describe('the judge of the delivery bench', () => {
  it('finds nothing wrong where everything arrived once and in order', () => {
    expect(verdictOn(all, all)).toEqual({ ...clean, distinct: 12 });
  });

  it('sees a planted loss', () => {
    const withoutOne = all.filter(([c, seq]) => !(c === 1 && seq === 2));
    expect(verdictOn(withoutOne)).toEqual({ ...clean, lost: 1, distinct: 5 });
    expect(verdictOn(all, [])).toEqual({ ...clean, lost: 6 });
  });

  it('sees a planted double, and does not take it for disorder', () => {
    expect(verdictOn([...all, [0, 2], [0, 2]])).toEqual({ ...clean, doubled: 2 });
  });

  it('sees planted inversions, each event that came too late by itself', () => {
    const inverted = [
      [0, 2],
      [0, 1],
      [0, 3],
      [1, 3],
      [1, 2],
      [1, 1],
    ];
    expect(verdictOn(inverted)).toEqual({ ...clean, outOfOrder: 3 });
  });

  it('sees on which event each case stands', () => {
    const standing = (list) => judge({ 1: book(list) }, expected).partners[1].standing;
    expect(standing(all)).toBe(2);
    expect(standing([[0, 3], [1, 1], [1, 2]])).toBe(1); // prettier-ignore
  });

  it('takes no refusal for an acceptance', () => {
    const refusedOnly = [...all.slice(0, 5), [1, 3, 503]];
    expect(verdictOn(refusedOnly)).toEqual({ ...clean, lost: 1, distinct: 5 });
    expect(judge({ 1: book([[0, 1, 503], [0, 2, 503], ...all]) }, expected)).toMatchObject({ ...clean, refused: 2 });
  });

  it('names what nobody entered, and leaves other traffic out', () => {
    expect(verdictOn([...all, [0, 1, 200, 'y-0-1'], [7, 1]])).toEqual({ ...clean, unexpected: 2 });
    expect(verdictOn([[-1, 1], ...all, [-1, 1]])).toEqual(clean);
  });

  it('measures the longest silence after a kill, the rate, and delays of a window', () => {
    const books = { 1: { ...book(all), t: [1_000, 1_010, 1_020, 3_520, 3_530, 3_540] } };
    expect(judge(books, { ...expected, killAt: 1_015 }).stallSeconds).toBe(2.5);
    expect(judge(books, { ...expected, killAt: 3_521 }).stallSeconds).toBe(0.01);
    expect(judge(books, { ...expected, killAt: 9_000 }).stallSeconds).toBe(Infinity);
    expect(judge(books, { ...expected, killAt: 1_015, restartAt: 1_030 }).resumedSeconds).toBe(2.505);
    expect(judge(books, { ...expected, killAt: 1_015, restartAt: 3_535 }).resumedSeconds).toBe(2.525);
    expect(judge(books, { ...expected, killAt: 1_015, restartAt: 9_000 }).resumedSeconds).toBe(Infinity);
    expect(judge(books, expected).perSecond).toBeCloseTo(6 / 2.54);
    const { partners } = judge({ 1: book(all) }, { ...expected, latencyFrom: 1_015, latencyTo: 1_035 });
    expect(partners[1].latencies).toEqual([5, 5]);
    expect(acceptedBetween(book(all), 1_010, 1_030)).toBe(2);
  });
});
