import { describe, expect, it } from '@jest/globals';
import { lastDue } from './daily-comparisons.js';

describe('the clock', () => {
  it('orders what is due today, or was due yesterday', () => {
    expect(lastDue('23:00', new Date('2026-05-20T16:30:00Z'))).toEqual({
      due: new Date('2026-05-20T16:00:00Z'),
      day: '2026-05-20',
    });
    expect(lastDue('23:00', new Date('2026-05-20T15:30:00Z'))).toEqual({
      due: new Date('2026-05-19T16:00:00Z'),
      day: '2026-05-19',
    });
    expect(lastDue('00:30', new Date('2026-05-19T18:00:00Z')).day).toBe('2026-05-20');
  });
});
