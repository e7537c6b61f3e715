import { setTimeout as pause } from 'node:timers/promises';
import { migrate, type ContractBook } from '#ledger';
import type { Log } from '#service';
import { codeOf } from '../code-of.js';

const AGAIN_MS = 1_000;

/** Schema and contracts, as soon as PostgreSQL is there: until then the process serves HTTP and says that it isn't ready. */
export async function openLedger(
  databaseUrl: string,
  book: ContractBook,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await migrate(databaseUrl);
      await book.start();
      return;
    } catch (error) {
      log.warn({ code: codeOf(error) }, 'the ledger can’t be opened yet; trying on');
      await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
