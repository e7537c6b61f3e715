import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readSettings, text, whole } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string): string => {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return path;
};
const settings = { url: text('A_URL', 'an address'), port: whole('A_PORT', 'a port', 80, 1) };

describe('readSettings', () => {
  it('takes a value from the environment, else from the file that NAME_FILE names, else the fallback', () => {
    const A_URL_FILE = file('redis://:from-file@redis\n');
    expect(readSettings(settings, { A_URL_FILE })).toEqual({ url: 'redis://:from-file@redis', port: 80 });
    expect(readSettings(settings, { A_URL: 'redis://told', A_URL_FILE, A_PORT: '81' })).toEqual({
      url: 'redis://told',
      port: 81,
    });
    expect(readSettings(settings, { A_URL: '', A_URL_FILE }).url).toBe('redis://:from-file@redis');
  });

  it('names in one error all that is missing or wrong, an unreadable or empty file too, and no value', () => {
    const bad = (env: NodeJS.ProcessEnv) => () => readSettings(settings, env);
    expect(bad({ A_PORT: '0' })).toThrow(/A_URL is missing.*; A_PORT: not a whole number of at least 1/);
    expect(bad({ A_URL_FILE: join(folder, 'nowhere') })).toThrow(/A_URL: ENOENT.*nowhere.*\(an address\)/);
    expect(bad({ A_URL_FILE: file('\nsecret on a later line') })).toThrow(
      /^settings: A_URL is missing \(an address\)$/,
    );
  });
});
