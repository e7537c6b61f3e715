import type { CrossRead } from './cross-read.js';

/** One of the architecture's numbered invariants: what breaks it, each in words that lead to the place. */
export interface Invariant {
  number: number;
  name: string;
  check: (read: CrossRead) => string[];
  /** Whether this run has anything that could break it. Default: every run has. */
  isTried?: (read: CrossRead) => boolean;
}

export interface Unchecked {
  number: number;
  name: string;
  why: string;
}
