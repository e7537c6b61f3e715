import { Controller, Get, Param, Query } from '@nestjs/common';
import { sumOfDay, unexplained, type DayCount } from '#domain';
import { Database, listDays, showDay, type LedgerDay, type LedgerDayWhole } from '#ledger';
import { refusedWith } from '../refused-with.js';

const MOST = 366;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

@Controller('v1/days')
export class ShowDaysController {
  constructor(private readonly db: Database) {}

  /** The newest first, at most 366; `before` turns the page. */
  @Get()
  async list(
    @Query('before') before?: string,
    @Query('limit') limit = '31',
  ): Promise<{ days: (LedgerDay & { total: DayCount })[] }> {
    if (before !== undefined && !isDay(before)) throw badDay();
    if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > MOST) throw badLimit();
    return { days: await listDays(this.db, { before: before ?? null, limit: Number(limit) }) };
  }

  /** With a count an agency. `unexplained` is 0 on every closed day: a day that doesn't add up isn't closed. */
  @Get(':day')
  async show(@Param('day') day: string): Promise<LedgerDayWhole & { total: DayCount; unexplained: number }> {
    if (!isDay(day)) throw badDay();
    const whole = await showDay(this.db, day);
    if (!whole) throw unknownDay(day);
    const total = sumOfDay(whole.agencies);
    return { ...whole, total, unexplained: unexplained(total) };
  }
}

const isDay = (text: string): boolean => DAY.test(text) && !Number.isNaN(Date.parse(text));

const badDay = () => refusedWith('invalid-day', 'ngày viết YYYY-MM-DD · a day is written YYYY-MM-DD');
const badLimit = () => refusedWith('invalid-limit', `limit: 1–${MOST}`);
const unknownDay = (day: string) =>
  refusedWith('unknown-day', `${day}: trước ngày đầu hoặc chưa đến · before the first day, or not begun`);
