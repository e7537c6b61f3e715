import { Calendars } from '#domain';
import type { Runner } from '../database.js';
import { calendarSerial, readCalendar } from './read-calendar.js';

/** The calendar as a process sees it; read again with the contracts. */
export class CalendarBook {
  private calendars: Calendars | undefined;
  private serial = 0;

  constructor(private readonly db: Runner) {}

  async refresh(): Promise<void> {
    if ((await calendarSerial(this.db)) === this.serial) return;
    const kept = await readCalendar(this.db);
    this.calendars = kept && new Calendars(kept.document);
    this.serial = kept?.serial ?? 0;
  }

  /** Undefined: none was applied. */
  inForce(): Calendars | undefined {
    return this.calendars;
  }
}
