import { Calendars } from '#domain';
import type { CalendarFile } from '#wire';
import type { Runner } from '../database.js';

export interface KeptCalendar {
  serial: number;
  document: CalendarFile;
}

export interface AppliedCalendarFact {
  serial: number;
  appliedAt: Date;
  author: string;
  note: string | null;
  restates: boolean;
}

/** What is in force, or an earlier serial; undefined: there is none. */
export async function readCalendar(db: Runner, serial?: number): Promise<KeptCalendar | undefined> {
  const { rows } = await db.query<KeptCalendar>({
    name: 'calendar.read',
    text: `select serial, document from calendar_history where $1::int is null or serial = $1 order by serial desc limit 1`,
    values: [serial ?? null],
  });
  return rows[0];
}

/** 0: nothing was ever applied. */
export async function calendarSerial(db: Runner): Promise<number> {
  const { rows } = await db.query<{ serial: number }>({
    name: 'calendar.serial',
    text: `select coalesce(max(serial), 0) as serial from calendar_history`,
  });
  return rows[0]!.serial;
}

/** Newest first. */
export async function calendarHistory(db: Runner): Promise<AppliedCalendarFact[]> {
  const { rows } = await db.query<AppliedCalendarFact>({
    name: 'calendar.history',
    text: `select serial, applied_at as "appliedAt", author, note, restates from calendar_history order by serial desc`,
  });
  return rows;
}

/** In force; undefined where none was ever applied. */
export async function calendarsInForce(db: Runner): Promise<Calendars | undefined> {
  const kept = await readCalendar(db);
  return kept && new Calendars(kept.document);
}

/** The last day that it covers; null: there is none. */
export async function calendarEnds(db: Runner): Promise<string | null> {
  const { rows } = await db.query<{ ends: string | null }>({
    name: 'calendar.ends',
    text: `select max(day)::text as ends from working_days`,
  });
  return rows[0]!.ends;
}
