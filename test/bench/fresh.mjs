import { freshDatabase } from '../../dist/libs/ledger/src/testing/fresh-database.js';

/** A database and a namespace of a bench's own; `end` drops the database. */
export async function fresh() {
  const database = await freshDatabase();
  return { url: database.url, namespace: `bench${process.pid}x${Date.now().toString(36)}`, end: () => database.drop() };
}

export const quiet = { info() {}, warn() {}, error: (o, m) => console.error(m, o) };

/** The p-th percentile of numbers, p in [0, 100]. */
export function percentile(numbers, p) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? NaN;
}

export const round = (n, digits = 1) => Number(n.toFixed(digits));

/** One figure beside its reference, measured in the same run. */
export function figure(name, value, unit, references, goal, met) {
  const reference = Object.fromEntries(Object.entries(references).map(([k, v]) => [k, round(v)]));
  const ratio = Object.fromEntries(Object.entries(references).map(([k, v]) => [k, round(value / v, 3)]));
  return { figure: name, value: round(value), unit, reference, ratio, goal, met };
}
