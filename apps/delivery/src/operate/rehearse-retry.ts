import { normalisedReason } from '#domain';
import { carryOn, loadParked, today, type ContractBook, type Database, type Operation, type Rehearsed } from '#ledger';
import { prepareDelivery, type Partner, type Tools } from '../deliver/attempt-delivery.js';
import { nameOf } from '../deliver/run-claims.js';
import type { Worker } from '../worker.js';

const BATCH = 100;
const MOST_NAMED = 20;

/** What a retry would send, counted by lanes. Reasons are without what differs between cases. */
interface RetryRehearsal {
  /** The item of the last attempt, once more. */
  same: number;
  /** Another one: the contract, its mapping or the case has changed. */
  changed: number;
  /** Nothing was sent before; now it can be. */
  first: number;
  unmappable: number;
  reasons: Record<string, number>;
  /** Case codes of some that changed. */
  examples: string[];
}

const nothing: RetryRehearsal = { same: 0, changed: 0, first: 0, unmappable: 0, reasons: {}, examples: [] };

export interface RehearseOffice {
  db: Database;
  worker: Worker;
  book: ContractBook;
  tools: Tools;
  partner(agency: string, version: string): Partner | undefined;
}

/** Maps what is parked by today's contract, as a retry would, and sends nothing. */
export class RehearseRetry {
  constructor(private readonly office: RehearseOffice) {}

  async batch(operation: Operation): Promise<Operation | undefined> {
    const { db, worker } = this.office;
    const parked = await loadParked(db, operation, BATCH);
    const counted = structuredClone({ ...nothing, ...(operation.result as Partial<RetryRehearsal> | null) });
    for (const one of parked) count(counted, one, await this.render(one));
    return carryOn(db, worker.id, operation.id, async () => ({
      cursor: parked.at(-1)?.lane.streamId ?? operation.cursor,
      done: parked.length,
      failed: 0,
      result: { ...counted },
      ended: parked.length < BATCH || operation.done + parked.length >= (operation.selection.atMost ?? Infinity),
    }));
  }

  private async render({ lane, bound }: Rehearsed): Promise<{ hash: string } | { reason: string }> {
    const { book, tools } = this.office;
    const now = book.version(lane.agencyId, today())?.validFrom;
    const version = bound ? (lane.contractVersion ?? now) : now;
    try {
      const by = version === undefined ? undefined : this.office.partner(lane.agencyId, version);
      if (!by) return { reason: 'no contract version reaches this agency' };
      const fresh = bound ? lane : { ...lane, revision: lane.revision + 1, contractVersion: null };
      const prepared = await prepareDelivery(fresh, by, tools, performance.now());
      if (!('step' in prepared)) return { hash: prepared.hash };
      return { reason: 'reason' in prepared.step ? prepared.step.reason : prepared.step.kind };
    } catch (error) {
      return { reason: `our side failed: ${nameOf(error)}` };
    }
  }
}

function count(
  counted: RetryRehearsal,
  { lane, lastHash }: Rehearsed,
  rendered: { hash: string } | { reason: string },
): void {
  if ('reason' in rendered) {
    counted.unmappable++;
    const reason = normalisedReason(rendered.reason);
    if (reason in counted.reasons || Object.keys(counted.reasons).length < MOST_NAMED)
      counted.reasons[reason] = (counted.reasons[reason] ?? 0) + 1;
  } else if (lastHash === null) counted.first++;
  else if (lastHash === rendered.hash) counted.same++;
  else {
    counted.changed++;
    if (counted.examples.length < MOST_NAMED) counted.examples.push(lane.caseCode);
  }
}
