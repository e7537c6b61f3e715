/** Days of Asia/Ho_Chi_Minh, both included, as YYYY-MM-DD. */
export interface ReportPeriod {
  kind: 'day' | 'month' | 'quarter' | 'year';
  /** As it is written: 2021, 2021-Q1, 2021-03, 2021-05-31. */
  text: string;
  first: string;
  last: string;
}

/** Undefined: it is no period. */
export function readPeriod(text: string): ReportPeriod | undefined {
  const parts = /^((?:19|20|21)\d\d)(?:-(?:Q([1-4])|(0[1-9]|1[0-2])(?:-(\d\d))?))?$/.exec(text);
  if (!parts) return undefined;
  const [, year, quarter, month, day] = parts;
  if (day !== undefined) return isDay(text) ? { kind: 'day', text, first: text, last: text } : undefined;
  if (month !== undefined) return { kind: 'month', text, ...months(Number(year), Number(month), 1) };
  if (quarter !== undefined) return { kind: 'quarter', text, ...months(Number(year), Number(quarter) * 3 - 2, 3) };
  return { kind: 'year', text, ...months(Number(year), 1, 12) };
}

/** The period of the same kind that ends on the day before, or begins on the day after. */
export function neighbour({ kind, first, last }: ReportPeriod, which: 'before' | 'after'): ReportPeriod {
  const day = shifted(which === 'before' ? first : last, which === 'before' ? -1 : 1);
  const [year, month] = [day.slice(0, 4), Number(day.slice(5, 7))];
  const text = {
    day,
    month: day.slice(0, 7),
    quarter: `${year}-Q${Math.ceil(month / 3)}`,
    year,
  }[kind];
  return readPeriod(text)!;
}

const DAY_MS = 86_400_000;
const shifted = (day: string, by: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);

const months = (year: number, from: number, count: number): { first: string; last: string } => ({
  first: new Date(Date.UTC(year, from - 1, 1)).toISOString().slice(0, 10),
  last: new Date(Date.UTC(year, from - 1 + count, 0)).toISOString().slice(0, 10),
});

const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
};
