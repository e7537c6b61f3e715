import { createHash } from 'node:crypto';

/** A partner that never says that there is no more. */
const MOST_PAGES = 1_000;

/**
 * One walk over a partner's pages. It ends where the partner goes round in circles: a cursor that stands still or comes
 * back, the same page again, too many pages. What was read of them is entered all the same; only asking at once ends.
 */
export class Walk {
  private readonly cursors = new Set<string>();
  private lastPage: string | undefined;
  private pages = 0;

  /** Whether there is reason to ask for `next` at once. */
  goesOn(asked: string | undefined, next: string | undefined, rows: readonly unknown[]): boolean {
    const page = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
    const isSamePage = rows.length > 0 && page === this.lastPage;
    this.lastPage = page;
    this.pages += 1;
    if (asked !== undefined) this.cursors.add(asked);
    const isStuck = next === undefined || this.cursors.has(next) || isSamePage;
    return !isStuck && this.pages < MOST_PAGES;
  }
}
