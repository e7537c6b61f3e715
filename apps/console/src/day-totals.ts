import { acknowledgedAfter, lastAttemptBefore, lastStreamBefore, streamsAfter, today, type Database } from '#ledger';

/**
 * What was entered and acknowledged since midnight in Asia/Ho_Chi_Minh. Each look counts only what came since the one
 * before and the newest few thousand again, so that a late commit isn't missed and the day's length costs nothing.
 */
export class DayTotals {
  private day = '';
  private streams = { from: '0', count: 0 };
  private attempts = { from: '0', count: 0 };
  private readonly lastAcknowledged = new Map<string, Date>();

  constructor(private readonly db: Database) {}

  async look(now = new Date()): Promise<{ cases: number; acknowledged: number }> {
    if (this.day !== today(now)) await this.begin(today(now));
    const grown = await streamsAfter(this.db, this.streams.from);
    const cases = this.streams.count + grown.all;
    this.streams = { from: grown.settledTo, count: this.streams.count + grown.settled };
    return { cases, acknowledged: await this.lookAtAttempts() };
  }

  /** Since this process began or since midnight, whichever was earlier. */
  lastOf(agency: string): Date | null {
    return this.lastAcknowledged.get(agency) ?? null;
  }

  private async lookAtAttempts(): Promise<number> {
    let all = this.attempts.count;
    let { from } = this.attempts;
    for (const agency of await acknowledgedAfter(this.db, this.attempts.from)) {
      all += agency.all;
      from = agency.settledTo;
      this.attempts.count += agency.settled;
      if (agency.lastAcknowledged) this.lastAcknowledged.set(agency.agencyId, agency.lastAcknowledged);
    }
    this.attempts.from = from;
    return all;
  }

  private async begin(day: string): Promise<void> {
    const midnight = new Date(`${day}T00:00:00+07:00`);
    this.streams = { from: await lastStreamBefore(this.db, midnight), count: 0 };
    this.attempts = { from: await lastAttemptBefore(this.db, midnight), count: 0 };
    this.day = day;
  }
}
