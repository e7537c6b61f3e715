import { describe, expect, it } from '@jest/globals';
import { laneMoves, laneStateOf, type LaneState } from './lane-states.js';

const states: LaneState[] = ['idle', 'turn', 'sending', 'timer', 'person'];
const reachableFrom = (begin: LaneState | null): Set<LaneState> => {
  const found = new Set<LaneState>();
  const visit = (from: LaneState | null): void => {
    for (const move of laneMoves)
      if (move.from === from && !found.has(move.to)) {
        found.add(move.to);
        visit(move.to);
      }
  };
  visit(begin);
  return found;
};

describe('the states of a lane', () => {
  it.each(states)('%s is reached by a lane that begins', (state) => {
    expect(reachableFrom(null)).toContain(state);
  });

  it.each(states)('from %s a lane can come to its end', (state) => {
    expect(reachableFrom(state)).toContain('idle');
  });

  it('no move stands twice', () => {
    const names = laneMoves.map(({ from, to, by }) => `${from} ${to} ${by}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('a held lane is sending, whatever it waited for', () => {
    expect(laneStateOf({ worker: 1, wait: null })).toBe('sending');
    expect(laneStateOf({ worker: null, wait: null })).toBe('idle');
    expect(laneStateOf({ worker: null, wait: 'timer' })).toBe('timer');
  });
});
