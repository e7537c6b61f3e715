/** Doubles from `first` up to `atMost`, less up to a third at random so that instances don't come back together. */
export function backOff(failures: number, first: number, atMost: number): number {
  const full = Math.min(atMost, first * 2 ** Math.min(failures, 30));
  return Math.round(full * (1 - Math.random() / 3));
}

/** Ends early, without an error, when `signal` fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}

/** True when `work` settled in time, whichever way. Never rejects; ends early when `signal` fires. */
export async function settlesWithin(ms: number, work: Promise<unknown>, signal?: AbortSignal): Promise<boolean> {
  const done = new AbortController();
  const late = pause(ms, signal ? AbortSignal.any([signal, done.signal]) : done.signal).then(() => false);
  const settled = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([settled, late]);
  done.abort();
  return inTime;
}
