import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Calendars, checkCalendar, restated } from '#domain';
import { hubClock, readCalendar } from '#ledger';
import { locateCalendarFile, type CalendarDaysFile, type CalendarFile } from '#wire';
import { examineCalendar } from './examine-calendar.js';
import { ContractWorld } from '../testing/contract-world.js';

const ours = join(import.meta.dirname, '../../../../deploy/calendars');
const files = ['vn.yaml', 'vn-corrections.yaml'].map((name) => join(ours, name)).join(' ');

let world: ContractWorld;
const realNow = hubClock.now;
beforeAll(async () => {
  world = await ContractWorld.begin();
  hubClock.now = () => new Date('2026-11-26T10:00:00+07:00');
  expect(await world.typed(`calendar apply ${files} --note đầu`)).toMatchObject({ code: 0, out: expect.stringContaining('serial 1') }); // prettier-ignore
});
afterAll(() => {
  hubClock.now = realNow;
  return world.end();
});

const correction = (entries: string, more = ''): string =>
  `apiVersion: lienthong/v1\nkind: CalendarDays\nof: vn\n${more}days:\n${entries}`;
const entry = (day: string, more = 'works: false'): string =>
  `  - { day: ${day}, ${more}, name: Nghỉ bão, source: own }\n`;

describe('the calendar that comes with the hub', () => {
  it('is what the library says, a file that one reads, and its corrections fit', async () => {
    const { out } = await world.typed('calendar seed --years 2018-2027');
    expect(readFileSync(join(ours, 'vn.yaml'), 'utf8')).toBe(out);
    expect((locateCalendarFile(out, {}).file as CalendarFile).days).toHaveLength(100);
    expect(await world.typed('calendar seed --years 2027')).toMatchObject({ code: 1 });
    const { document } = (await readCalendar(world.db.pool))!;
    const newest = new Calendars(document).newest();
    const off = (day: string): boolean => newest.on(day)!.works === false;
    // The sandbox's year has days off of its own: the same ones.
    const csv = readFileSync(join(ours, '../provinces/uong-bi-2021/days-off.csv'), 'utf8').trim().split('\n').slice(1).map((line) => line.slice(0, 10));
    const weekdaysOff = newest.days.filter(({ day, works }) => day >= '2020-11-01' && day <= '2022-04-30' && !works && new Date(day).getUTCDay() % 6 !== 0);
    expect(weekdaysOff.map(({ day }) => day)).toEqual(csv);
    // What the library lacks: in lieu, the second National Day day, the new holiday; a make-up Saturday.
    expect(['2026-04-27', '2026-09-01', '2026-11-24', '2024-09-03'].map(off)).toEqual([true, true, true, true]);
    expect(['2026-01-10', '2024-05-04', '2026-11-25'].map(off)).toEqual([false, false, false]);
    const perYear = (year: number): number => newest.days.filter(({ day, works }) => day.startsWith(String(year)) && works).length;
    // 261 weekdays of 2026 without New Year, Tết (5), 27/4, 30/4, 1/5, two of National Day and 24/11: swaps cancel out.
    expect(perYear(2026)).toBe(261 - 12);
    expect(perYear(2021)).toBe(261 - 11);
  }); // prettier-ignore

  it('is documented by examples that can be applied', () => {
    const text = readFileSync(join(ours, '../../docs/working-days.md'), 'utf8');
    const examples = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => locateCalendarFile(yaml!, {}).file);
    const [example, more] = examples as [CalendarFile, CalendarDaysFile];
    expect(checkCalendar({ ...example, days: [...example.days, ...more.days] })).toEqual([]);
    expect(examples).toHaveLength(2);
  });

  it('a swap isn’t known to cases that were received before it was announced', async () => {
    const due = async (received: string): Promise<string> =>
      (await world.typed(`calendar due --received ${received} --term 4_working-days`.replace('_', '\u00a0'))).out;
    const before = await world.typed('calendar due --received 2025-12-24T09:00 --term 6\u00a0working-days --json');
    const after = await world.typed('calendar due --received 2025-12-25T09:00 --term 5\u00a0working-days --json');
    expect(JSON.parse(before.out)).toMatchObject({ dueAt: '2026-01-02T02:00:00.000Z', receivedOn: '2025-12-24' });
    expect(JSON.parse(after.out)).toMatchObject({ dueAt: '2026-01-05T02:00:00.000Z' });
    expect(await due('2025-12-29T09:00')).toContain('Tết Dương lịch (hoán đổi) (announced)');
  });
});

