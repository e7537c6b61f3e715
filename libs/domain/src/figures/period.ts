/** A period as people write it: `2021`, `2021-Q3`, `2021-08`, `2021-08-31`. */
export type PeriodLength = 'day' | 'month' | 'quarter' | 'year';

export interface Period {
  name: string;
  length: PeriodLength;
  /** Days of Asia/Ho_Chi_Minh, both included. */
  from: string;
  to: string;
}

const forms: readonly [PeriodLength, RegExp][] = [
  ['year', /^((?:19|20|21)\d\d)$/],
  ['quarter', /^((?:19|20|21)\d\d)-Q([1-4])$/],
  ['month', /^((?:19|20|21)\d\d)-(0[1-9]|1[0-2])$/],
  ['day', /^((?:19|20|21)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/],
];

/** undefined: not a period. */
export function periodOf(name: string): Period | undefined {
  for (const [length, form] of forms) {
    const found = form.exec(name);
    if (!found) continue;
    const [, year = '', part = '1', day] = found;
    const [first, months] = { year: [1, 12], quarter: [Number(part) * 3 - 2, 3], month: [Number(part), 1], day: [Number(part), 0] }[length] as [number, number]; // prettier-ignore
    const from = iso(Number(year), first, Number(day ?? 1));
    const to = months === 0 ? from : iso(Number(year), first + months, 0);
    return day === undefined || from === name ? { name, length, from, to } : undefined;
  }
  return undefined;
}

/** The period of that length in which a day lies. */
export function periodWith(day: string, length: PeriodLength): Period {
  const [year, month] = [day.slice(0, 4), day.slice(5, 7)];
  const names = { day, month: `${year}-${month}`, quarter: `${year}-Q${Math.ceil(Number(month) / 3)}`, year };
  const period = periodOf(names[length]);
  if (!period) throw new RangeError(`${day} is not a day`);
  return period;
}

/** The one before it, of the same length. */
export const periodBefore = ({ from, length }: Period): Period =>
  periodWith(new Date(Date.parse(from) - 86_400_000).toISOString().slice(0, 10), length);

const iso = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
