/**
 * A day of BENCH_EVENTS events (100,000) closed under load, with a million older deliveries beside it: how long any writer was held, what
 * the cut and the count took. Beside it the customary way, an advisory lock that writers share and the close takes alone.
 */
import { setTimeout as wait } from 'node:timers/promises';
import {
  closeDays,
  commitOutcomes,
  Database,
  enlist,
  enter,
  openDay,
  plan,
  showDay,
} from '../../../dist/libs/ledger/src/index.js';
import { outcomeFor } from '../../../dist/libs/ledger/src/testing/outcome-for.js';
import { figure, fresh, percentile, quiet, round } from '../fresh.mjs';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 100_000);
/** So many of them come in by the ledger's own door; of a bigger day the rest is written by hand. */
const BY_DOOR = Math.min(EVENTS, 100_000);
const OLDER = 1_000_000;
const AGENCIES = ['a', 'b'];
const CALM_MS = 3_000;
/** A transaction that is under way at the cut: an operation's batch, a merge. */
const SLOW_MS = 1_000;
const LOCK = 7_117;
/** One delivery in so many is still open when the day is cut. */
const OPEN = 10;

export default async function closeBench({ say }) {
  const database = await fresh();
  const db = new Database(database.url, 'bench', quiet, 8);
  const closer = new Database(database.url, 'bench-close', quiet, 2);
  try {
    await db.pool.query(`insert into agencies (id, name) select id, '{}' from unnest($1::text[]) as a(id)`, [AGENCIES]);
    const worker = await enlist(db, 'bench');
    await db.pool.query(`update workers set lease_until = 'infinity'`);
    await older(db);
    const day = new Work(db, worker);
    for (let n = 0; n < BY_DOOR; n += 500) await day.some(500);
    for (let n = BY_DOOR; n < EVENTS; n += 50_000) await byHand(db, n, Math.min(n + 50_000, EVENTS));
    await db.pool.query('analyze');
    say(`close: ${EVENTS} events, ${OLDER} older deliveries are there`);

    const lock = await underLoad(new Work(db, worker, shared), () => cutByLock(closer), db);
    const ours = await underLoad(day, (slow) => closeOpenDay(closer, slow), db);
    const { agencies, entered } = await showDay(closer, ours.day);
    const carried = agencies.reduce((sum, one) => sum + one.carried, 0);
    say(JSON.stringify({ close: { ...ours, entered, carried }, lock }));
    return [
      figure('a day closed: longest hold of a writer', ours.longest, 'ms', { 'no close': ours.longestBefore, 'advisory lock': lock.longest }, '≤ 50 ms more than without', ours.longest - ours.longestBefore <= 50),
      figure('a day closed: writers while it is counted', ours.rate, 'transactions/s', { before: ours.rateBefore }, '≥ 0.5 × before', ours.rate >= 0.5 * ours.rateBefore),
      figure('a day closed: cut', ours.cutMs, 'ms', {}, '≤ 50', ours.cutMs <= 50),
      figure(`a day closed: count of ${entered} events`, ours.countMs, 'ms', {}, '≤ 10,000', ours.countMs <= 10_000),
    ]; // prettier-ignore
  } finally {
    await db.close();
    await closer.close();
    await database.end();
  }
}

/** Calm, then a close with one slow transaction under way: what every writer's transaction took, before and meanwhile. */
async function underLoad(work, close, db) {
  const writers = [work, work, work].map((one) => one.goesOn());
  await wait(CALM_MS);
  const begins = performance.now();
  const slow = await db.pool.connect();
  await slow.query('begin');
  await slow.query(`select pg_advisory_xact_lock_shared(${LOCK})`);
  await slow.query(`insert into deliveries (agency_id, stream_id, sequence, event_id, planned_day) select 'a', -$1::bigint, 1, gen_random_uuid(), day from ledger_days where cut_at is null`, [Math.round(begins)]); // prettier-ignore
  const ended = wait(SLOW_MS).then(() => slow.query('commit')).then(() => slow.release()); // prettier-ignore
  const closed = await close(ended);
  const ends = performance.now();
  work.stops = true;
  await Promise.all([...writers, ended]);
  const took = (from, to) =>
    work.took.filter((one) => one.end > from && one.begin < to).map((one) => one.end - one.begin);
  const [before, meanwhile] = [took(begins - CALM_MS, begins), took(begins, ends)];
  return {
    ...closed,
    longestBefore: round(Math.max(...before)),
    longest: round(Math.max(...meanwhile)),
    p99Before: round(percentile(before, 99)),
    p99: round(percentile(meanwhile, 99)),
    rateBefore: Math.round((before.length * 1_000) / CALM_MS),
    rate: Math.round((meanwhile.length * 1_000) / (ends - begins)),
  };
}

