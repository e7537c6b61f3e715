import { expect, it } from '@jest/globals';
import { checkOf, compileChecks } from './check.js';
import type { Schema } from './schema.js';

const unsound = (): Schema<unknown> => ({ type: 'no such type' });

it('a check is compiled with the first value that it is asked about, or when all are', () => {
  const check = checkOf(unsound());
  expect(() => check({})).toThrow('schema is invalid');
  checkOf(unsound());
  expect(compileChecks).toThrow('schema is invalid');
  expect(compileChecks).not.toThrow();
});
