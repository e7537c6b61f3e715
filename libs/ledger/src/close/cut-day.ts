import type { Database } from '../database.js';

/** The open day; since when. */
export async function openDay(db: Database): Promise<{ day: string; openedAt: Date }> {
  const { rows } = await db.query<{ day: string; openedAt: Date }>(
    'days.open',
    `select day::text as day, opened_at as "openedAt" from ledger_days where cut_at is null`,
  );
  return rows[0]!;
}

/**
 * Moves the open day on. Nobody waits for it: a statement that began before writes on the old day, whatever begins after its
 * commit on the new one. The days in between were open to nobody. False: another process has cut it.
 */
export function cutDays(db: Database, days: readonly string[], then: string): Promise<boolean> {
  return db.transaction(async (client) => {
    const cut = await client.query({
      name: 'days.cut',
      text: `update ledger_days set cut_at = clock_timestamp() where day = $1 and cut_at is null`,
      values: [days[0]],
    });
    if (cut.rowCount !== 1) return false;
    await client.query({
      name: 'days.open-next',
      text: `insert into ledger_days (day, opened_at, cut_at)
        select day, now.at, case when day <> $2 then now.at end from unnest($1::date[]) as d(day), clock_timestamp() as now(at)`,
      values: [[...days.slice(1), then], then],
    });
    return true;
  });
}

/** A transaction that may still write on a day that was cut. */
export interface Running {
  /** Its virtual id: never that of a later transaction of the same connection. */
  id: string;
  pid: number;
  application: string;
  since: Date | null;
}

/**
 * Transactions of this database that run now, this one and PostgreSQL's own not counted. What isn't among them after a cut has
 * committed sees that cut, with every statement.
 */
export async function running(db: Database, among?: readonly string[]): Promise<Running[]> {
  const { rows } = await db.query<Running>(
    'days.running',
    `select l.virtualtransaction as id, l.pid, a.application_name as application, a.xact_start as since
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'virtualxid' and l.virtualxid = l.virtualtransaction and l.pid <> pg_backend_pid() and a.usesysid is not null
       and a.datid = (select oid from pg_database where datname = current_database()) and ($1::text[] is null or l.virtualtransaction = any($1))`,
    [among ?? null],
  );
  return rows;
}
