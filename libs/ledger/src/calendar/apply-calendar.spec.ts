import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Calendars, dueAt } from '#domain';
import type { CalendarDaysFile, CalendarFile, CalendarFileDay } from '#wire';
import { Database } from '../database.js';
import { hubClock } from '../hub-clock.js';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.js';
import { applyCalendar, type AppliedCalendar } from './apply-calendar.js';
import { CalendarBook } from './calendar-book.js';
import { calendarHistory, readCalendar } from './read-calendar.js';

const off = (day: string, more: Partial<CalendarFileDay> = {}): CalendarFileDay => ({
  day,
  works: false,
  name: `nghỉ ${day}`,
  source: 'own',
  ...more,
});
const whole = (...days: CalendarFileDay[]): CalendarFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Calendar',
  id: 'vn',
  name: { vi: 'Lịch', en: 'Calendar' },
  from: '2026-01-01',
  to: '2027-12-31',
  dayHours: 8,
  weeks: [
    { validFrom: '2018-01-01', days: ['mon', 'tue', 'wed', 'thu', 'fri'], hours: ['07:00-11:30', '13:30-17:00'] },
  ],
  days,
});
const added = (more: Partial<CalendarDaysFile>, ...days: CalendarFileDay[]): CalendarDaysFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'CalendarDays',
  of: 'vn',
  days,
  ...more,
});
const by = { author: 'lan', note: null, restates: false };

let fresh: FreshDatabase;
let db: Database;
const realNow = hubClock.now;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', { info: () => {}, warn: () => {}, error: () => {} });
  hubClock.now = () => new Date('2026-11-26T10:00:00+07:00');
});
afterEach(() => db.pool.query('truncate calendar_history cascade'));
afterAll(async () => {
  hubClock.now = realNow;
  await db.close();
  await fresh.drop();
});

const faultsOf = (applied: AppliedCalendar): string[] =>
  applied.outcome === 'faulty' ? applied.faults.map(({ file, fault }) => `${file} ${fault.path} ${fault.rule}`) : [];
const rowsOf = async (text: string): Promise<unknown[]> => (await db.pool.query({ text, rowMode: 'array' })).rows;

