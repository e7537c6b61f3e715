import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canFollow, caseStatuses, caseTransitions, isFinal, type CaseStatus } from './case-status.js';

const codes = caseStatuses.map(({ code }) => code);
const anyStatus = fc.constantFrom(...codes);

/** All statuses that a walk from the entry reaches, over the moves that `kinds` names. */
function reached(kinds: readonly string[]): Set<CaseStatus> {
  const found = new Set<CaseStatus>();
  const from: (CaseStatus | null)[] = [null];
  for (const here of from) {
    for (const code of codes) {
      if (found.has(code) || !kinds.includes(canFollow(here, code).kind)) continue;
      found.add(code);
      from.push(code);
    }
  }
  return found;
}

describe('the ten statuses', () => {
  it('are 1 to 10, each with a Vietnamese and an English name of its own', () => {
    expect(codes).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(new Set(caseStatuses.flatMap(({ vi, en }) => [vi, en])).size).toBe(20);
    expect(caseStatuses.every(({ vi }) => vi === vi.normalize('NFC'))).toBe(true);
  });

  it('are all reachable from the entry without skipping a step', () => {
    expect([...reached(['follows'])].sort((a, b) => a - b)).toEqual(codes);
  });

  it('end in 3, 7 and 10, and nowhere else: from every other status a case can still be returned', () => {
    expect(codes.filter(isFinal)).toEqual([3, 7, 10]);
    for (const code of codes.filter((c) => !isFinal(c))) expect(canFollow(code, 10).kind).toMatch(/follows|skips/);
  });
});

describe('the transition table', () => {
  it('names each move once, with somebody who makes it, and none from a status to itself', () => {
    const moves = caseTransitions.map(({ from, to }) => `${from} ${to}`);
    expect(new Set(moves).size).toBe(moves.length);
    expect(caseTransitions.every(({ by }) => by.length > 0)).toBe(true);
    expect(caseTransitions.some(({ from, to }) => (from as number | null) === to)).toBe(false);
  });

  it.each<[CaseStatus | null, CaseStatus]>([
    [null, 1],
    [null, 2],
    [1, 2],
    [1, 3],
    [2, 4],
    [4, 5],
    [5, 2],
    [5, 4],
    [4, 6],
    [6, 4],
    [4, 9],
    [9, 10],
    [8, 4],
  ])('%s → %s follows', (from, to) => {
    expect(canFollow(from, to)).toEqual({ kind: 'follows' });
  });

  it.each<[CaseStatus, CaseStatus, CaseStatus[]]>([
    [1, 4, [2]],
    [1, 9, [2, 4]],
    [2, 9, [4]],
    [2, 10, [4, 9]],
    [4, 10, [9]],
    [5, 9, [4]],
    [6, 10, [4, 9]],
    [8, 9, [4]],
  ])('%s → %s is accepted and flagged: it skips %j', (from, to, over) => {
    expect(canFollow(from, to)).toEqual({ kind: 'skips', over });
  });

  it.each<[CaseStatus | null, CaseStatus]>([
    [null, 3],
    [null, 4],
    [null, 9],
    [null, 10],
    [2, 1],
    [4, 1],
    [4, 2],
    [4, 3],
    [9, 2],
    [9, 4],
    [9, 5],
    [9, 7],
    [10, 4],
    [10, 9],
    [3, 2],
    [7, 4],
  ])('%s → %s is refused', (from, to) => {
    expect(canFollow(from, to)).toEqual({ kind: 'refused' });
  });

  it('takes the same status again as a further progress row, also at the end', () => {
    for (const code of codes) expect(canFollow(code, code)).toEqual({ kind: 'repeats' });
  });
});

describe('canFollow, for any two statuses', () => {
  it('lets nothing but a repeat come after a final status', () => {
    fc.assert(
      fc.property(fc.constantFrom<CaseStatus>(3, 7, 10), anyStatus, (from, to) => {
        expect(canFollow(from, to).kind).toBe(from === to ? 'repeats' : 'refused');
      }),
    );
  });

  it('skips only along steps that follow one another, and never invents a supplement, a payment or an end', () => {
    fc.assert(
      fc.property(anyStatus, anyStatus, (from, to) => {
        const move = canFollow(from, to);
        if (move.kind !== 'skips') return;
        const walk = [from, ...move.over, to];
        for (let n = 1; n < walk.length; n++) expect(canFollow(walk[n - 1]!, walk[n]!)).toEqual({ kind: 'follows' });
        expect(move.over.filter((step) => ![2, 4, 9].includes(step))).toEqual([]);
        expect([...move.over].sort((a, b) => a - b)).toEqual(move.over);
      }),
    );
  });

  it('never goes back from processed: whatever is reported, a case at 9 can only become 10', () => {
    expect(codes.filter((to) => !['refused', 'repeats'].includes(canFollow(9, to).kind))).toEqual([10]);
  });

  it('ends every long enough walk of accepted moves only in a final status or on a cycle of supplement, payment or pause', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { maxLength: 40 }), (reports) => {
        let at: CaseStatus | null = null;
        const seen: CaseStatus[] = [];
        for (const to of reports) {
          if (['refused', 'repeats'].includes(canFollow(at, to).kind)) continue;
          at = to;
          seen.push(to);
        }
        for (const once of [1, 3, 7, 9, 10] as const)
          expect(seen.filter((s) => s === once).length).toBeLessThanOrEqual(1);
        expect(seen.findIndex((s) => isFinal(s))).toBe(at !== null && isFinal(at) ? seen.length - 1 : -1);
      }),
    );
  });
});
