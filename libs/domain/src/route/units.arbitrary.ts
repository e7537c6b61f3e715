import fc from 'fast-check';
import { dayAfter, type RouteUnit } from './units.js';

const LEVELS = ['commune', 'district', 'province'] as const;
/** Reorganisations happen on these days; the units of one generation end on the day before. */
const ENDS = ['2020-12-31', '2025-06-30', '2026-04-29'] as const;
const PROCEDURES = ['1.000001', '1.000002', '1.000003'] as const;
const FIELDS = ['F1', 'F2'] as const;

export const procedures = fc.constantFrom(...PROCEDURES);
/** Each procedure's field, as routes say it. */
export const fieldOf = (procedure: string): string | undefined =>
  procedure === PROCEDURES[0] ? undefined : FIELDS[procedure === PROCEDURES[1] ? 0 : 1];
/** Any day, and often a unit's last or the day after. */
export const days = fc.oneof(
  fc
    .integer({ min: 0, max: 4_000 })
    .map((n) => new Date(Date.parse('2018-01-01') + n * 86_400_000).toISOString().slice(0, 10)),
  fc.constantFrom(...ENDS, ...ENDS.map(dayAfter)),
);

interface Draw {
  counts: number[][];
  picks: number[];
}

/** Generations of units: each that ends is succeeded by some of the next, split by procedure and field, the last one taking the rest. */
export const generations: fc.Arbitrary<RouteUnit[]> = fc
  .record({
    counts: fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 4,
    }),
    picks: fc.array(fc.nat(1_000), { minLength: 60, maxLength: 60 }),
  })
  .map(build);

function build({ counts, picks }: Draw): RouteUnit[] {
  let next = 0;
  const pick = (among: number): number => picks[next++ % picks.length]! % among;
  const code = (g: number, l: number, n: number): string => `G${g}.L${l}.N${n}`;
  return counts.flatMap((levels, g) =>
    levels.flatMap((count, l) =>
      Array.from({ length: count }, (_, n): RouteUnit => {
        const isLast = g === counts.length - 1;
        const successors = isLast ? 0 : 1 + pick(3);
        return {
          code: code(g, l, n),
          name: code(g, l, n),
          level: LEVELS[l]!,
          agency: `a${pick(6)}`,
          validFrom: g === 0 ? '2018-01-01' : dayAfter(ENDS[g - 1]!),
          ...(l < 2 ? { within: code(g, l + 1, pick(levels[l + 1]!)) } : {}),
          ...(isLast
            ? {}
            : {
                validUntil: ENDS[g]!,
                succeededBy: Array.from({ length: successors }, (_, s) => ({
                  unit: code(g + 1, l, pick(counts[g + 1]![l]!)),
                  ...(s === successors - 1
                    ? {}
                    : pick(2) === 0
                      ? { procedures: [PROCEDURES[pick(3)]!] }
                      : { fields: [FIELDS[pick(2)]!] }),
                })),
              }),
        };
      }),
    ),
  );
}
