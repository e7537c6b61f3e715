import type { Compared } from '#wire';

import type { Arrival, OwnAct, Written } from '../stand-in/book.js';
import { byKeyBytes, type Standing, type StandingBooks } from './standing.js';

type Line = Written<Arrival | OwnAct>;

/** Of a case that somebody changed behind everybody's back: what is said of it instead, and how many lines it has. */
export interface Falsifiable {
  code: string;
  falsified?: { fields?: Compared; copies?: number } | undefined;
}

/** One change of a partner's books. `key` is the case as it stood. */
export type Change =
  | { do: 'drop'; key: string }
  | { do: 'add'; key: string; like: string; fields: Compared }
  | { do: 'rename'; key: string; to: string }
  | { do: 'set'; key: string; fields: Compared }
  | { do: 'double'; key: string };

export interface ShowLines<C extends Falsifiable> {
  agency: string;
  cases: Map<string, C>;
  /** What the case says, before anybody changed it; undefined: it is none that the partner lists. */
  show: (held: C) => Omit<Standing, 'key'> | undefined;
  /** Puts what it can into the case itself, so that its own protocol says the same, and returns the rest. */
  put: (held: C, fields: Compared) => Compared;
  /** Puts it into the book and lets the cases take it. */
  write: (act: OwnAct) => void;
}

const operation = 'falsified';
const undone = 'falsified-undone';

/** A stand-in's cases as lines, and false ones among them. What is changed is a line of its book, so a restart keeps it. */
export class FalsifiableLines<C extends Falsifiable> implements StandingBooks {
  version = 0;
  private shown: { version: number; days: Map<string, Standing[]> } | undefined;
  /** Cases that were made false, as they stood; and those of them of which something has arrived since. */
  private readonly before = new Map<string, C | undefined>();
  private readonly arrived = new Set<string>();

  constructor(private readonly how: ShowLines<C>) {}

  days(): readonly string[] {
    return [...this.byDay().keys()];
  }

  ofDay(day: string): readonly Standing[] {
    return this.byDay().get(day) ?? [];
  }

  get(key: string): Standing[] {
    const held = this.how.cases.get(key);
    return held ? this.linesOf(held) : [];
  }

  all(): Standing[] {
    return [...this.byDay().values()].flat();
  }

  /** Keys that stand falsely now, as they are written there. */
  touched(): string[] {
    return [...this.before.keys()].filter((key) => !this.arrived.has(key) || this.how.cases.get(key)?.falsified).sort();
  }

  change(changes: readonly Change[]): void {
    for (const change of changes)
      this.how.write({ agency: this.how.agency, operation, code: change.key, effect: 'own', kept: { change } });
  }

  /** Puts back what hasn't arrived anew since. */
  undo(): number {
    const count = this.touched().length;
    this.how.write({ agency: this.how.agency, operation: undone, code: '', effect: 'own' });
    return count;
  }

  /** Told of every line of the book first; true: that was all there is to it. */
  take(line: Line): boolean {
    this.version += 1;
    if (line.effect === 'applied' && this.before.has(line.code)) this.arrived.add(line.code);
    if (line.effect !== 'own') return false;
    if (line.operation === operation) this.apply((line.kept as { change: Change }).change);
    else if (line.operation === undone) this.restore();
    else return false;
    return true;
  }

  private apply(change: Change): void {
    const { cases } = this.how;
    const held = cases.get(change.do === 'add' ? change.like : change.key);
    if (!held) return;
    const put = (key: string, value: C | undefined): void => {
      if (!this.before.has(key)) this.before.set(key, cases.get(key));
      if (value) cases.set(key, value);
      else cases.delete(key);
    };
    const copy = (code: string, fields: Compared = {}): C => {
      const changed = { ...structuredClone(held), code };
      // A paper that is made from the case would be another with another code or number: what was handed over stays what it was.
      const isRemade = code !== held.code || fields.resultNumber !== undefined;
      const paper = isRemade ? this.how.show(held)?.fields.resultFile : null;
      const rest = this.how.put(changed, paper ? { resultFile: paper, ...fields } : fields);
      changed.falsified = { ...held.falsified, fields: { ...held.falsified?.fields, ...rest } };
      return changed;
    };
    switch (change.do) {
      case 'drop':
        return put(change.key, undefined);
      case 'add':
        return put(change.key, copy(change.key, change.fields));
      case 'rename':
        put(change.to, copy(change.to));
        return put(change.key, undefined);
      case 'double':
        return put(change.key, { ...copy(change.key), falsified: { ...held.falsified, copies: 2 } });
      case 'set':
        return put(change.key, copy(change.key, change.fields));
    }
  }

  private restore(): void {
    for (const [key, held] of this.before) {
      const now = this.how.cases.get(key);
      if (this.arrived.has(key)) {
        if (now) now.falsified = undefined;
      } else if (held) this.how.cases.set(key, held);
      else this.how.cases.delete(key);
    }
    this.before.clear();
    this.arrived.clear();
  }

  private byDay(): Map<string, Standing[]> {
    if (this.shown?.version === this.version) return this.shown.days;
    const lines = [...this.how.cases.values()].flatMap((held) => this.linesOf(held));
    const days = Map.groupBy(lines.sort(byKeyBytes), ({ receivedOn }) => receivedOn);
    const sorted = new Map([...days].sort(([one], [other]) => (one < other ? -1 : 1)));
    this.shown = { version: this.version, days: sorted };
    return sorted;
  }

  private linesOf(held: C): Standing[] {
    const shown = this.how.show(held);
    if (!shown) return [];
    const { receivedOn, fields } = shown;
    const { fields: instead = {}, copies = 1 } = held.falsified ?? {};
    const line = { key: held.code, receivedOn: instead.receivedOn ?? receivedOn, fields: { ...fields, ...instead } };
    return Array.from({ length: copies }, () => ({ ...line }));
  }
}