/** Moments as they show from outside: the day has moved on; it is counted. */
async function closeOpenDay(closer, slow) {
  const { day } = await openDay(closer);
  const begun = performance.now();
  let cut;
  const waiting = () => (cut ??= performance.now());
  const counted = slow.then(() => performance.now());
  await closeDays(closer, { today: day, day, by: 'bench', waiting });
  const done = performance.now();
  return { day, cutMs: round(cut - begun), countMs: round(done - (await counted)) };
}

async function cutByLock(closer) {
  const begun = performance.now();
  await closer.transaction(async (client) => {
    await client.query(`select pg_advisory_xact_lock(${LOCK})`);
  });
  return { cutMs: round(performance.now() - begun) };
}

/** What a writer would do under such a lock: it is taken in a statement of its own, before the one that asks for the day. */
const shared = (db, statement) =>
  db.transaction(
    async (client) =>
      void (await client.query({ name: 'bench.lock', text: `select pg_advisory_xact_lock_shared(${LOCK})` })),
    () => [statement],
    (_, [answer]) => answer,
  );

/** Cases entered, planned for both agencies, and nine of ten acknowledged at once. */
class Work {
  static cases = 0;
  took = [];
  stops = false;

  constructor(db, worker, wrap) {
    this.worker = worker;
    this.db = db;
    if (!wrap) return;
    const under = (statement, as) => (statement.name === 'enter.new' || statement.name.startsWith('lanes.settle') ? wrap(db, statement) : as()); // prettier-ignore
    this.db = Object.assign(Object.create(db), {
      query: (name, text, values) => under({ name, text, values }, () => db.query(name, text, values)),
      once: (name, text, values) => under({ name, text, values }, () => db.once(name, text, values)),
    });
  }

  async goesOn() {
    while (!this.stops) await this.some(20);
  }

  async some(size) {
    const items = Array.from({ length: size }, () => {
      const n = ++Work.cases;
      return {
        sender: 'counter',
        key: `${n}`,
        type: 'vn.lienthong.case.received.v1',
        caseCode: `H49.CLOSE-${n}`,
        data: { n, note: 'x'.repeat(600) },
        opens: { procedure: '2.000488', openedOn: '2021-05-31', dueAt: null },
        status: 2,
      };
    });
    const answers = await this.timed(() => enter(this.db, items, () => true));
    const places = new Map(AGENCIES.map((id) => [id, { lanes: size, outSeconds: 600, withCase: false }]));
    const everybody = { recipients: AGENCIES.map((agency) => ({ agency })), collectFrom: [] };
    const streams = answers.map(({ stream }) => stream);
    const { claimed } = await this.timed(() =>
      plan(this.db, streams, () => everybody, { worker: this.worker, places }),
    );
    const attempt = { operation: 'op', itemHash: null, startedAt: Date.now(), endedAt: Date.now(), outcome: 'accepted', inDoubt: false, reply: null }; // prettier-ignore
    const outcomes = claimed
      .filter((_, i) => i % OPEN !== 0)
      .map((lane) => outcomeFor(lane, 'acknowledged', { attempts: [attempt] }));
    await this.timed(() => commitOutcomes(this.db, this.worker, outcomes));
  }

  async timed(work) {
    const begin = performance.now();
    const done = await work();
    this.took.push({ begin, end: performance.now() });
    return done;
  }
}

/** What the door, the plan and nine acknowledgements of ten would have left of such events. */
async function byHand(db, from, to) {
  await db.pool.query(
    `with n as (select 500000000 + n as id, n from generate_series($1::int + 1, $2::int) n),
     e as (insert into events (stream_id, sequence, id, type, sender, status, recorded_at, body, body_hash, hash)
       select id, 1, gen_random_uuid(), 'vn.lienthong.case.received.v1', 'counter', 2, now(), json_build_object('n', n, 'note', repeat('x', 600)), '\\x00'::bytea, '\\x00'::bytea from n),
     p as (insert into plan_cursor (stream_id, planned) select id, 1 from n)
     insert into deliveries (agency_id, stream_id, sequence, event_id, state, ended_day, ended_at)
     select a, id, 1, gen_random_uuid(), case when n % ${OPEN} = 0 then 'open' else 'acknowledged' end::delivery_state, case when n % ${OPEN} > 0 then d.day end, case when n % ${OPEN} > 0 then now() end
     from n, unnest($3::text[]) a, (select day from ledger_days where cut_at is null) d`,
    [from, to, AGENCIES],
  );
}

/** Of years before: planned and acknowledged on closed days. Written by hand: delivering a million takes minutes. */
async function older(db) {
  const client = await db.pool.connect();
  await client.query(`set statement_timeout = 0`);
  await client.query(
    `insert into deliveries (agency_id, stream_id, sequence, event_id, state, planned_day, ended_day, ended_at)
     select 'a', 1000000000 + n, 1, gen_random_uuid(), 'acknowledged', d.day - 1 - n / 2000, d.day - 1 - n / 2000, now()
     from generate_series(${OLDER}, 1, -1) as n, ledger_days d where d.cut_at is null`,
  );
  await client.query('vacuum (analyze) deliveries');
  client.release();
}
