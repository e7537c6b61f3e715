export interface Log {
  info(o: object, m: string): void;
  warn(o: object, m: string): void;
  error(o: object, m: string): void;
}

const MAX_TEXTS = 200;

/** Says the same sentence at most once in `everyMs`, with the number of times that it was left out since. */
export function seldom(log: Log, everyMs = 30_000): Log {
  const said = new Map<string, { at: number; leftOut: number }>();
  const limit = (say: (o: object, m: string) => void) => (o: object, m: string) => {
    const now = performance.now();
    const last = said.get(m);
    if (last && now - last.at < everyMs) {
      last.leftOut++;
      return;
    }
    if (said.size >= MAX_TEXTS) said.clear();
    said.set(m, { at: now, leftOut: 0 });
    say(last?.leftOut ? { ...o, leftOut: last.leftOut } : o, m);
  };
  return {
    info: limit((o, m) => log.info(o, m)),
    warn: limit((o, m) => log.warn(o, m)),
    error: limit((o, m) => log.error(o, m)),
  };
}

/** An error's own words, without its stack: kafkajs' and ioredis' texts carry addresses and codes, never a message's content. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  if (error instanceof Error) return error.message || error.name;
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
