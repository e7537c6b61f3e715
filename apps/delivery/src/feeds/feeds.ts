import type { AppendToFeed } from '#connectors';
import { durationMs } from '#domain';
import { appendToFeed, clearFeed, today, type ContractBook, type Database } from '#ledger';
import type { Bell } from '#messaging';

/** How long an event stays readable where the agency's file doesn't say. */
const USUAL_KEEP = '90d';

/** Agencies' feeds from the side that fills them: readers who wait are told, and what has stood long enough is forgotten. */
export class Feeds {
  constructor(
    private readonly db: Database,
    private readonly book: Pick<ContractBook, 'all' | 'version'>,
    private readonly bell: Pick<Bell, 'ring' | 'close'>,
  ) {}

  /** Rung after the commit: a reader who looks then finds it. */
  append: AppendToFeed = async (agency, events) => {
    const outcomes = (await appendToFeed(this.db, agency, events)).map(({ outcome }) => outcome);
    if (outcomes.includes('appended')) this.bell.ring([agency]);
    return outcomes;
  };

  /** Every process does it; the counter's row lets one through at a time. An agency that has left `feed` keeps what it has. */
  async clear(): Promise<void> {
    for (const { id } of this.book.all()) {
      const contract = this.book.version(id, today());
      if (contract?.protocol !== 'feed') continue;
      const keepMs = durationMs(contract.consumes?.keep ?? USUAL_KEEP);
      while ((await clearFeed(this.db, id, keepMs)) > 0);
    }
  }

  close(): Promise<void> {
    return this.bell.close();
  }
}
