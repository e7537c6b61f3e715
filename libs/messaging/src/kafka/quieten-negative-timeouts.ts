let done = false;

/** kafkajs 2.2.4 sets a timer in the past after every request. It runs at once, as meant, but Node 24 warns of it. */
export function quietenNegativeTimeouts(): void {
  if (done) return;
  done = true;
  const emitWarning = process.emitWarning.bind(process) as (...of: unknown[]) => void;
  process.emitWarning = (...of: unknown[]): void => {
    if (of[1] === 'TimeoutNegativeWarning' && new Error().stack?.includes('kafkajs')) return;
    emitWarning(...of);
  };
}
