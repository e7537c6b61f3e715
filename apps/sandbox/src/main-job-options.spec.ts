import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { addressesFrom, claimBooks, readOptions } from './main-job-options.js';

describe('the main job’s arguments', () => {
  it('are a number of cases or all of them, and a seed', () => {
    expect(readOptions(['--cases', '200', '--seed', '7', '--json', 'x.json'], 500)).toEqual({
      cases: 200,
      seed: 7,
      json: 'x.json',
    });
    expect(readOptions(['--cases', 'all'], 500)).toMatchObject({ cases: 500 });
    expect(readOptions(['--outage-seconds', '0'], 5_000)).toMatchObject({ outageSeconds: 0 });
  });

  it.each([
    ['--cases', '0'],
    ['--cases', '501'],
    ['--cases', 'x'],
    ['--cases', '1.5'],
    ['--seed', 'x'],
    ['--outage-seconds', '-1'],
    ['--nonsense'],
  ])('are refused with a sentence: %s %s', (...args) =>
    expect(typeof readOptions(args.filter(Boolean), 500)).toBe('string'),
  );
});

it('reaches the control ports on the loopback where all addresses are listened on', () => {
  const env = {
    LIENTHONG_HOST: '0.0.0.0',
    LIENTHONG_LLTP_CONTROL_PORT: '1111',
    LIENTHONG_ONESTOP_PORT: '2000',
    LIENTHONG_RECONCILIATION_PORT: '3333',
  };
  expect(addressesFrom(env)).toEqual({
    lltp: 'http://127.0.0.1:1111',
    oneStop: 'http://127.0.0.1:2100',
    reconciliation: 'http://127.0.0.1:3333',
  });
});

it('lets books be continued by the same replay only', () => {
  const env = { LIENTHONG_BOOKS_DIR: join(mkdtempSync(join(tmpdir(), 'main-job-')), 'books') };
  expect(claimBooks(env, { cases: 20, seed: 1 })).toBeUndefined();
  expect(claimBooks(env, { cases: 20, seed: 1 })).toBeUndefined();
  expect(claimBooks(env, { cases: 20, seed: 2 })).toContain('another replay');
});
