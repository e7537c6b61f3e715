import type { WorkingCalendar } from '#domain';

/**
 * The end of the n-th working day after the receipt, by the calendar as known on that day. Where there is none, or it ends
 * before, Mondays to Fridays, 17:00: that day may lie before the calendar's, never after it.
 */
export function dueAfter(receivedOn: string, workingDays: number, calendar?: WorkingCalendar): string {
  const closing = calendar?.closingAfter(receivedOn, workingDays);
  if (closing !== undefined) return `${new Date(closing + offsetMs).toISOString().slice(0, 19)}+07:00`;
  const day = new Date(`${receivedOn}T00:00:00Z`);
  for (let left = workingDays; left > 0;) {
    day.setUTCDate(day.getUTCDate() + 1);
    if (day.getUTCDay() !== 0 && day.getUTCDay() !== 6) left--;
  }
  return `${day.toISOString().slice(0, 10)}T17:00:00+07:00`;
}

const offsetMs = 7 * 3_600_000;
