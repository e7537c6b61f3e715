import { expect, it } from '@jest/globals';
import { Calendars, type CalendarRules } from '#domain';
import { dueAfter } from './due.js';

it.each([
  ['2024-11-12', 8, '2024-11-22T17:00:00+07:00'],
  ['2024-11-15', 1, '2024-11-18T17:00:00+07:00'],
  ['2024-11-16', 1, '2024-11-18T17:00:00+07:00'],
  ['2024-12-30', 5, '2025-01-06T17:00:00+07:00'],
])('%s and %d working days: %s', (receivedOn, days, due) => {
  expect(dueAfter(receivedOn, days)).toBe(due);
});

const calendar: CalendarRules = {
  from: '2024-01-01',
  to: '2025-01-31',
  dayHours: 8,
  weeks: [
    { validFrom: '2024-01-01', days: ['mon', 'tue', 'wed', 'thu', 'fri'], hours: ['07:00-11:30', '13:30-16:30'] },
  ],
  days: [
    { day: '2025-01-01', works: false, name: 'Tết Dương lịch', source: 'library' },
    { day: '2024-12-31', works: false, name: 'hoán đổi', source: 'own', knownFrom: '2024-12-30' },
  ],
};

it.each([
  ['2024-11-15', 1, '2024-11-18T16:30:00+07:00'],
  // What was announced on the 30th is known to a case of that day, and not to one of the day before.
  ['2024-12-30', 2, '2025-01-03T16:30:00+07:00'],
  ['2024-12-29', 2, '2024-12-31T16:30:00+07:00'],
  ['2025-01-30', 3, '2025-02-04T17:00:00+07:00'],
])('%s and %d working days of the calendar: %s', (receivedOn, days, due) => {
  expect(dueAfter(receivedOn, days, new Calendars(calendar).on(receivedOn))).toBe(due);
});
