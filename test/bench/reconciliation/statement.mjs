/**
 * Statements of an agency with BENCH_CASES streams (a million), each made by a process of its own: of the newest day, and of
 * one three weeks back, behind which a tenth of the cases has gone on; and the proof of one case. Beside it the same heads read
 * in order by one statement by hand, not hashed.
 */
import { Database } from '../../../dist/libs/ledger/src/index.js';
import { figure, quiet } from '../fresh.mjs';
import { stateOnce } from './processes.mjs';
import { DAYS, dayAfter, LAST_CLOSED, PORTAL, theProvince } from './province.mjs';

const BY_HAND = `
select count(*), max(encode(head, 'hex')) from (
  select a.code, s.last, s.head_hash as head from lanes l join streams s on s.id = l.stream_id
    join aliases a on coalesce(a.moved_from, a.stream_id) = s.id and a.namespace = 'case'
  where l.agency_id = $1 order by a.code collate "C" offset 0) h`;

export default async function statementBench({ say = () => {}, cases }) {
  const url = await theProvince(cases, say);
  const db = new Database(url, 'bench', quiet, 2);
  try {
    const byHand = await sortedByHand(db);
    const earlier = await watched(db, () => stateOnce({ database: url, day: dayAfter(DAYS) }));
    const newest = await watched(db, () => stateOnce({ database: url, day: LAST_CLOSED }));
    const { rows } = await db.pool.query(`select code from aliases where stream_id = $1`, [Math.ceil(cases / 3)]);
    const proof = await stateOnce({ database: url, day: LAST_CLOSED, prove: rows[0].code });
    say(JSON.stringify({ statement: { byHand, newest, earlier, proof } }));
    if (newest.streams !== cases) throw new Error(`the statement is over ${newest.streams} streams`);
    const beside = { 'heads by hand': byHand };
    return [
      figure(`statement over ${cases} streams`, newest.seconds, 's', beside, '–', true),
      figure('the same, of three weeks before', earlier.seconds, 's', beside, '–', true),
      figure('longest snapshot that it held', Math.max(newest.snapshot, earlier.snapshot), 's', {}, '–', true),
      figure('peak memory of the process', Math.max(newest.peakMiB, earlier.peakMiB), 'MiB', {}, '≤ 200', Math.max(newest.peakMiB, earlier.peakMiB) <= 200),
      figure('bytes of the statement', newest.bytes, 'B', {}, '≤ 20,000', newest.bytes <= 20_000),
      figure('proof of one case', proof.seconds, 's', beside, '–', true),
    ]; // prettier-ignore
  } finally {
    await db.close();
  }
}

async function sortedByHand(db) {
  const took = [];
  for (let i = 0; i < 2; i++) {
    const began = performance.now();
    await db.pool.query(BY_HAND, [PORTAL]);
    took.push((performance.now() - began) / 1_000);
  }
  return Math.min(...took);
}

/** With the age of the oldest snapshot that held back vacuum meanwhile, in seconds. */
async function watched(db, work) {
  let snapshot = 0;
  const looking = setInterval(() => {
    void db.pool
      .query(`select extract(epoch from max(clock_timestamp() - xact_start))::float8 as age from pg_stat_activity where application_name = 'bench-statement' and backend_xmin is not null`)
      .then(({ rows }) => (snapshot = Math.max(snapshot, rows[0].age ?? 0)));
  }, 100); // prettier-ignore
  try {
    const done = await work();
    return { ...done, snapshot };
  } finally {
    clearInterval(looking);
  }
}
