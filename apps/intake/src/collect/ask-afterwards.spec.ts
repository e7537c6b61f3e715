import { describe, expect, it } from '@jest/globals';
import type { DueCollection } from '#ledger';
import type { ContractVersion } from '#wire';
import { afterFinal, everyOf, isOver } from './ask-afterwards.js';

const DAY = 86_400_000;
const contract = (afterwards?: { every: string; for: string }): ContractVersion =>
  ({
    collect: { ask: 'per-case', until: [9, 10], every: '5m', ...(afterwards && { afterwards }) },
  }) as unknown as ContractVersion;
const slow = contract({ every: '1d', for: '365d' });
const due = (afterwardsMs: number | null): DueCollection => ({ afterwardsMs }) as DueCollection;

describe('asking after the final answer', () => {
  it('goes on slowly where the contract says so and there is a result, and ends where it doesn’t or there is none', () => {
    expect(afterFinal(slow, due(null), 9)).toEqual({ ended: false, nextInMs: DAY, isAfterwards: true });
    expect(afterFinal(slow, due(null), 10)).toMatchObject({ ended: false });
    expect(afterFinal(slow, due(null), 3)).toEqual({ ended: true });
    expect(afterFinal(slow, due(null), 7)).toEqual({ ended: true });
    expect(afterFinal(contract(), due(null), 9)).toEqual({ ended: true });
  });

  it('goes on over what can’t be taken of a case that has its result', () => {
    expect(afterFinal(slow, due(3 * DAY), undefined)).toMatchObject({ ended: false });
    expect(afterFinal(slow, due(null), undefined)).toEqual({ ended: true });
  });

  it('ends after so long, and where the contract no longer has it', () => {
    expect(isOver(slow, due(364 * DAY))).toBe(false);
    expect(isOver(slow, due(365 * DAY))).toBe(true);
    expect(isOver(contract(), due(1))).toBe(true);
    expect(isOver(contract(), due(null))).toBe(false);
    expect(afterFinal(slow, due(365 * DAY), 9)).toEqual({ ended: true });
  });

  it('has its own pace', () => {
    expect(everyOf(slow, due(null))).toBe(300_000);
    expect(everyOf(slow, due(0))).toBe(DAY);
  });
});
