import { comparedSince, hubClock, orderComparison, toCompareAgain, type Agency, type Database } from '#ledger';
import { waysOf, type ContractVersion, type Reconcile, type ReconcileLines } from '#wire';

const USUAL_AT = '23:00';
const OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;

const isLines = (way: Reconcile): way is ReconcileLines => way.by !== 'books';

/** Ways that give lines, in the order of the file. */
export const lineWaysOf = (version: Pick<ContractVersion, 'reconcile'>): ReconcileLines[] =>
  waysOf(version).filter(isLines);

/** The way that needs no person, the first of the file. */
export const dailyWayOf = (version: Pick<ContractVersion, 'reconcile'>): ReconcileLines | undefined =>
  lineWaysOf(version).find(({ by }) => by !== 'spreadsheet');

/** The last time at which the clock said so (`HH:MM`, Asia/Ho_Chi_Minh), and the day that it belongs to. */
export function lastDue(at: string, now: Date): { due: Date; day: string } {
  const day = new Date(now.getTime() + OFFSET_MS).toISOString().slice(0, 10);
  const today = new Date(`${day}T${at}:00+07:00`);
  const due = today <= now ? today : new Date(today.getTime() - DAY_MS);
  return { due, day: new Date(due.getTime() + OFFSET_MS).toISOString().slice(0, 10) };
}

/**
 * Orders what is due: once a day for each agency that gives lines, late where nobody was there at its time; and once more the
 * days of what was repaired, when all of it has arrived. Several processes may: one of an agency is open at most.
 */
export async function orderDue(
  db: Database,
  agencies: readonly Agency[],
  versionOf: (agency: string) => ContractVersion | undefined,
): Promise<void> {
  for (const { id } of agencies) {
    const version = versionOf(id);
    const way = version && dailyWayOf(version);
    if (!way) continue;
    const { due, day } = lastDue(way.at ?? USUAL_AT, hubClock.now());
    if (await comparedSince(db, id, due)) continue;
    await orderComparison(db, { agency: id, day, source: way.by, author: 'schedule' });
  }
  for (const { agency, from, to } of await toCompareAgain(db)) {
    const version = versionOf(agency);
    const way = version && dailyWayOf(version);
    // The day's file says what it said: the next one is the first that can tell.
    if (!way || way.by === 'daily-file') continue;
    const { day } = lastDue('00:00', hubClock.now());
    // All days cost little by digests; else those alone.
    const range = way.by === 'digest' ? {} : { from, to };
    await orderComparison(db, { agency, day, source: way.by, author: 'reconciliation', ...range });
  }
}
