import { parseCaseCode } from '#domain';

import { fromDayMonthYear, fromMonthYear, fromPartialDate, fromStamp } from '../field-formats.js';

/** What can't be read, by the portal's own field name; never a value. */
export interface PortalFault {
  field: string;
  rule: 'missing' | 'malformed';
}

/** Whether the form was in force on the case's day is for intake to say. */
const anyDay = '2199-12-31';
/** Rows of one list; more is nobody's case. */
const mostRows = 200;

/**
 * One of the portal's items or rows, whose values are strings. Reading goes on after a fault, so that all of them are
 * told; what stands in for an unreadable value never leaves, because faults do instead.
 */
export class PortalItem {
  constructor(
    private readonly members: unknown,
    private readonly faults: PortalFault[] = [],
  ) {}

  /** Undefined where there is nothing but white space. Vietnamese may come in any Unicode form. */
  optional(field: string): string | undefined {
    const value = (this.members as Record<string, unknown>)[field] ?? '';
    if (typeof value !== 'string') return this.fault(field, 'malformed');
    return value.trim() === '' ? undefined : value.normalize('NFC');
  }

  text(field: string): string {
    return this.optional(field) ?? this.fault(field, 'missing') ?? '';
  }

  /** A code that the table doesn't have isn't guessed at. */
  oneOf<T>(field: string, table: Readonly<Record<string, T>>): T {
    const code = this.text(field);
    if (code !== '' && !Object.hasOwn(table, code)) this.fault(field, 'malformed');
    return table[code] as T;
  }

  optionalStamp(field: string): string | undefined {
    const stamp = this.optional(field);
    return stamp === undefined ? undefined : (fromStamp(stamp) ?? this.fault(field, 'malformed'));
  }

  stamp(field: string): string {
    this.text(field);
    return this.optionalStamp(field) ?? '';
  }

  /** dd/MM/yyyy. */
  date(field: string): string {
    return fromDayMonthYear(this.text(field)) ?? this.fault(field, 'malformed') ?? '';
  }

  /** dd/MM/yyyy, MM/yyyy or yyyy: as exact as it came. */
  optionalPartialDate(field: string): string | undefined {
    const date = this.optional(field);
    return date === undefined ? undefined : (fromPartialDate(date) ?? this.fault(field, 'malformed'));
  }

  partialDate(field: string): string {
    this.text(field);
    return this.optionalPartialDate(field) ?? '';
  }

  /** MM/yyyy or MM-yyyy. */
  month(field: string): string {
    return fromMonthYear(this.text(field)) ?? this.fault(field, 'malformed') ?? '';
  }

  /** A case code and the identifier of the unit in it. */
  caseCode(field: string): { code: string; unit: string } {
    const code = this.text(field);
    const form = parseCaseCode(code, anyDay);
    if (form.kind === 'invalid') this.fault(field, 'malformed');
    return { code, unit: form.kind === 'valid' ? form.unit : '' };
  }

  /** Whole đồng, as digits. */
  amount(field: string): number {
    const digits = this.text(field);
    if (digits !== '' && !/^\d{1,15}$/.test(digits)) this.fault(field, 'malformed');
    return Number(digits);
  }

  optionalAmount(field: string): number {
    return this.optional(field) === undefined ? 0 : this.amount(field);
  }

  matching(field: string, form: RegExp): void {
    if (!form.test(this.text(field))) this.fault(field, 'malformed');
  }

  /** A list that isn't there is empty. */
  rows(field: string): PortalItem[] {
    const rows = (this.members as Record<string, unknown>)[field] ?? [];
    const isList = Array.isArray(rows) && rows.length <= mostRows && rows.every(isObject);
    if (!isList) this.fault(field, 'malformed');
    return isList ? rows.map((row: unknown) => new PortalItem(row, this.faults)) : [];
  }

  has(field: string): boolean {
    return (this.members as Record<string, unknown>)[field] !== undefined;
  }

  /** An object inside; one that isn't there is empty. */
  inner(field: string): PortalItem {
    const members = (this.members as Record<string, unknown>)[field] ?? {};
    if (!isObject(members)) this.fault(field, 'malformed');
    return new PortalItem(isObject(members) ? members : {}, this.faults);
  }

  /** The first fault of a field is the one that is told. */
  fault(field: string, rule: PortalFault['rule']): undefined {
    if (!this.faults.some((known) => known.field === field)) this.faults.push({ field, rule });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Reads an item, and gives what was read or everything that couldn't be. */
export function reading<T>(
  members: unknown,
  read: (item: PortalItem) => T,
): { kind: 'read'; value: T } | { kind: 'faults'; faults: PortalFault[] } {
  const faults: PortalFault[] = [];
  if (!isObject(members)) return { kind: 'faults', faults: [{ field: 'data', rule: 'malformed' }] };
  const value = read(new PortalItem(members, faults));
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'read', value };
}
