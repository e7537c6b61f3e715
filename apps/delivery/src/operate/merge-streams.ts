import {
  carryOn,
  followMerges,
  mergeStreams,
  streamsToMerge,
  type Database,
  type MergeStep,
  type Operation,
  type Unmergeable,
} from '#ledger';
import type { Log } from '#service';
import type { Worker } from '../worker.js';
import { nameOf } from '../deliver/run-claims.js';
import { CantBeDone } from './cant-be-done.js';

export interface MergeOffice {
  db: Database;
  worker: Worker;
  log: Log;
  /** Everything that these streams have. */
  plan(streams: readonly string[]): Promise<void>;
}

/** Two codes found to be one case: made one by the first step; then each agency's lane is let go once the loser's has drained there. */
export class MergeStreams {
  constructor(private readonly office: MergeOffice) {}

  /** What comes between the plan and the locks is planned at the next try. */
  async batch(operation: Operation): Promise<Operation | undefined | 'not-now'> {
    const { db, worker, log } = this.office;
    try {
      await this.office.plan(await streamsToMerge(db, operation));
    } catch (error) {
      // Others' operations don't wait for a case that can't be planned just now.
      log.warn({ operation: operation.id, error: nameOf(error) }, 'a merge waits: its streams could not be planned');
      return 'not-now';
    }
    let step: MergeStep | undefined;
    const after = await carryOn(db, worker.id, operation.id, async (client, locked) => {
      const did = await mergeStreams(client, locked);
      step = did.step;
      return did.batch;
    });
    if (!after || step!.outcome === 'merged') return after;
    if (step!.outcome === 'unplanned') return 'not-now';
    throw new CantBeDone(whyNot(step as Unmergeable));
  }

  /** The agencies that got work. */
  follow(): Promise<Set<string>> {
    return followMerges(this.office.db);
  }
}

function whyNot(found: Unmergeable): string {
  switch (found.outcome) {
    case 'unknown-case':
      return `no case has the code ${found.code}`;
    case 'same-case':
      return 'both codes are the same case';
    case 'already-merged':
      return `it was merged into ${found.into} before`;
    case 'other-kind':
      return `a ${found.loser} and a ${found.survivor} can't be one`;
    case 'other-procedure':
      return `procedures ${found.loser} and ${found.survivor} can't be one case`;
  }
}
