import { choice, formatted, list, matching, object, text, yesNo, type Schema } from '../schema.js';
import type {
  CalendarDaysFile,
  CalendarDaySource,
  CalendarFile,
  CalendarFileDay,
  CalendarWeek,
  CalendarWeekday,
} from './calendar-file.js';

const calendarId = matching('^[a-z0-9]+(?:-[a-z0-9]+)*$', 32);
const unitCode = matching('^[0-9A-Z]+(?:\\.[0-9A-Z]+)*$', 35);
const hours = list(matching('^(?:[01]\\d|2[0-3]):[0-5]\\d-(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$', 11), 6, {
  minItems: 1,
});
const version = choice<'lienthong/v1'>({ 'lienthong/v1': true });

const week = object<CalendarWeek>(
  {
    validFrom: formatted('date'),
    days: list(
      choice<CalendarWeekday>({ mon: true, tue: true, wed: true, thu: true, fri: true, sat: true, sun: true }),
      7,
      { minItems: 1, uniqueItems: true },
    ),
    hours,
  },
  { units: list(unitCode, 20_000, { minItems: 1, uniqueItems: true }), knownFrom: formatted('date') },
);

const day = object<CalendarFileDay>(
  {
    day: formatted('date'),
    works: yesNo,
    name: text(200),
    source: choice<CalendarDaySource>({ library: true, law: true, announced: true, inferred: true, own: true }),
  },
  { note: text(1_000), hours, makesUp: formatted('date'), knownFrom: formatted('date') },
);

export const calendarFileSchema: Schema<CalendarFile> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:calendar-file.v1',
  title: 'Calendar',
  ...object<CalendarFile>(
    {
      apiVersion: version,
      kind: choice<'Calendar'>({ Calendar: true }),
      id: calendarId,
      name: object<CalendarFile['name']>({ vi: text(200), en: text(200) }, {}),
      from: formatted('date'),
      to: formatted('date'),
      dayHours: { type: 'number', exclusiveMinimum: 0, maximum: 24, multipleOf: 0.25 },
      weeks: list(week, 1_000, { minItems: 1 }),
      days: list(day, 10_000),
    },
    {},
  ),
};

export const calendarDaysFileSchema: Schema<CalendarDaysFile> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:lienthong:schema:calendar-days-file.v1',
  title: 'CalendarDays',
  ...object<CalendarDaysFile>(
    {
      apiVersion: version,
      kind: choice<'CalendarDays'>({ CalendarDays: true }),
      of: calendarId,
      days: list(day, 10_000),
    },
    { knownFrom: formatted('date'), weeks: list(week, 1_000) },
  ),
};
