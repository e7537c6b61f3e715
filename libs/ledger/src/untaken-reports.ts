import type { Fault, Json } from '#wire';
import type { Database } from './database.js';

/** A report of a list that the ledger didn't take. */
export interface Untaken {
  caseCode: string;
  type: string;
  state: string;
  data: Json;
  reason: string;
  faults: readonly Fault[];
}

export interface DueReport extends Untaken {
  id: string;
}

/** As an operator sees it: nothing of what the report says of anybody. */
export interface ShownUntaken {
  id: string;
  agency: string;
  caseCode: string;
  type: string;
  reason: string;
  faults: Fault[];
  times: number;
  firstAt: Date;
  lastAt: Date;
}

/** The first try again comes after a minute, the next ones after twice as long each, six hours at most. */
const AGAIN = `make_interval(secs => least(60 * 2 ^ least(%, 20), 21600))`;

const MOST_SHOWN = 1_000;

/** The type of a row of which nothing could be read: it comes again by itself, so it isn't tried again from here. */
const UNREAD = 'unread';

/** Rows of a list that can't be read, by their reasons; those that an operator has seen before and that are gone end. */
export async function noteUnread(db: Database, agency: string, reasons: readonly string[]): Promise<void> {
  const unread = [...new Set(reasons.map(storable))];
  await keepUntaken(
    db,
    agency,
    unread.map((reason) => ({ caseCode: '', type: UNREAD, state: reason, data: null, reason, faults: [] })),
  );
  await db.query(
    'untaken.end-unread',
    `update untaken_reports set ended_at = now(), ended_as = 'read'
     where agency_id = $1 and type = '${UNREAD}' and ended_at is null and state <> all($2::text[])`,
    [agency, unread],
  );
}

/** The same once more counts once more. */
export async function keepUntaken(db: Database, agency: string, reports: readonly Untaken[]): Promise<void> {
  for (const { caseCode, type, state, data, reason, faults } of reports)
    await db.query(
      'untaken.keep',
      `insert into untaken_reports as u (agency_id, case_code, type, state, data, reason, faults, due_at)
       values ($1, $2, $3, $4, $5, $6, $7, now() + ${AGAIN.replace('%', '0')})
       on conflict (agency_id, case_code, type, state) where ended_at is null
       do update set times = u.times + 1, last_at = now(), reason = excluded.reason, faults = excluded.faults`,
      [agency, storable(caseCode), type, storable(state), JSON.stringify(data), reason, JSON.stringify(faults)],
    );
}

/** Those whose time has come, oldest first; each is due again later, so that another poller doesn't try it, too. */
export async function takeUntaken(db: Database, agency: string, limit: number): Promise<DueReport[]> {
  const { rows } = await db.query<DueReport>(
    'untaken.take',
    `with due as (
       select id from untaken_reports where agency_id = $1 and type <> '${UNREAD}' and ended_at is null and due_at <= now() order by id limit $2 for update skip locked),
     up as (
       update untaken_reports u set times = u.times + 1, last_at = now(), due_at = now() + ${AGAIN.replace('%', 'u.times')}
       from due where u.id = due.id returning u.*)
     select id, case_code as "caseCode", type, state, data, reason, faults from up order by id`,
    [agency, limit],
  );
  return rows;
}

/** Entered at last, or made needless by a newer report of the same case: an older state is never entered after it. */
export async function endUntaken(
  db: Database,
  agency: string,
  ended: { ids: readonly string[]; overtaken: readonly string[] },
): Promise<void> {
  if (ended.ids.length === 0 && ended.overtaken.length === 0) return;
  await db.query(
    'untaken.end',
    `update untaken_reports set ended_at = now(), ended_as = case when id = any($2::bigint[]) then 'entered' else 'overtaken' end
     where agency_id = $1 and ended_at is null and (id = any($2::bigint[]) or case_code = any($3::text[]))`,
    [agency, ended.ids, ended.overtaken],
  );
}

export async function listUntaken(db: Database, agency?: string): Promise<ShownUntaken[]> {
  const { rows } = await db.query<ShownUntaken>(
    'untaken.list',
    `select id, agency_id as agency, case_code as "caseCode", type, reason, faults, times, first_at as "firstAt", last_at as "lastAt"
     from untaken_reports where ended_at is null and ($1::text is null or agency_id = $1) order by id limit ${MOST_SHOWN}`,
    [agency ?? null],
  );
  return rows;
}

/** A person has looked at it. False: there is no such report, or it has ended. */
export async function closeUntaken(db: Database, id: string, reason: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'untaken.close',
    `update untaken_reports set ended_at = now(), ended_as = 'closed: ' || $2 where id = $1 and ended_at is null`,
    [id, reason],
  );
  return rowCount === 1;
}

/** PostgreSQL's text takes no NUL, and an index no long value. */
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').slice(0, 300).toWellFormed();
