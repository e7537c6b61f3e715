import { checkOf } from '../check.js';
import { locateFile, type LocatedFile } from '../parse-agency-file.js';
import type { Fault } from '../problem.js';
import type { CalendarDaysFile, CalendarFile } from './calendar-file.js';
import { calendarDaysFileSchema, calendarFileSchema } from './calendar-files.schema.js';

export type AnyCalendarFile = CalendarFile | CalendarDaysFile;

const checks = { Calendar: checkOf(calendarFileSchema), CalendarDays: checkOf(calendarDaysFileSchema) };

/** What is wrong with the shape of a calendar file; what its days mean together is checked on apply. */
export function validateCalendarFile(value: unknown): Fault[] {
  const kind = (value as { kind?: unknown } | null)?.kind;
  return kind === 'Calendar' || kind === 'CalendarDays'
    ? checks[kind](value)
    : [{ path: '/kind', rule: 'enum:Calendar|CalendarDays' }];
}

/** Reads a calendar file, as agency files are read. Throws AgencyFileError. */
export const locateCalendarFile = (
  yamlText: string,
  env: Readonly<Record<string, string | undefined>>,
): LocatedFile<AnyCalendarFile> => locateFile<AnyCalendarFile>(yamlText, env, validateCalendarFile);
