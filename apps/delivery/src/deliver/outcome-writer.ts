import { commitOutcomes, isContention, isUnavailable, type Committed, type Database, type Outcome } from '#ledger';
import type { Log } from '#service';
import type { Worker } from '../worker.js';

const AT_ONCE = 500;
const AFTER_FAILURE_MS = 200;
/** So few outcomes, after none of which a lane went on, are worth a moment: those to come leave with them. */
const FEW = 32;
const TOGETHER_MS = 5;

interface Waiting {
  outcome: Outcome;
  settle: (written: Written) => void;
}

export interface Written {
  /** Undefined: fenced. The answer came too late, the lane belongs to somebody else and asks the partner itself. */
  committed: Committed | undefined;
  /** Monotonic, ms: before the statement left that also claimed the lane's next delivery. */
  sentAt: number;
}

/**
 * Commits outcomes in micro-batches: a batch leaves as soon as the one before has committed, or a moment later where no lane
 * waits for it. While PostgreSQL is away
 * outcomes wait here, bounded by the slots; the fence, not the clock, decides whether they still count.
 */
export class OutcomeWriter {
  private readonly waiting: Waiting[] = [];
  private writing = false;
  /** The last batch was small, and nothing went on by it. */
  private quiet = false;

  constructor(
    private readonly db: Database,
    private readonly worker: Worker,
    private readonly log: Log,
  ) {}

  commit(outcome: Outcome): Promise<Written> {
    return new Promise((settle) => {
      this.waiting.push({ outcome, settle });
      if (!this.writing) void this.write();
    });
  }

  private async write(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      // What ends in this turn of the loop leaves together.
      await new Promise((resolve) => (this.quiet ? setTimeout(resolve, TOGETHER_MS) : setImmediate(resolve)));
      const batch = this.waiting.splice(0, AT_ONCE);
      const { committed, sentAt } = await this.writeUntilDone(batch.map((w) => w.outcome));
      this.quiet = batch.length < FEW && committed.every(({ next }) => next === null);
      const byClaim = new Map(committed.map((c) => [`${c.agencyId}/${c.streamId}/${c.claim}`, c]));
      for (const { outcome, settle } of batch) {
        const found = byClaim.get(`${outcome.agencyId}/${outcome.streamId}/${outcome.claim}`);
        if (!found)
          this.log.warn(
            { agency: outcome.agencyId, stream: outcome.streamId, claim: outcome.claim },
            'late answer: the claim is no longer ours',
          );
        settle({ committed: found, sentAt });
      }
    }
    this.writing = false;
  }

  private async writeUntilDone(given: Outcome[]): Promise<{ committed: Committed[]; sentAt: number }> {
    let outcomes = given;
    for (;;) {
      const sentAt = performance.now();
      try {
        return { committed: await commitOutcomes(this.db, this.worker.id, outcomes), sentAt };
      } catch (error) {
        const code = (error as { code?: string }).code ?? 'unknown';
        if (!isUnavailable(error) && !isContention(error)) {
          // Not the database's state but this batch: one bad outcome must not hold the others.
          if (outcomes.length > 1) {
            const each = await Promise.all(outcomes.map((o) => this.writeUntilDone([o])));
            return { committed: each.flatMap((one) => one.committed), sentAt };
          }
          this.log.error(
            { code, agency: outcomes[0]?.agencyId, stream: outcomes[0]?.streamId },
            'outcome not writable: recorded as doubt',
          );
          // Not even a doubt can be written: a bug. The process ends, and the reaper puts the lanes in doubt.
          if (outcomes[0]?.reason === UNWRITABLE) throw error;
          outcomes = outcomes.map(asDoubt);
          continue;
        }
        this.log.warn({ code }, 'outcomes wait for PostgreSQL');
        await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE_MS));
      }
    }
  }
}

const UNWRITABLE = 'its outcome could not be written';

/** The least that can be said of an outcome that PostgreSQL refuses to store. */
const asDoubt = (outcome: Outcome): Outcome => ({
  ...outcome,
  kind: 'doubt',
  inDoubt: true,
  operation: null,
  itemHash: null,
  goOn: null,
  probe: null,
  body: null,
  owner: 'ours',
  reason: UNWRITABLE,
  fingerprint: null,
  attempts: [],
});
