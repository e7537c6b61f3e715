import { expect, it } from '@jest/globals';
import type { EarlierFile } from '#ledger';
import { olderFile } from './older-file.js';

const earlier = (id: string, more: Partial<EarlierFile> = {}): EarlierFile => ({
  ...{ id, day: '2026-05-30', asOf: '2026-05-30T08:00:00Z', newestLine: '2026-05-29' },
  ...more,
});
const read = { sha256: 'ab', asOf: '2026-05-30T09:00:00Z', newestLine: '2026-05-30' };

it.each<[string, object, string, { last: EarlierFile | null; same: EarlierFile | null }, string | undefined]>([
  ['the first one', {}, '2026-05-30', { last: null, same: null }, undefined],
  ['a newer one', {}, '2026-05-30', { last: earlier('7'), same: null }, undefined],
  ['the last one once more', {}, '2026-05-30', { last: earlier('7'), same: earlier('7') }, undefined],
  ['one from before the last', {}, '2026-05-31', { last: earlier('7'), same: earlier('5') }, 'comparison 5'],
  ['an earlier day', {}, '2026-05-29', { last: earlier('7'), same: null }, '2026-05-29 before 2026-05-30'],
  [
    'changed earlier',
    { asOf: '2026-05-30T07:59:59Z' },
    '2026-05-30',
    { last: earlier('7'), same: null },
    'last changed',
  ],
  ['a file that doesn’t say when', { asOf: null }, '2026-05-30', { last: earlier('7'), same: null }, undefined],
  [
    'an earlier last case, which is only said',
    { asOf: null, newestLine: '2026-05-28' },
    '2026-05-30',
    { last: earlier('7'), same: null },
    undefined,
  ],
  ['no case at all', { newestLine: null }, '2026-05-30', { last: earlier('7'), same: null }, undefined],
])('%s', (_, more, day, before, said) => {
  const refused = olderFile({ ...read, ...more }, day, before);
  expect(refused?.rule).toBe(said && 'older-file');
  if (said !== undefined) expect([refused!.en.includes(said), refused!.vi.includes('--sure')]).toEqual([true, true]);
});
