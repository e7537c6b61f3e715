import { createHash } from 'node:crypto';

import type { Format, ReadFormat } from '#wire';

import { fromDayMonthYear, toDayMonthYear, toLocal, toPartialDate, toRfc3339 } from '../field-formats.js';

type Write = (value: unknown) => string | number | undefined;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
const time =
  (write: (local: string) => string): Write =>
  (value) => {
    const local = typeof value === 'string' ? toLocal(value) : undefined;
    return local === undefined ? undefined : write(local);
  };
/** A day as it stands, a time's day in Vietnam. */
const day = (write: (iso: string) => string | undefined): Write => {
  const ofTime = time((local) => write(local.slice(0, 10)) ?? '');
  return (value) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? write(value) : ofTime(value));
};
const isDay = (iso: string): string | undefined => (toPartialDate(iso) === undefined ? undefined : iso);
const instant = (by: number): Write => {
  return (value) =>
    typeof value === 'string' && toLocal(value) !== undefined ? Math.floor(Date.parse(value) / by) : undefined;
};

/** Undefined: it can't be written so. Nothing is guessed. */
export const writers: Record<Format, Write> = {
  yyyyMMddHHmmss: time((local) => local.replace(/\D/g, '')),
  'yyyy-MM-ddTHH:mm:ss': time((local) => local),
  'dd/MM/yyyy HH:mm:ss': time((local) => `${toDayMonthYear(`${local}+07:00`) ?? ''} ${local.slice(11)}`),
  'yyyy-MM-dd HH:mm:ss': time((local) => local.replace('T', ' ')),
  'yyyy/MM/dd HH:mm:ss': time((local) => local.replaceAll('-', '/').replace('T', ' ')),
  'yyyy-MM-dd': day(isDay),
  'yyyy/MM/dd': day((iso) => isDay(iso)?.replaceAll('-', '/')),
  'dd-MM-yyyy': day((iso) => toPartialDate(iso)?.replaceAll('/', '-')),
  'dd/MM/yyyy': day(toPartialDate),
  'partial-date': (value) => (typeof value === 'string' ? toPartialDate(value) : undefined),
  'epoch-seconds': instant(1_000),
  'epoch-milliseconds': instant(1),
  text: textOf,
  number: (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  },
  upper: (value) => textOf(value)?.toLocaleUpperCase('vi'),
  'yes-no-1-0': (value) => (typeof value === 'boolean' ? (value ? '1' : '0') : undefined),
  base64: (value) => {
    const text = textOf(value);
    return text === undefined ? undefined : Buffer.from(text, 'utf8').toString('base64');
  },
  sha256: (value) => {
    const text = textOf(value);
    return text === undefined ? undefined : createHash('sha256').update(text, 'utf8').digest('hex');
  },
};

const stamp = (parts: RegExpExecArray | null): string | undefined => {
  if (!parts?.groups) return undefined;
  const { y, m, d, h = '00', i = '00', s = '00' } = parts.groups;
  const written = `${y}-${m}-${d}T${h}:${i}:${s}+07:00`;
  return toLocal(written) === undefined ? undefined : written;
};

const isoStamp = (text: string, form: RegExp): string | undefined =>
  form.test(text)
    ? stamp(/^(?<y>\d{4}).(?<m>\d{2}).(?<d>\d{2}).(?<h>\d{2}):(?<i>\d{2}):(?<s>\d{2})$/.exec(text))
    : undefined;
const epoch =
  (by: number, digits: RegExp) =>
  (text: string): string | undefined =>
    digits.test(text) ? toRfc3339(Number(text) * by) : undefined;

/** Undefined: it isn't written so. */
export const readers: Record<ReadFormat, (text: string) => string | undefined> = {
  yyyyMMddHHmmss: (text) => stamp(/^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})(?<h>\d{2})(?<i>\d{2})(?<s>\d{2})$/.exec(text)),
  'dd/MM/yyyy HH:mm:ss': (text) =>
    stamp(/^(?<d>\d{2})\/(?<m>\d{2})\/(?<y>\d{4}) (?<h>\d{2}):(?<i>\d{2}):(?<s>\d{2})$/.exec(text)),
  'yyyy-MM-ddTHH:mm:ss': (text) => isoStamp(text, /^\d{4}-\d{2}-\d{2}T[\d:]{8}$/),
  'yyyy-MM-dd HH:mm:ss': (text) => isoStamp(text, /^\d{4}-\d{2}-\d{2} [\d:]{8}$/),
  'yyyy/MM/dd HH:mm:ss': (text) => isoStamp(text, /^\d{4}\/\d{2}\/\d{2} [\d:]{8}$/),
  'yyyy/MM/dd': (text) => (/^\d{4}\/\d{2}\/\d{2}$/.test(text) ? isDay(text.replaceAll('/', '-')) : undefined),
  'dd-MM-yyyy': (text) => (/^\d{2}-\d{2}-\d{4}$/.test(text) ? fromDayMonthYear(text.replaceAll('-', '/')) : undefined),
  'epoch-seconds': epoch(1_000, /^\d{9,11}$/),
  'epoch-milliseconds': epoch(1, /^\d{12,14}$/),
  rfc3339: (text) => (toLocal(text) === undefined ? undefined : text),
  'yyyy-MM-dd': (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? isDay(text) : undefined),
  'dd/MM/yyyy': (text) => fromDayMonthYear(text),
  'partial-date': (text) => {
    const iso = text.split('/').reverse().join('-');
    return /^(?:(?:\d{2}\/)?\d{2}\/)?\d{4}$/.test(text) ? isDay(iso) : undefined;
  },
};
