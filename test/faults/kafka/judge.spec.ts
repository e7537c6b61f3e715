import { describe, expect, it } from '@jest/globals';
import { judge } from './judge.js';

const all = [...Array(100).keys()];
const held = all.map((n) => ({ key: String(n % 7), n }));

describe('the judge of a Kafka fault', () => {
  it('finds nothing where everything is held once, in order', () => {
    expect(judge(all, held)).toEqual({ lost: 0, repeated: 0, outOfOrder: 0 });
  });

  it('finds a planted loss, double and inversion', () => {
    expect(judge(all, held.toSpliced(40, 1))).toEqual({ lost: 1, repeated: 0, outOfOrder: 0 });
    expect(judge(all, [...held, held[3]!])).toEqual({ lost: 0, repeated: 1, outOfOrder: 0 });
    const inverted = held.with(10, held[17]!).with(17, held[10]!);
    expect(judge(all, inverted)).toEqual({ lost: 0, repeated: 0, outOfOrder: 1 });
  });
});
