import type { HttpException } from '@nestjs/common';
import { readPeriod, type ReportPeriod } from '#domain';
import { reportBys, type ReportBy } from '#ledger';
import { refusedWith } from '../refused-with.js';
import { formats, type Format } from './tables-as.js';

export type Asked = Record<string, string | string[] | undefined>;

/** The one value of a parameter; '' counts as not given. */
export function textOf(query: Asked, name: string): string | undefined {
  const value = query[name];
  if (Array.isArray(value)) throw unfit(name, 'chỉ được nêu một lần · may be given once');
  return value === '' ? undefined : value;
}

export function periodOf(query: Asked): ReportPeriod {
  const text = textOf(query, 'period');
  const period = text === undefined ? undefined : readPeriod(text);
  if (!period) throw unfit('period', '2021, 2021-Q1, 2021-03 hay 2021-05-31 · a year, quarter, month or day');
  return period;
}

export const byOf = (query: Asked): ReportBy => oneOf(query, 'by', reportBys) ?? 'field';
export const formatOf = (query: Asked): Format => oneOf(query, 'as', formats) ?? 'json';

/** Undefined: not given. */
export function oneOf<T extends string>(query: Asked, name: string, known: readonly T[]): T | undefined {
  const value = textOf(query, name);
  if (value === undefined) return undefined;
  const found = known.find((each) => each === value);
  if (found === undefined) throw unfit(name, known.join(', '));
  return found;
}

/** null: nobody has told it, which isn't 0. */
export function countOf(query: Asked, name: string): number | null {
  const value = textOf(query, name);
  if (value === undefined) return null;
  if (!/^\d{1,12}$/.test(value)) throw unfit(name, 'một số nguyên từ 0 · a whole number from 0');
  return Number(value);
}

export const unfit = (name: string, says: string): HttpException =>
  refusedWith('invalid-parameter', `${name}: ${says}`);