describe('calendar due', () => {
  const typed = (words: string) => world.typed(words.replaceAll('_', '\u00a0'));

  it('is explained day by day', async () => {
    const { code, out } = await typed(
      'calendar due --received 2026-11-20T18:05 --term 3_working-days --suspended 2026-11-23T07:00/2026-11-23T11:30',
    );
    expect(code).toBe(0);
    expect(out).toBe(`Lịch · calendar: vn, lần áp dụng · serial 1, như biết vào ngày · as known on 2026-11-20
Tiếp nhận · received: T6 20/11/2026 18:05:00
Ngoài giờ làm việc, tính từ · after hours, counts from: T2 23/11/2026 07:00:00
Thời hạn · term: 3 ngày làm việc · working days = 24 giờ
Tạm dừng · the clock stands still: T2 23/11/2026 07:00:00 – T2 23/11/2026 11:30:00
  T6 20/11/2026  –                = 0 giờ
  T7 21/11/2026  –                = 0 giờ           nghỉ · off
  CN 22/11/2026  –                = 0 giờ           nghỉ · off
  T2 23/11/2026  + 3 giờ 30 phút  = 3 giờ 30 phút   tạm dừng · stands still: 4 giờ 30 phút
  T3 24/11/2026  –                = 3 giờ 30 phút   nghỉ · off: Ngày Văn hóa Việt Nam (announced)
  T4 25/11/2026  + 8 giờ          = 11 giờ 30 phút
  T5 26/11/2026  + 8 giờ          = 19 giờ 30 phút
  T6 27/11/2026  + 4 giờ 30 phút  = 24 giờ
Hạn · due: T6 27/11/2026 11:30:00
`);
    expect((await typed('calendar due --received 2026-11-20T18:05 --term 3_days --suspended 2026-11-24/')).out).toContain('Chưa có hạn: chờ bổ sung từ T3 24/11/2026 00:00:00'); // prettier-ignore
    expect(await typed('calendar due --received 2027-12-30T09:00 --term 9_working-days')).toMatchObject({ code: 1 });
  });

  it('of a case takes receipt and supplements awaited from the ledger, by the senders’ own times', async () => {
    const item = { sender: 'a', caseCode: 'H99.1-261110-0001' };
    await world.enters({ ...item, key: '1', type: 'vn.lienthong.case.received.v1', data: { receivedAt: '2026-11-10T15:00:00+07:00', applicant: 'Mẫu Đơn' }, status: 2, opens: { procedure: '2.000575', openedOn: '2026-11-10', dueAt: null, unit: 'H99.1' } }); // prettier-ignore
    await world.enters({ ...item, key: '2', type: 'vn.lienthong.case.status-changed.v1', data: { status: 5, at: '2026-11-12T13:30:00+07:00' }, status: 5 }); // prettier-ignore
    expect((await typed(`calendar due --case ${item.caseCode} --term 2_working-days`)).out).toContain('Chưa có hạn');
    await world.enters({ ...item, key: '3', type: 'vn.lienthong.case.supplemented.v1', data: { receivedAt: '2026-11-10T15:00:00+07:00', supplement: { receivedAt: '2026-11-12T17:00:00+07:00' } }, status: 4 }); // prettier-ignore
    const { out } = await typed(`calendar due --case ${item.caseCode} --term 2_working-days`);
    expect(out).toContain('Hạn · due: T6 13/11/2026 08:30:00');
    expect(out).not.toContain('Mẫu Đơn');
  });

  it.each([
    ['--received 2026-11-31T08:00 --term 1_days', '--received: "2026-11-31T08:00"'],
    ['--received 2026-11-30T08:00 --term 1_weeks', '--term'],
    ['--term 1_days', 'Cần đúng một trong --received, --case'],
    ['--received 2026-11-30 --case A --term 1_days', 'Cần đúng một'],
    ['--received 2026-11-30 --term 1_days --suspended 2026-12-02/2026-12-01', 'kết thúc trước khi bắt đầu'],
    ['--received 2026-11-30 --term 1_days --suspended 2026-12-02', 'TỪ/ĐẾN'],
    ['--received 2026-11-30 --term 1_days --serial 9', 'Không có lịch ấy'],
    ['--case KHONG --term 1_days', 'Không có hồ sơ KHONG'],
  ])('%s: refused with a reason', async (words, said) => {
    const { code, err } = await typed(`calendar due ${words}`);
    expect([code, err]).toEqual([1, expect.stringContaining(said)]);
  });
});

