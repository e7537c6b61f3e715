interface Due {
  at: number;
  order: number;
  act: () => void;
}

/** What is to happen, in order of its time; what is due at the same moment, in the order it was noted. */
export class Agenda {
  now = 0;
  private order = 0;
  private readonly heap: Due[] = [];

  after(delay: number, act: () => void): void {
    this.push({ at: this.now + Math.max(0, Math.round(delay)), order: this.order++, act });
  }

  /** False: nothing is due any more before `end`. */
  step(end: number): boolean {
    const next = this.heap[0];
    if (!next || next.at > end) return false;
    this.pop();
    this.now = next.at;
    next.act();
    return true;
  }

  private push(due: Due): void {
    const { heap } = this;
    heap.push(due);
    for (let i = heap.length - 1; i > 0;) {
      const up = (i - 1) >> 1;
      if (!isBefore(heap[i]!, heap[up]!)) return;
      [heap[i], heap[up]] = [heap[up]!, heap[i]!];
      i = up;
    }
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let first = i;
      if (left < heap.length && isBefore(heap[left]!, heap[first]!)) first = left;
      if (right < heap.length && isBefore(heap[right]!, heap[first]!)) first = right;
      if (first === i) return;
      [heap[i], heap[first]] = [heap[first]!, heap[i]!];
      i = first;
    }
  }
}

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
