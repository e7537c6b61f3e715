import type { Runner } from '../database.js';

/**
 * Which ledger this is. A backup that is restored is another cluster (dump), another timeline (recovery to a point in time,
 * and a standby that took over) or another database of the cluster: each is a new epoch, without anybody having to say so.
 */
const MARK = `
select concat_ws('/', (select system_identifier from pg_control_system()), (select timeline_id from pg_control_checkpoint()),
  (select oid from pg_database where datname = current_database())) as mark`;

/** Of the ledger as it runs now; begins a new one where it isn't the ledger of the last statement. One at a time. */
export async function ledgerEpoch(db: Runner): Promise<number> {
  await db.query({ text: `select pg_advisory_xact_lock(7120)` });
  const { rows: marks } = await db.query<{ mark: string }>({ name: 'statements.mark', text: MARK });
  const { mark } = marks[0]!;
  const { rows } = await db.query<{ epoch: number; mark: string }>({
    name: 'statements.epoch',
    text: `select epoch, mark from ledger_epochs order by epoch desc limit 1`,
  });
  if (rows[0]?.mark === mark) return rows[0].epoch;
  const epoch = (rows[0]?.epoch ?? 0) + 1;
  await db.query({ text: `insert into ledger_epochs (epoch, mark) values ($1, $2)`, values: [epoch, mark] });
  return epoch;
}
