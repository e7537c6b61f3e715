import { expect, it } from '@jest/globals';
import { unlikeOurs } from './unlike-ours.js';

const share = (ours: number, missingThere: number, theirs: number, missingHere: number) => ({
  ...{ ours, theirs, missingThere, missingHere },
  ...{ examplesThere: ['H53-1', 'H53-2'].slice(0, missingThere), examplesHere: ['X-1', 'X-2'].slice(0, missingHere) },
});

it.each<[string, Parameters<typeof share>, number, boolean]>([
  ['both sides agree', [100, 0, 100, 0], 50, false],
  ['another agency’s: nothing of it is ours', [100, 100, 100, 100], 50, true],
  ['another agency’s, of two rows', [3, 3, 2, 2], 50, true],
  ['another agency’s, of one row', [1, 1, 1, 1], 50, true],
  ['few of its keys are ours', [100, 60, 400, 360], 50, true],
  ['all of it is ours, but it is a small part', [100, 90, 10, 0], 50, true],
  ['all of ours is in it, and much more', [100, 0, 1_000, 900], 50, true],
  ['another period’s: no row of these days', [100, 100, 0, 0], 50, true],
  ['just half of either side', [100, 50, 100, 50], 50, false],
  ['one fewer than half of ours', [100, 51, 49, 0], 50, true],
  ['one fewer than half of theirs', [49, 0, 100, 51], 50, true],
  ['a few that are missing of few', [5, 4, 1, 0], 50, false],
  ['nothing here yet, and a few rows', [0, 0, 4, 4], 50, false],
  ['nothing here yet, and many rows', [0, 0, 5, 5], 50, true],
  ['nothing anywhere', [0, 0, 0, 0], 50, false],
  ['the contract asks for little', [100, 95, 100, 95], 5, false],
  ['the contract asks for nothing', [100, 100, 100, 100], 0, false],
  ['the contract asks for all', [100, 5, 95, 0], 100, true],
])('%s', (_, counts, least, isRefused) => {
  const refused = unlikeOurs(share(...counts), least);
  expect(refused !== undefined).toBe(isRefused);
});

it('says how many, how many are needed, which for instance, and how to go on, in both languages', () => {
  const { rule, vi, en } = unlikeOurs(share(100, 90, 40, 30), 60)!;
  expect(rule).toBe('unlike-ours');
  for (const text of [vi, en]) for (const told of ['10/40', '10/100', '60 %', 'X-1, X-2', 'H53-1, H53-2', '--sure', 'sure=true']) expect(text).toContain(told); // prettier-ignore
});
