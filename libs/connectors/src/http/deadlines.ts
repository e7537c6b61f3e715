/** Something that must be over by `due` (performance.now), which may come nearer or move away. */
export interface Bounded {
  readonly due: number;
  /** Its place among those under way; kept by Deadlines, -1 outside. */
  place: number;
  /** Ends it. */
  tooLate(): void;
}

/** setTimeout fires at once for anything longer. */
const longestTimer = 2 ** 31 - 1;

/**
 * One timer for all exchanges with a partner: a timer for each costs more than all else that we add to a request. An
 * array, since a Set that is added to and deleted from for ever keeps what it held alive until the next full collection.
 */
export class Deadlines {
  private readonly running: Bounded[] = [];
  private timer: NodeJS.Timeout | undefined;
  private next = Infinity;

  /** To be called again when its time has come nearer. */
  watch(one: Bounded): void {
    if (one.place < 0) one.place = this.running.push(one) - 1;
    if (one.due < this.next) this.wakeAt(one.due);
  }

  forget(one: Bounded): void {
    const { place } = one;
    const last = this.running.at(-1);
    if (place < 0 || last === undefined) return;
    this.running.pop();
    if (last !== one) {
      this.running[place] = last;
      last.place = place;
    }
    one.place = -1;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.next = Infinity;
  }

  /** Keeps no process alive: what is under way has a socket that does. */
  private wakeAt(due: number): void {
    clearTimeout(this.timer);
    this.next = due;
    const wait = Math.min(Math.max(Math.ceil(due - performance.now()), 1), longestTimer);
    this.timer = setTimeout(() => this.sweep(), wait).unref();
  }

  private sweep(): void {
    const now = performance.now();
    for (const one of this.running.filter(({ due }) => due <= now)) one.tooLate();
    this.next = Infinity;
    let next = Infinity;
    for (const { due } of this.running) next = Math.min(next, due);
    if (next < Infinity) this.wakeAt(next);
  }
}
