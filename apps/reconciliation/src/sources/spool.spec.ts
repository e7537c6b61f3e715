import { expect, it } from '@jest/globals';
import type { ContractVersion, Line } from '#wire';
import { Pace } from './pace.js';
import { Spool } from './spool.js';

const lineOf = (n: number): Line => ({
  ...{ key: `H53-260305-${n}`, receivedOn: '2026-03-05', hash: String(n).padStart(64, '0') },
  fields: { applicantName: 'ĐẶNG THỊ\nHOÀ', finishedOn: null },
});

it.each([0, 1, 3_000, 13_000])('%s lines come back as they were, none before all are read', async (count) => {
  const lines = Array.from({ length: count }, (_, n) => lineOf(n));
  const spool = new Spool();
  for (let at = 0; at < count; at += 1_700) await spool.add(lines.slice(at, at + 1_700));
  const back: Line[] = [];
  await spool.handOn((some) => Promise.resolve(void back.push(...some)), new AbortController().signal);
  await spool.close();
  expect(JSON.stringify(back)).toBe(JSON.stringify(lines));
});

it('nothing is begun after one that failed', async () => {
  const pace = new Pace({ limits: { inFlight: 4, timeout: '1s' } } as ContractVersion);
  const begun: number[] = [];
  const work = async (n: number): Promise<void> => {
    begun.push(n);
    await new Promise(setImmediate);
    if (n === 1) throw new Error('one failed');
    await new Promise(setImmediate);
  };
  const all = pace.each([0, 1, 2, 3, 4, 5, 6, 7, 8], work, 2);
  await expect(all).rejects.toThrow('one failed');
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  expect(begun).toEqual([0, 1]);
});
