import { describe, expect, it } from '@jest/globals';
import { WaitForNews } from './wait-for-news.js';

const stays = new AbortController().signal;
const isNews = (n: number): boolean => n > 0;

/** A feed of numbers, and how often it was looked at. */
function feed(): { value: number; looks: number; read: () => Promise<number> } {
  const of = { value: 0, looks: 0, read: () => (of.looks++, Promise.resolve(of.value)) };
  return of;
}

describe('a reader who waits', () => {
  it('is answered at once where there is news, and without waiting where it asks for none', async () => {
    const [news, of] = [new WaitForNews(), feed()];
    expect(await news.until('a', { ms: 0, gone: stays }, of.read, isNews)).toBe(0);
    of.value = 3;
    expect(await news.until('a', { ms: 30_000, gone: stays }, of.read, isNews)).toBe(3);
    expect(of.looks).toBe(2);
  });

  it('looks again when its feed is rung and not when another’s is', async () => {
    const [news, of] = [new WaitForNews(), feed()];
    const waiting = news.until('a', { ms: 30_000, gone: stays }, of.read, isNews);
    await Promise.resolve();
    news.rung(['b']);
    await new Promise(setImmediate);
    expect(of.looks).toBe(1);
    of.value = 1;
    news.rung(['a']);
    expect(await waiting).toBe(1);
    expect(of.looks).toBe(2);
  });

  it('misses no ring that comes while it looks', async () => {
    const news = new WaitForNews();
    let looks = 0;
    const read = async (): Promise<number> => {
      // Appended and rung after this look saw nothing, before it is known to wait.
      if (++looks === 1) news.rung(['a']);
      return looks - 1;
    };
    const began = performance.now();
    expect(await news.until('a', { ms: 30_000, gone: stays }, read, isNews)).toBe(1);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('is answered with what there is when its time is over, when it has hung up, and when the hub ends', async () => {
    const [news, of, gone] = [new WaitForNews(), feed(), new AbortController()];
    expect(await news.until('a', { ms: 5, gone: stays }, of.read, isNews)).toBe(0);
    const hungUp = news.until('a', { ms: 30_000, gone: gone.signal }, of.read, isNews);
    gone.abort();
    expect(await hungUp).toBe(0);
    const last = news.until('a', { ms: 30_000, gone: stays }, of.read, isNews);
    let isLeft = false;
    const closed = news.close().then(() => (isLeft = true));
    expect(isLeft).toBe(false);
    expect(await last).toBe(0);
    await closed;
    expect(await news.until('a', { ms: 30_000, gone: stays }, of.read, isNews)).toBe(0);
  });
});
