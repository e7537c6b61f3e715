import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { generated, rewritten } from './generate-docs.js';

const root = join(import.meta.dirname, '../..');

/** `UPDATE=1 npm test -- generated-docs` writes them anew. */
describe('what is generated in the documentation', () => {
  it.each(Object.keys(generated))('%s says what the code says', (path) => {
    const file = join(root, path);
    const committed = readFileSync(file, 'utf8');
    const fresh = rewritten(committed, generated[path]!);
    if (process.env.UPDATE === '1') writeFileSync(file, fresh);
    else expect(committed).toBe(fresh);
  });

  it('keeps its markers: a part that nobody finds is a fault, not silence', () => {
    expect(() => rewritten('no markers', { part: () => 'x' })).toThrow('part');
    const kept = rewritten('a\n<!-- generated: p -->\nold\n<!-- end: p -->\nb', { p: () => 'new' });
    expect(kept).toBe('a\n<!-- generated: p -->\n\nnew\n\n<!-- end: p -->\nb');
    expect(rewritten(kept, { p: () => 'new' })).toBe(kept);
  });
});
