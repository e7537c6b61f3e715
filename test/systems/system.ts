import type { World } from './world.js';

export const kinds = ['submission', 'refusal', 'lost-answer', 'change-of-direction', 'reconciled'] as const;
export type Kind = (typeof kinds)[number];
/** `out`: what the hub brings to this system. `in`: what this system reports to the hub, seen where it ends. */
type Direction = 'out' | 'in';

export interface Counted {
  sent: number;
  /** By the book of the system where it ends, never by the hub's own word. */
  delivered: number;
  /** Missing there, there more than once, or there without anybody having sent it. */
  discrepancies: number;
}

export interface Row extends Counted {
  system: string;
  kind: Kind;
  direction: Direction;
  milliseconds: number;
}

export interface Step<W> {
  kind: Kind;
  direction: Direction;
  /** What is done and whose book is read, for docs/systems.md. */
  what: string;
  run: (world: W, cases: number) => Promise<Counted>;
}

/** One connected system: what it is, and each thing that must work with it. */
export interface System<W extends World = World> {
  id: string;
  what: { vi: string; en: string };
  protocol: string;
  /** The agency file, as it stands in the repository. */
  file: string;
  agency: string;
  /** Whether its contract names a book that `reconcile run` reads; else the run's own books are compared. */
  steps: readonly Step<W>[];
  /** Kinds without a row, and why this system can't have them. */
  without: Partial<Record<Kind, string>>;
}
