import type { Database } from './database.js';

/**
 * The next number of a unit's series on a day (ISO). Committed before it is known: given once, over all instances, and
 * never again; one whose answer was lost stays unused.
 */
export async function nextCaseNumber(db: Database, unit: string, day: string): Promise<number> {
  const { rows } = await db.query<{ last: number }>(
    'case-numbers.next',
    `insert into case_numbers as n (unit, day, last) values ($1, $2, 1)
     on conflict (unit, day) do update set last = n.last + 1 returning last`,
    [unit, day],
  );
  return rows[0]!.last;
}

export async function lastCaseNumber(db: Database, unit: string, day: string): Promise<number> {
  const { rows } = await db.query<{ last: number }>(
    'case-numbers.last',
    `select last from case_numbers where unit = $1 and day = $2`,
    [unit, day],
  );
  return rows[0]?.last ?? 0;
}

/** Whether some case has this code, whoever gave it. */
export async function isCodeTaken(db: Database, code: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'case-numbers.taken',
    `select 1 from aliases where namespace = 'case' and code = $1`,
    [code],
  );
  return rowCount === 1;
}
