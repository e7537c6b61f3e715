import {
  carryOn,
  closeBatch,
  failOperation,
  leaveOperations,
  resendBatch,
  retryBatch,
  takeOperations,
  type Database,
  type Operation,
} from '#ledger';
import type { Log } from '#service';
import { nameOf } from '../deliver/run-claims.js';
import type { Worker } from '../worker.js';
import { CantBeDone } from './cant-be-done.js';
import type { MergeStreams } from './merge-streams.js';
import type { RehearseRetry } from './rehearse-retry.js';
import type { ReplayLanes } from './replay-lanes.js';

/** Lanes of one transaction: short enough that no claim waits long for the locks. */
const BATCH = 200;

export interface OperationsOffice {
  db: Database;
  worker: Worker;
  log: Log;
  rehearse: RehearseRetry;
  replay: ReplayLanes;
  merge: MergeStreams;
  /** Lanes of these agencies wait their turn. */
  kick(agencies: Iterable<string>): void;
}

/**
 * Carries out what operators ordered, a batch of each in turn. Any process may; a batch commits together with the place it
 * reached, so that whoever goes on after a crash neither repeats nor skips one, and a cancel holds from the next batch on.
 */
export class CarryOutOperations {
  private stopped = false;

  constructor(private readonly office: OperationsOffice) {}

  /** Until nothing can be done at the moment. */
  async round(): Promise<void> {
    const { db, worker, merge } = this.office;
    this.office.kick(await merge.follow());
    while (!this.stopped && worker.isAlive()) {
      const operations = await takeOperations(db, worker.id);
      let moved = false;
      for (const operation of operations) if (!this.stopped) moved = (await this.step(operation)) || moved;
      if (!moved) return;
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await leaveOperations(this.office.db, this.office.worker.id).catch(() => undefined);
  }

  /** True: it may go on at once. */
  private async step(operation: Operation): Promise<boolean> {
    const { db, worker, log } = this.office;
    try {
      const after = await this.batch(operation);
      if (after === 'not-now') return false;
      if (after && after.kind !== 'merge') this.office.kick([after.agencyId]);
      if (after?.state === 'done')
        log.info({ operation: after.id, kind: after.kind, done: after.done, failed: after.failed }, 'operation done');
      return after?.state === 'running';
    } catch (error) {
      if (error instanceof CantBeDone) await failOperation(db, worker.id, operation.id, error.message);
      // Tried again in the next round: what fails on our side holds up no other operation.
      else log.warn({ operation: operation.id, kind: operation.kind, error: nameOf(error) }, 'an operation failed');
      return false;
    }
  }

  private batch(operation: Operation): Promise<Operation | undefined | 'not-now'> {
    const { db, worker } = this.office;
    switch (operation.kind) {
      case 'retry':
        return carryOn(db, worker.id, operation.id, (client, locked) => retryBatch(client, locked, BATCH));
      case 'close':
        return carryOn(db, worker.id, operation.id, (client, locked) => closeBatch(client, locked, BATCH));
      case 'resend':
        return carryOn(db, worker.id, operation.id, (client, locked) => resendBatch(client, locked, BATCH));
      case 'rehearse':
        return this.office.rehearse.batch(operation);
      case 'replay':
      case 'rehearse-replay':
        return this.office.replay.batch(operation);
      case 'merge':
        return this.office.merge.batch(operation);
      default:
        throw new CantBeDone(`no delivery process carries out "${operation.kind}"`);
    }
  }
}
