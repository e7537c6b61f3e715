import type { LookUp, Reply } from '#domain';
import type { Circumstances } from './circumstances.js';

export interface Item {
  stream: number;
  sequence: number;
  revision: number;
  letter: string;
  asUpdate: boolean;
}

interface Applied {
  sequence: number;
  revision: number;
}

interface Book {
  /** Each item that had an effect, in order, repeats at a partner without keys included. */
  applied: Applied[];
  /** The full state that it stands on. */
  state: number;
  holdsResult: boolean;
}

/** A full state's content: two events may say the same. */
export const valueOf = (sequence: number): number => sequence % 3;

/** A partner system with its own book. */
export class Partner {
  private readonly books = new Map<number, Book>();
  private is: Circumstances['partner'];

  constructor(is: Circumstances['partner']) {
    this.is = is;
  }

  /** Whatever it minded before, it takes from now on. */
  mindsNothing(): void {
    this.is = { ...this.is, refuses: new Set(), refusesRepeats: false };
  }

  book(stream: number): Book {
    let book = this.books.get(stream);
    if (!book) this.books.set(stream, (book = { applied: [], state: 0, holdsResult: false }));
    return book;
  }

  holds(stream: number, sequence: number, revision?: number): boolean {
    return this.book(stream).applied.some(
      (a) => a.sequence === sequence && (revision === undefined || a.revision === revision),
    );
  }

  take(item: Item): Reply {
    const { stream, sequence, revision, letter } = item;
    const isRepeat = this.holds(stream, sequence, revision);
    if (isRepeat && this.is.hasKeys && !item.asUpdate)
      return this.is.refusesRepeats ? { kind: 'refused', reason: 'again?' } : { kind: 'already-held' };
    if (!isRepeat && revision === 1 && this.is.refuses.has(`${stream}/${sequence}`))
      return { kind: 'refused', reason: 'data' };
    if (isRepeat && this.is.hasKeys) return { kind: 'accepted' };
    const book = this.book(stream);
    book.applied.push({ sequence, revision });
    if (letter === 'F') book.state = sequence;
    if (letter === 'Q') book.holdsResult = true;
    if (letter === 'R') book.holdsResult = false;
    return { kind: 'accepted' };
  }

  /** `acknowledged`: the newest full state before it that it has acknowledged; a state proves one way only. */
  lookUp({ stream, sequence, revision, letter }: Item, acknowledged: number): LookUp {
    if (this.is.lookUp === 'event') return { kind: this.holds(stream, sequence, revision) ? 'held' : 'not-held' };
    const { state } = this.book(stream);
    if (letter !== 'F' || state === 0 || valueOf(state) !== valueOf(sequence)) return { kind: 'unknown' };
    return acknowledged > 0 && valueOf(acknowledged) === valueOf(sequence) ? { kind: 'unknown' } : { kind: 'held' };
  }
}
