import type { Held } from './run-claims.js';

/** The lanes that one desk holds, from their claim until their outcome is committed; some of them wait here for a place. */
export class DeskLanes {
  private readonly held = new Map<string, Held>();
  private readonly queue: Held[] = [];
  /** Others wait their turn in the ledger: the last claim found as many as it asked for. */
  backlog = true;
  /** The ledger may have a lane for this desk that no claim has looked for. */
  mayBeMore = false;

  get size(): number {
    return this.held.size;
  }

  /** Without a place yet. */
  get waiting(): number {
    return this.queue.length;
  }

  streams(): string[] {
    return [...this.held.keys()];
  }

  hold(held: Held): void {
    this.held.set(held.lane.streamId, held);
    this.queue.push(held);
  }

  first(): Held | undefined {
    return this.queue[0];
  }

  /** The next that leave: they stay held. */
  next(most: number): Held[] {
    return this.queue.splice(0, most);
  }

  /** Those among the waiting that won't leave: they stay held until that is committed. */
  withdraw(which: (held: Held) => boolean): Held[] {
    const waiting = this.queue.splice(0);
    this.queue.push(...waiting.filter((held) => !which(held)));
    return waiting.filter(which);
  }

  /** A fenced predecessor ends late: the entry may be a newer claim's by then. */
  letGo(held: Held): void {
    if (this.held.get(held.lane.streamId) === held) this.held.delete(held.lane.streamId);
  }
}
