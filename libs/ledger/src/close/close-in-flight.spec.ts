import { describe, expect, it } from '@jest/globals';
import { nextDay, sumOfDay } from '#domain';
import { Database } from '../database.js';
import { BusyLedger, dice, survived } from '../testing/busy-ledger.js';
import { closeDays } from './close-days.js';
import { openDay } from './cut-day.js';
import { listDays, recountDay, showDay, type LedgerDayWhole } from './read-days.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const ACTS = 200;

describe('days closed at random moments of everything at once, with kills', () => {
  it.each([1, 2])('add up to the unit, for every day, agency and delivery (seed %i)', async (seed) => {
    const world = await BusyLedger.begin(seed);
    const closer = new Database(world.db.pool.options.connectionString!, 'closer', quiet, 2);
    try {
      const random = dice(seed * 7);
      let killed = 0;
      const close = async (by: string): Promise<void> => {
        const { day } = await openDay(closer);
        await closeDays(closer, { today: day, day, by });
      };
      const closing: Promise<boolean>[] = [];
      const works = async (): Promise<void> => {
        for (let n = 0; n < ACTS / 4; n++) {
          await world.act();
          if (random(10) === 0) closing.push(survived(close(`closer ${closing.length}`)));
          if (random(12) === 0 && (await world.kills(['busy', 'closer']))) killed++;
        }
      };
      await Promise.all([works(), works(), works(), works()]);
      await Promise.all(closing);
      while (!(await survived(close('the last')))) continue;
      expect(killed).toBeGreaterThan(0);

      const days = (await listDays(world.observer, { before: null, limit: 1_000 })).reverse();
      expect(days.length).toBeGreaterThan(5);
      const closed: LedgerDayWhole[] = [];
      for (const { day, closedAt } of days.slice(0, -1)) {
        expect(closedAt).not.toBeNull();
        const whole = (await showDay(world.observer, day))!;
        expect(whole.agencies).toEqual(await recountDay(world.observer, day));
        if (closed.length > 0) expect(day).toBe(nextDay(closed.at(-1)!.day));
        whole.agencies.forEach((agency, i) => expect(agency.opening).toBe(closed.at(-1)?.agencies[i]!.carried ?? 0));
        closed.push(whole);
      }
      const flows = sumOfDay(closed.flatMap(({ agencies }) => agencies));
      const [ledger] = (await world.observer.pool.query<Record<string, number>>(WHOLE, [closed.at(-1)!.day])).rows;
      const { wrong, events, ...whole } = ledger!;
      expect(wrong).toBe(0);
      expect({ ...flows, carried: sumOfDay(closed.at(-1)!.agencies).carried }).toMatchObject(whole);
      for (const name of ['planned', 'reopened', 'acknowledged', 'closed', 'carried'] as const)
        expect([name, flows[name] > 0]).toEqual([name, true]);
      expect(closed.reduce((sum, { entered }) => sum + entered!, 0)).toBe(events);
    } finally {
      await closer.close();
      await world.end();
    }
  });
});

/** The ledger as it stands, without a word from the closes but the last day's name. */
const WHOLE = `
select count(*)::int as planned, (count(*) filter (where state in ('open', 'parked') and planned_day <= $1))::int as carried,
  (select count(*)::int from reopened_deliveries) as reopened, (select count(*)::int from events) as events,
  ((count(*) filter (where state = 'acknowledged')) + (select count(*) from reopened_deliveries))::int as acknowledged,
  (count(*) filter (where state = 'superseded'))::int as superseded, (count(*) filter (where state = 'closed'))::int as closed,
  ((count(*) filter (where planned_day is null or ended_day < planned_day or (ended_day is not null) <> (state in ('acknowledged', 'superseded', 'closed'))
     or planned_day < (select e.ledger_day from events e where e.stream_id = d.stream_id and e.sequence = d.sequence)))
   + (select count(*) from reopened_deliveries where ended_day > reopened_day)
   + (select count(*) from events e join events f on f.stream_id = e.stream_id and f.sequence = e.sequence + 1 where f.ledger_day < e.ledger_day))::int as wrong
from deliveries d`;
