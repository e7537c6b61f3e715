import { readAgencies, Reckoning, reconciledBy, today, type Database, type Reconciliation } from '#ledger';
import type { Log } from '#service';
import { Gauge, Histogram } from 'prom-client';
import type { KeptResults } from './kept-results.js';
import { BookUnreadable, readBook, readSubmitted } from './read-books.js';

const found = new Gauge({
  name: 'lienthong_reconciliation_found',
  help: 'What the last count found.',
  labelNames: ['what'],
});
const seconds = new Histogram({
  name: 'lienthong_reconciliation_seconds',
  help: 'Length of a count.',
  buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300],
});
const shown = [
  'expected',
  'delivered',
  'unverified',
  'waiting',
  'parked',
  'lost',
  'doubled',
  'doubted',
  'outOfOrder',
  'unknownAtHub',
  'brokenChains',
] as const;

/** `id` names the kept files. A count is made of all books or not at all: what wasn't read would look lost. */
export type Run =
  | { outcome: 'counted'; id: string; result: Reconciliation }
  | { outcome: 'book-unreadable'; agency: string; because: string };

/** Counts the partners' books against the ledger, one count at a time. */
export class RunReconciliation {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly results: KeptResults,
    private readonly log: Log,
  ) {}

  /** Begins after whatever is being counted now, so that it sees all that its caller has seen. */
  run(): Promise<Run> {
    const next = this.last.then(() => this.count());
    this.last = next.catch(() => undefined);
    return next;
  }

  private async count(): Promise<Run> {
    const end = seconds.startTimer();
    const agencies = await readAgencies(this.db);
    const reckoning = await Reckoning.begin(this.db);
    try {
      for (const agency of agencies) {
        let lastLine = 0;
        for (const { url, sends } of await reconciledBy(this.db, agency, today())) {
          const read = await this.load(reckoning, agency.id, {
            url,
            entersCases: sends.includes('case.received'),
            after: lastLine,
          });
          if (typeof read === 'string') return { outcome: 'book-unreadable', agency: agency.id, because: read };
          lastLine = read;
        }
      }
      const result = await reckoning.count();
      const { id } = await this.results.keep(result);
      for (const what of shown) found.set({ what }, result[what]);
      const took = end();
      this.log.info(
        {
          id,
          seconds: Math.round(took * 10) / 10,
          lost: result.lost,
          doubled: result.doubled,
          outOfOrder: result.outOfOrder,
        },
        'counted',
      );
      return { outcome: 'counted', id, result };
    } finally {
      reckoning.end();
    }
  }

  /** The last line's number, or why it can't be read. Lines of a later book of the same agency are numbered on. */
  private async load(
    reckoning: Reckoning,
    agency: string,
    { url, entersCases, after }: { url: string; entersCases: boolean; after: number },
  ): Promise<string | number> {
    let last = after;
    try {
      const lines = await readBook(url, (batch) => {
        last = after + batch.at(-1)!.n;
        return reckoning.addBookLines(
          agency,
          batch.map((line) => ({ ...line, n: after + line.n })),
        );
      });
      if (lines === undefined) return 'HTTP 404';
      await reckoning.hasBook(agency);
      if (entersCases) await readSubmitted(url, (batch) => reckoning.addSubmitted(agency, batch));
      return last;
    } catch (error) {
      const code = (error as { code?: unknown } | null)?.code;
      const because = error instanceof BookUnreadable ? error.message : undefined;
      if (because === undefined && (typeof code !== 'string' || !/^(E[A-Z]|UND_ERR)/.test(code))) throw error;
      this.log.warn({ agency, because: because ?? code }, 'a book could not be read');
      return because ?? (code as string);
    }
  }
}
