import { isForPeople } from '#domain';
import {
  RECONCILIATION,
  refreshAdopted,
  repairedToday,
  settleDiscrepancies,
  toRepair,
  type Database,
  type Settled,
} from '#ledger';
import type { Log } from '#service';
import type { LineDiscrepancy, RepairPolicy } from '#wire';

/**
 * What an agency's contract lets be done without a person, after a comparison: of each type at most so many a day, counted
 * ones only, each rehearsed before it is ordered. A type that isn't named, or that only people settle, waits for a person.
 */
export async function repairByPolicy(
  db: Database,
  log: Log,
  agency: string,
  policy: RepairPolicy = {},
): Promise<Map<LineDiscrepancy, Settled[]>> {
  const done = new Map<LineDiscrepancy, Settled[]>();
  for (const [type, { repair, atMostADay }] of Object.entries(policy) as [
    LineDiscrepancy,
    { repair: never; atMostADay: number },
  ][]) {
    if (isForPeople(repair)) continue;
    const settling = { agency, repair, author: RECONCILIATION, reason: type };
    const settled = await db.transaction(async (client) => {
      // One process at a time: the day's bound is counted and used up together.
      await client.query(`select pg_advisory_xact_lock(8019, hashtext($1))`, [agency]);
      const tried: Settled[] = [];
      for (let left = atMostADay - (await repairedToday(client, agency, type)); left > 0;) {
        const open = await toRepair(client, agency, type, repair, left);
        if (open.length === 0) break;
        const now = await settleDiscrepancies(client, settling, open);
        left -= now.filter(({ outcome }) => outcome === 'ordered').length;
        tried.push(...now);
      }
      return tried;
    });
    await refreshAdopted(db, settling, settled);
    if (settled.length === 0) continue;
    done.set(type, settled);
    const ordered = settled.filter(({ outcome }) => outcome === 'ordered').length;
    log.info({ agency, type, repair, ordered, not: settled.length - ordered }, 'repaired by policy');
  }
  return done;
}
