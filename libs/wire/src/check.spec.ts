import { expect, it } from '@jest/globals';
import { checkOf } from './check.js';
import type { Schema } from './schema.js';

const unsound = (): Schema<unknown> => ({ type: 'no such type' });

it('a check is compiled with the first value that it is asked about, or when it is told to', () => {
  const check = checkOf(unsound());
  expect(() => check({})).toThrow('schema is invalid');
  expect(() => checkOf(unsound()).compile()).toThrow('schema is invalid');
});
