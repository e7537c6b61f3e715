import type { ClaimedLane, Committed, ContractBook, Database, Direct } from '#ledger';
import type { Log } from '#service';
import type { Worker } from '../worker.js';
import type { Partner, Tools } from './attempt-delivery.js';
import type { OutcomeWriter } from './outcome-writer.js';

/** What the desks of one process share. */
export interface DeskOffice {
  db: Database;
  book: ContractBook;
  worker: Worker;
  writer: OutcomeWriter;
  tools: Tools;
  log: Log;
  /** The connector and contract by which this agency is reached; undefined where it has none today. */
  partner(agency: string, version: string): Partner | undefined;
  /** A lane went on a timer: somebody may wake it earlier than the sweeper. */
  onTimer(lane: ClaimedLane, committed: Committed): void;
}

export type DirectPlaces = NonNullable<ReturnType<Direct['places']['get']>>;
