import { dayOf } from '../stand-in/real-dates.js';
import type { CounterCases } from './cases.js';

/** TT 01/2018 codes were issued until the end of 2025; since then the agency's group comes first (TT 03/2025). */
const lastDayOf2018Codes = '2025-12-31';

export function giveCode(cases: CounterCases, units: { until2025: string; since2026: string }, on: Date): string {
  const day = dayOf(on);
  return cases.giveCode(
    day <= lastDayOf2018Codes ? units.until2025 : units.since2026,
    day.slice(2).replaceAll('-', ''),
  );
}
