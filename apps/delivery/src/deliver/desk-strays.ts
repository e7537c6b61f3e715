import { freeStrays, type ClaimedLane } from '#ledger';
import type { DeskLanes } from './desk-lanes.js';
import type { DeskOffice } from './desk-office.js';

const MOST_REMEMBERED = 10_000;

/** Lanes that the ledger gives to this worker and this desk knows nothing of: the answer to their claim was lost on the way. */
export class DeskStrays {
  /** While it lasts, it isn't known yet whether a claim was taken for a stray: who comes with one waits for it. */
  freeing: Promise<void> | undefined;
  private readonly freed = new Set<string>();
  private freedUnheardAt = 0;

  constructor(
    private readonly agency: string,
    private readonly office: DeskOffice,
    private readonly lanes: DeskLanes,
  ) {}

  /** Their lanes take their turn again. */
  async free(): Promise<void> {
    const { db, worker, log } = this.office;
    this.freeing = freeStrays(db, worker.id, this.agency, this.lanes.streams())
      .then((freed) => {
        for (const { streamId, claim } of freed) this.freed.add(`${streamId}/${claim}`);
        while (this.freed.size > MOST_REMEMBERED) this.freed.delete(this.freed.values().next().value!);
        if (freed.length === 0) return;
        this.lanes.mayBeMore = true;
        log.warn({ agency: this.agency, lanes: freed.length }, 'gave back lanes whose claim never arrived');
      })
      .catch(() => void (this.freedUnheardAt = performance.now()))
      .finally(() => (this.freeing = undefined));
    await this.freeing;
  }

  /** Taken for a stray, or perhaps: the answer that would say so was lost. Then it is one now, and is freed the next time. */
  mayBeFreed(lane: ClaimedLane, startedAt: number): boolean {
    return this.freed.delete(`${lane.streamId}/${lane.claim}`) || startedAt < this.freedUnheardAt;
  }
}
