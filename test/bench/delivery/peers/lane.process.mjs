/**
 * What a durable record of plan and outcome costs in PostgreSQL, without HTTP. A cost probe, not the protocol: no sorted locks,
 * no worker's row when planning, no doubt, no attempts, no bodies. usage: lane.process.mjs CASES
 */
import pg from 'pg';

const EVENTS = 4;
const AGENCIES = 4;
const BATCH = 500;
const OUTCOMES = 400;
const cases = Number(process.argv[2]);

async function connect() {
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  await client.query('create schema if not exists lane; set search_path = lane');
  return client;
}
const [planner, writer] = [await connect(), await connect()];
await planner.query(`
  create table workers (id int primary key, lease_until timestamptz);
  create table plan_cursor (record_id bigint primary key, planned int not null) with (fillfactor = 70);
  create table lanes (agency_id smallint, record_id bigint, done int not null default 0, last int not null, sending int,
    claim int not null default 0, worker int, doubt bool not null default false, wait text, wake_at timestamptz,
    deadline timestamptz, primary key (agency_id, record_id)) with (fillfactor = 60);
  create index on lanes (agency_id, deadline) where wait = 'turn';
  create index on lanes (wake_at) where wait = 'timer';
  create table deliveries (agency_id smallint, record_id bigint, sequence int, event_id uuid, state smallint not null default 0,
    attempts smallint not null default 0, planned_at timestamptz default now(), answered_at timestamptz,
    primary key (agency_id, record_id, sequence)) with (fillfactor = 80);
  insert into workers values (1, now() + interval '1 hour')`);

const PLAN = `with me as (select id from workers where id = $1 for key share),
m as (select * from unnest($2::bigint[], $3::int[]) as m(record_id, n)),
cur as (insert into plan_cursor as p select record_id, max(n) from m group by 1 order by 1
  on conflict (record_id) do update set planned = greatest(p.planned, excluded.planned) returning record_id),
rec as (select * from unnest($4::smallint[], $5::bigint[], $6::int[], $7::uuid[]) as d(agency_id, record_id, sequence, event_id)),
ins as (insert into deliveries (agency_id, record_id, sequence, event_id) select * from rec on conflict do nothing
  returning agency_id, record_id, sequence),
ln as (insert into lanes as l (agency_id, record_id, last, sending, claim, worker)
  select agency_id, record_id, max(sequence), min(sequence), 1, (select id from me) from ins group by 1, 2 order by 1, 2
  on conflict (agency_id, record_id) do update set last = excluded.last, worker = coalesce(l.worker, (select id from me)),
    claim = l.claim + (l.worker is null)::int, sending = coalesce(l.sending, excluded.sending)
  returning agency_id, record_id, worker, claim, sending)
select * from ln`;
const OUTCOME = `with me as (select id from workers where id = $1 for key share),
t as (select * from unnest($2::smallint[], $3::bigint[], $4::int[], $5::int[]) as t(agency_id, record_id, sequence, claim)),
ok as (update lanes l set done = t.sequence, sending = case when l.last > t.sequence then t.sequence + 1 end,
    worker = case when l.last > t.sequence then l.worker end
  from t, me where l.agency_id = t.agency_id and l.record_id = t.record_id and l.worker = me.id and l.claim = t.claim
  returning t.agency_id, t.record_id, t.sequence, l.sending),
up as (update deliveries d set state = 1, attempts = attempts + 1, answered_at = clock_timestamp() from ok
  where d.agency_id = ok.agency_id and d.record_id = ok.record_id and d.sequence = ok.sequence)
select agency_id, record_id, sending from ok`;

const ready = [];
const claims = new Map();
let planning = true;
let done = 0;
const breathe = () => new Promise((resolve) => setImmediate(resolve));
const uuid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

async function plan() {
  let n = 0;
  for (let sequence = 1; sequence <= EVENTS; sequence++)
    for (let from = 0; from < cases; from += BATCH) {
      const ids = Array.from({ length: Math.min(BATCH, cases - from) }, (_, i) => from + i);
      const rows = ids.flatMap((id) => Array.from({ length: AGENCIES }, (_, k) => [k + 1, id, sequence, uuid(n++)]));
      const columns = [0, 1, 2, 3].map((column) => rows.map((row) => row[column]));
      const values = [1, ids, ids.map(() => sequence), ...columns];
      for (const lane of (await planner.query({ name: 'plan', text: PLAN, values })).rows) {
        const key = `${lane.agency_id}:${lane.record_id}`;
        if (claims.get(key) === lane.claim) continue;
        claims.set(key, lane.claim);
        ready.push([lane.agency_id, lane.record_id, lane.sending, lane.claim]);
      }
      while (ready.length > 20_000) await breathe();
    }
  planning = false;
}

async function write() {
  while (planning || ready.length > 0) {
    if (ready.length === 0) {
      await breathe();
      continue;
    }
    const batch = ready.splice(0, OUTCOMES).sort((x, y) => x[0] - y[0] || x[1] - y[1]);
    const values = [1, ...[0, 1, 2, 3].map((column) => batch.map((lane) => lane[column]))];
    const { rows, rowCount } = await writer.query({ name: 'outcome', text: OUTCOME, values });
    done += rowCount;
    for (const { agency_id, record_id, sending } of rows)
      if (sending !== null) ready.push([agency_id, record_id, sending, claims.get(`${agency_id}:${record_id}`)]);
  }
}

const from = performance.now();
await Promise.all([plan(), write()]);
const seconds = (performance.now() - from) / 1_000;
if (done !== cases * EVENTS * AGENCIES) throw new Error(`${done} outcomes written`);
console.log(JSON.stringify({ perSecond: done / seconds }));
await Promise.all([planner.end(), writer.end()]);
