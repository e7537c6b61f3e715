import { describe, expect, it } from '@jest/globals';
import { typed } from './testing/terminal.js';
import { loadVerb, loadVerbs, wordsOfVerbs } from './verbs.js';

describe('lienthong', () => {
  it.each(wordsOfVerbs)('%s is loaded by its own words', async (words) => {
    expect((await loadVerb(words)).words).toBe(words);
  });

  it('shows every verb, Vietnamese first, when nothing or help is asked for', async () => {
    for (const words of ['', 'help', '--help', '-h']) {
      const { code, out } = await typed(words, {});
      expect([words, code]).toEqual([words, words === '' ? 2 : 0]);
      for (const { words: verb, vi, en } of words === '' ? [] : await loadVerbs(wordsOfVerbs)) {
        expect(out.indexOf(vi)).toBeGreaterThan(out.indexOf(`lienthong ${verb}`));
        expect(out.indexOf(en)).toBeGreaterThan(out.indexOf(vi));
      }
    }
  });

  it.each([
    'foo',
    'case',
    'case show',
    'case show A B',
    'doctor now',
    'submit --fiel x',
    'retry',
    'key create',
    'foo --help',
  ])('does not guess at "%s"', async (words) => {
    const { code, out, err } = await typed(words, {});
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/Không có lệnh|Cách dùng/);
  });

  it('names every setting that a verb lacks', async () => {
    const { code, err } = await typed('doctor', {});
    expect(code).toBe(1);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS']) expect(err).toContain(name);
  });

  it('shows one verb’s own help without its settings', async () => {
    const { code, out } = await typed('submit --help', {});
    expect(code).toBe(0);
    expect(out).toContain('lienthong submit -f FILE|-');
    expect(out).not.toContain('lienthong doctor');
  });

  it.each(['agency --help', 'help agency', 'agency help', '-h agency'])(
    'shows what begins with the same word for "%s"',
    async (words) => {
      const { code, out } = await typed(words, {});
      expect(code).toBe(0);
      expect(out).toContain('lienthong agency apply FILE|DIR');
      expect(out).toContain('lienthong agency unmapped AGENCY');
      expect(out).not.toContain('lienthong doctor');
      expect(out).not.toContain('lienthong apply');
    },
  );
});
