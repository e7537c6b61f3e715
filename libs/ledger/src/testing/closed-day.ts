import type { Database } from '../database.js';

/** Closes the open day with these counts of one agency, and opens the next: as the close would, without counting. */
export async function closesDay(
  db: Database,
  day: string,
  next: string,
  agency: string,
  [opening, planned, acknowledged, carried]: [number, number, number, number],
): Promise<void> {
  await db.pool.query(`update ledger_days set cut_at = clock_timestamp() where day = $1`, [day]);
  await db.pool.query(`insert into ledger_days (day) values ($1)`, [next]);
  await db.pool.query(
    `insert into day_counts (day, agency_id, opening, planned, reopened, acknowledged, superseded, closed, carried)
     values ($1, $2, $3, $4, 0, $5, 0, 0, $6)`,
    [day, agency, opening, planned, acknowledged, carried],
  );
  await db.pool.query(
    `update ledger_days set closed_at = clock_timestamp(), closed_by = 'spec', entered = 0, unplanned = 0 where day = $1`,
    [day],
  );
}