describe('applying a calendar', () => {
  it('keeps it whole with its corrections, again nothing changes, and its days are there for SQL', async () => {
    const files = [whole(off('2026-04-30')), added({}, off('2026-05-01'), { ...off('2026-05-09'), works: true, makesUp: '2026-05-01' })]; // prettier-ignore
    expect(await applyCalendar(db, files, by)).toEqual({ outcome: 'applied', serial: 1, isChanged: true, days: 3 });
    expect(await applyCalendar(db, files, by)).toMatchObject({ serial: 1, isChanged: false });
    expect(await applyCalendar(db, files.slice(1), by)).toMatchObject({ serial: 1, isChanged: false });
    expect(await rowsOf(`select day::text, works, hours::float8, worked, name, serial from working_days where day between '2026-04-29' and '2026-05-02' or day = '2026-05-09' order by day`)).toEqual([
      ['2026-04-29', true, 8, 85, null, 1],
      ['2026-04-30', false, 0, 85, 'nghỉ 2026-04-30', 1],
      ['2026-05-01', false, 0, 85, 'nghỉ 2026-05-01', 1],
      ['2026-05-02', false, 0, 85, null, 1],
      ['2026-05-09', true, 8, 91, 'nghỉ 2026-05-09', 1],
    ]); // prettier-ignore
    expect(await rowsOf(`select count(*)::int, min(day)::text, max(day)::text from working_days`)).toEqual([
      [730, '2026-01-01', '2027-12-31'],
    ]);
  });

  it('on top of what is in force, from tomorrow’s cases on; old cases come to the old answers by every serial', async () => {
    await applyCalendar(db, [whole(off('2026-12-24'))], by);
    const received = new Date('2026-11-26T09:00:00+07:00');
    const answer = async (at: Date, receivedOn: string, serial?: number) =>
      dueAt(new Calendars((await readCalendar(db.pool, serial))!.document).on(receivedOn), at, { count: 25, unit: 'working-days' }); // prettier-ignore
    const before = await answer(received, '2026-11-26');
    expect(faultsOf(await applyCalendar(db, [added({}, off('2026-12-25'))], by))).toEqual(['0 /days/0 old-answers:2026-11-26']); // prettier-ignore
    expect(faultsOf(await applyCalendar(db, [added({ knownFrom: '2026-11-26' }, off('2026-12-25'))], by))).toHaveLength(1); // prettier-ignore
    expect(await applyCalendar(db, [added({ knownFrom: '2026-11-27' }, off('2026-12-25'))], by)).toMatchObject({ serial: 2, isChanged: true }); // prettier-ignore
    expect(await answer(received, '2026-11-26')).toEqual(before);
    const [old, now] = [await answer(new Date(+received + 86_400_000), '2026-11-27', 1), await answer(new Date(+received + 86_400_000), '2026-11-27')]; // prettier-ignore
    expect(old).not.toEqual(now);
    const [row] = await rowsOf(`select works from working_days where day = '2026-12-25'`);
    expect(row).toEqual([false]);
  });

  it('restates only where it says so, and that is kept', async () => {
    await applyCalendar(db, [whole(off('2026-12-24'))], by);
    expect(faultsOf(await applyCalendar(db, [whole()], by))).toEqual(['0 /weeks old-answers:2026-11-26']);
    expect(faultsOf(await applyCalendar(db, [{ ...whole(off('2026-12-24')), dayHours: 7.5 }], by))).toEqual(['0  old-answers:2026-11-26']); // prettier-ignore
    await applyCalendar(db, [whole()], { author: 'lan', note: 'nhầm', restates: true });
    const history = await calendarHistory(db.pool);
    expect(history.map(({ serial, note, restates }) => [serial, note, restates])).toEqual([
      [2, 'nhầm', true],
      [1, null, false],
    ]);
    await expect(db.pool.query('delete from calendar_history')).rejects.toThrow();
  });

  it('is refused whole, each fault in its own file', async () => {
    const faults = async (...files: Parameters<typeof applyCalendar>[1]): Promise<string[]> =>
      faultsOf(await applyCalendar(db, files, by));
    expect(await faults(added({}, off('2026-05-01')))).toEqual(['0 /kind needs:Calendar']);
    expect(await faults(whole(), whole())).toEqual(['1 /kind taken']);
    expect(await faults(whole(), added({ of: 'la' }))).toEqual(['1 /of unknown-calendar']);
    expect(await faults(whole(off('2026-05-01')), added({}, off('2026-05-04'), off('2026-05-01', { name: 'khác' })))).toEqual(['1 /days/1/day taken']); // prettier-ignore
    expect(await faults(whole(off('2026-05-01')), added({}, off('2028-05-01')))).toEqual(['1 /days/0/day outside']);
    expect(await readCalendar(db.pool)).toBeUndefined();
    expect(await rowsOf('select count(*)::int from working_days')).toEqual([[0]]);
  });

  it('reaches every process’ book', async () => {
    const book = new CalendarBook(db.pool);
    await book.refresh();
    expect(book.inForce()).toBeUndefined();
    await applyCalendar(db, [whole()], by);
    await book.refresh();
    const first = book.inForce();
    await book.refresh();
    expect(book.inForce()).toBe(first);
    await applyCalendar(db, [added({ knownFrom: '2026-11-27' }, off('2026-12-25'))], by);
    await book.refresh();
    expect(book.inForce()!.on('2026-11-27').on('2026-12-25')!.works).toBe(false);
    expect(book.inForce()!.on('2026-11-26').on('2026-12-25')!.works).toBe(true);
  });

  it('by two at once is applied one after another', async () => {
    await applyCalendar(db, [whole()], by);
    const files = ['2026-12-24', '2026-12-25', '2026-12-28'].map((day) => added({ knownFrom: '2026-12-01' }, off(day)));
    await Promise.all(files.map((file) => applyCalendar(db, [file], by)));
    expect((await readCalendar(db.pool))!.serial).toBe(4);
    expect((await readCalendar(db.pool))!.document.days).toHaveLength(3);
  });
});
