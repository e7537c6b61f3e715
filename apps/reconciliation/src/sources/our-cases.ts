import type { OurCase } from '#ledger';
import type { Range } from '#wire';

/** Ours of a range, batch by batch. */
export type OurCases = (range: Range) => AsyncIterable<readonly OurCase[]>;
