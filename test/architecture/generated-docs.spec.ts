import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { agencyFileSchema } from '#wire';
import { asyncApi } from './generate-asyncapi.js';
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

  it.each<[string, () => object]>([
    ['docs/schemas/agency-file.v1.schema.json', () => agencyFileSchema],
    ['docs/schemas/asyncapi.json', asyncApi],
  ])('%s is what the code reads and writes', (path, make) => {
    const file = join(root, path);
    const fresh = `${JSON.stringify(make(), null, 2)}\n`;
    if (process.env.UPDATE === '1') writeFileSync(file, fresh);
    else expect(readFileSync(file, 'utf8')).toBe(fresh);
  });

  it('is AsyncAPI 3.0 by that standard’s own schema', () => {
    const standard = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0.json');
    const validate = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false }).compile(
      JSON.parse(readFileSync(standard, 'utf8')) as object,
    );
    validate(asyncApi());
    expect(validate.errors ?? []).toEqual([]);
    validate({ ...asyncApi(), channels: { bad: { adress: 1 } } });
    expect(validate.errors ?? []).not.toEqual([]);
  });

  it('keeps its markers: a part that nobody finds is a fault, not silence', () => {
    expect(() => rewritten('no markers', { part: () => 'x' })).toThrow('part');
    const kept = rewritten('a\n<!-- generated: p -->\nold\n<!-- end: p -->\nb', { p: () => 'new' });
    expect(kept).toBe('a\n<!-- generated: p -->\n\nnew\n\n<!-- end: p -->\nb');
    expect(rewritten(kept, { p: () => 'new' })).toBe(kept);
  });
});
