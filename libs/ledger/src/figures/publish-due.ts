import { periodBefore, periodWith, type Period, type PeriodLength } from '#domain';
import type { Database } from '../database.js';
import { today } from '../hub-clock.js';
import { readDefinitions } from './definitions.js';
import { publishedPeriods, publishPeriod, type Published } from './publish-figures.js';

/** How long after its end a published period is counted again by itself; later by `lienthong figures publish`. */
const COUNTED_AGAIN_DAYS = 92;

/**
 * Counts what is due by every definition: the period that runs, the one before it, and those that were published and ended
 * lately, so that late facts revise them.
 */
export async function publishDue(
  db: Database,
  {
    isStopping = () => false,
    tell = () => {},
  }: { isStopping?: () => boolean; tell?: (share: number, period: string) => void } = {},
): Promise<Published[]> {
  const done: Published[] = [];
  const since = new Date(Date.parse(today()) - COUNTED_AGAIN_DAYS * 86_400_000).toISOString().slice(0, 10);
  const definitions = (await readDefinitions(db.pool)).map(({ definition }) => definition);
  const periods = new Map<string, Period>();
  for (const { id, versions } of definitions) {
    for (const period of await publishedPeriods(db, id, since)) periods.set(period.name, period);
    const lengths = new Set<PeriodLength>(versions.map(({ every }) => every));
    for (const length of lengths) for (const period of current(length)) periods.set(period.name, period);
  }
  const inOrder = [...periods.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const [n, period] of inOrder.entries()) {
    if (isStopping()) return done;
    tell(n / inOrder.length, period.name);
    done.push(...(await publishPeriod(db, definitions, period)));
  }
  return done;
}

function current(length: PeriodLength): Period[] {
  const now = periodWith(today(), length);
  return [periodBefore(now), now];
}
