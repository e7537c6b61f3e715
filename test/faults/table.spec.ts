import { describe, expect, it } from '@jest/globals';
import { everyFault } from './every-fault.js';
import { BEGIN, END, replaceTable } from './table.js';

describe('the table in the guarantees', () => {
  it('replaces what stands between its marks, and nothing else', () => {
    const document = `before\n${BEGIN}\nold\n${END}\nafter\n`;
    const once = replaceTable(document, 'new');
    expect(once).toBe(`before\n${BEGIN}\n\nnew\n\n${END}\nafter\n`);
    expect(replaceTable(once, 'new')).toBe(once);
    expect(() => replaceTable('without marks', 'new')).toThrow('lacks');
  });
});

describe('the list of faults', () => {
  it('has each name once, and a short selection', () => {
    expect(new Set(everyFault.map(({ name }) => name)).size).toBe(everyFault.length);
    expect(everyFault.filter(({ quick }) => quick).length).toBeGreaterThan(2);
  });
});