describe('calendar apply', () => {
  it.each<[string, string, string]>([
    ['a day twice', correction(entry('2026-12-24') + entry('2026-12-24')), 'x.yaml:6:12: /days/1/day đã có ở trên'],
    ['a make-up that is a Tuesday', correction(entry('2026-12-22', 'works: true, makesUp: 2026-11-24')), 'x.yaml:5:12: /days/0/day ngày này vốn đã làm việc'],
    ['a day that the calendar doesn’t cover', correction(entry('2028-01-03')), 'x.yaml:5:12: /days/0/day ngoài khoảng ngày của lịch'],
    ['a member that nobody reads', correction(entry('2026-12-24', 'works: false, nghỉ: true')), 'x.yaml:5:38: /days/0/nghỉ không ai đọc mục này'],
    ['a day that doesn’t exist', correction(entry('2026-02-30')), 'x.yaml:5:12: /days/0/day không đúng dạng'],
    ['another calendar', correction(entry('2026-12-24')).replace('of: vn', 'of: la'), 'x.yaml:3:5: /of không phải lịch này'],
    ['no kind', 'apiVersion: lienthong/v1\n', 'x.yaml:1:1: /kind không phải giá trị được biết'],
    ['old cases’ answers', correction(entry('2026-12-24')), 'x.yaml:5:5: /days/0 đổi hạn của hồ sơ tiếp nhận đến hết ngày ấy'],
    ['a unit’s week that overlaps itself', correction(entry('2026-12-24'), "weeks: [{ validFrom: 2026-12-01, units: [H53.1], days: [sat], hours: ['07:00-11:30', '11:00-12:00'] }]\n"), 'x.yaml:4:86: /weeks/0/hours/1 giờ không theo thứ tự'],
  ])('with %s is refused with line and column, and nothing changes', async (_, text, said) => {
    const { code, err } = await world.typed(`calendar apply ${world.file(text, 'x.yaml')}`);
    expect([code, err]).toEqual([1, expect.stringContaining(said)]);
    expect((await readCalendar(world.db.pool))!.serial).toBe(1);
  }); // prettier-ignore

  it('adds to what is in force; `ls` shows it with its source, `--history` who applied what', async () => {
    const { document } = (await readCalendar(world.db.pool))!;
    const file = world.file(correction(entry('2026-12-24'), 'knownFrom: 2026-11-27\n'));
    expect((await world.typed(`calendar apply ${file}`)).out).toContain('serial 2');
    expect((await world.typed(`calendar apply ${file}`)).out).toContain('= lịch làm việc');
    expect(restated(document, (await readCalendar(world.db.pool))!.document, '2026-11-26')).toBeUndefined();
    const { out } = await world.typed('calendar ls --year 2026');
    expect(out).toMatch(/T5 24\/12\/2026 {2}nghỉ · off +Nghỉ bão +own +.*2026-11-27/);
    expect(out).toMatch(/T7 10\/01\/2026 {2}làm · works +Làm bù +announced +bù cho · for T6 02\/01\/2026/);
    expect((await world.typed('calendar ls --history')).out).toMatch(/2 .* lan\n1 .* lan {2}đầu/);
    expect(await world.typed(`calendar apply ${file} --restate`)).toMatchObject({ code: 1 });
  });
});

describe('doctor', () => {
  it('says where terms that begin today would run out of working days', async () => {
    expect(await examineCalendar(world.env.DATABASE_URL!)).toEqual([]);
    hubClock.now = () => new Date('2027-09-03T00:00:00+07:00');
    expect(await examineCalendar(world.env.DATABASE_URL!)).toEqual([expect.objectContaining({ vi: expect.stringContaining('chỉ đến T6 31/12/2027') })]); // prettier-ignore
    await world.db.pool.query('truncate calendar_history cascade');
    expect(await examineCalendar(world.env.DATABASE_URL!)).toEqual([expect.objectContaining({ vi: expect.stringContaining('chưa có lịch') })]); // prettier-ignore
  });
});
