import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import {
  agencyFileSchema,
  calendarDaysFileSchema,
  calendarFileSchema,
  figuresFileSchema,
  routesFileSchema,
  statementBundleSchema,
  statementSchema,
  unitsFileSchema,
} from '#wire';
import { operatorsApi } from '../../apps/console/src/describe/operators-api.js';
import { reconciliationApi } from '../../apps/reconciliation/src/describe/reconciliation-api.js';
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
    ['docs/schemas/units-file.v1.schema.json', () => unitsFileSchema],
    ['docs/schemas/figures-file.v1.schema.json', () => figuresFileSchema],
    ['docs/schemas/routes-file.v1.schema.json', () => routesFileSchema],
    ['docs/schemas/calendar-file.v1.schema.json', () => calendarFileSchema],
    ['docs/schemas/calendar-days-file.v1.schema.json', () => calendarDaysFileSchema],
    ['docs/schemas/statement.v1.schema.json', () => statementSchema],
    ['docs/schemas/statement-bundle.v1.schema.json', () => statementBundleSchema],
    ['docs/schemas/asyncapi.json', asyncApi],
    ['docs/schemas/operators.openapi.json', () => operatorsApi],
    ['docs/schemas/reconciliation.openapi.json', () => reconciliationApi],
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
