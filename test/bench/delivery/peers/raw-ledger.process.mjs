/**
 * The hand-written reference: kafkajs, pg and undici, every delivery planned and settled in PostgreSQL, nothing else. Offsets
 * go once a batch is planned; what a partner can't take waits in the ledger. One statement a Kafka batch, one a micro-batch
 * of outcomes. After a kill it resumes from the ledger.
 */
import kafkajs from 'kafkajs';
import pg from 'pg';
import { Partner } from './scheduler.mjs';

const { Kafka, logLevel } = kafkajs;
const { KAFKA_BROKERS, TOPIC, GROUP, DATABASE_URL, PARTNERS } = process.env;
const urls = PARTNERS.split(',');
const CONCURRENCY = 32;
const LIMIT = 4_000;
const MICRO = 500;
const MICRO_MS = 5;

// A lost store: stop. A restart resumes from the ledger.
const die = (error) => {
  console.error(error);
  process.exit(1);
};
process.on('unhandledRejection', die);

async function connect() {
  const client = new pg.Client({ connectionString: DATABASE_URL });
  client.on('error', die);
  await client.connect();
  let tail = Promise.resolve();
  return { query: (given) => (tail = tail.catch(() => {}).then(() => client.query(given))) };
}
const [plan, mark] = await Promise.all([connect(), connect()]);
await plan.query(`
  create table if not exists event (id bigint generated always as identity primary key, event_id text not null unique,
    case_code text not null, kafka_partition int not null, kafka_offset bigint not null, received_at timestamptz not null default now(),
    body bytea not null);
  -- status: 0 planned, 1 accepted, 2 refused, 3 held
  create table if not exists delivery (partner smallint not null, event bigint not null, status smallint not null default 0,
    attempts smallint not null default 0, settled_at timestamptz, primary key (partner, event))
    with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.5);
  create table if not exists held_case (partner smallint not null, case_code text not null, event bigint not null,
    primary key (partner, case_code))`);

// Number arrays as literals: cheaper than pg's own encoding.
const literal = (numbers) => `{${numbers.join(',')}}`;

// Outcomes, in micro-batches ---------------------------------------------------------------------------------------
let outcomes = [];
let flying = false;
let timer;

function settle(event, partner, status) {
  outcomes.push([partner, event, status]);
  if (outcomes.length >= MICRO) void flush();
  else timer ??= setTimeout(flush, MICRO_MS);
}

async function flush() {
  clearTimeout(timer);
  timer = undefined;
  if (flying || outcomes.length === 0) return;
  flying = true;
  const batch = outcomes;
  outcomes = [];
  await mark
    .query({
      name: 'settle',
      text: `update delivery d set status = u.s, attempts = d.attempts + 1, settled_at = now()
        from unnest($1::smallint[], $2::bigint[], $3::smallint[]) as u(p, e, s) where d.partner = u.p and d.event = u.e`,
      values: [0, 1, 2].map((column) => literal(batch.map((outcome) => outcome[column]))),
    })
    .catch(die);
  flying = false;
  if (outcomes.length >= MICRO) void flush();
  else if (outcomes.length > 0) timer ??= setTimeout(flush, MICRO_MS);
}

// Partners ---------------------------------------------------------------------------------------------------------
const STATUS = { accepted: 1, refused: 2, held: 3 };
/** Highest event in the ledger. */
let planned = 0;

const lanes = urls.map((url, i) => {
  const number = i + 1;
  const lane = { number, cursor: 0, behind: true, paging: false };
  lane.partner = new Partner(url, CONCURRENCY, (item, what) => {
    settle(item.id, number, STATUS[what]);
    if (what === 'refused') hold(number, item);
    if (lane.behind && lane.partner.outstanding < LIMIT / 2) void page(lane);
  });
  return lane;
});

const hold = (partner, item) =>
  mark
    .query({
      text: 'insert into held_case values ($1, $2, $3) on conflict do nothing',
      values: [partner, item.key, item.id],
    })
    .catch(die);

/** The next planned deliveries of this partner from the ledger, in order. */
async function page(lane) {
  if (lane.paging) return;
  lane.paging = true;
  const upTo = planned;
  const { rows } = await plan
    .query({
      name: 'page',
      text: `select e.id, e.case_code, e.body from delivery d join event e on e.id = d.event
        where d.partner = $1 and d.event > $2 and d.status = 0 order by d.event limit ${LIMIT / 2}`,
      values: [lane.number, lane.cursor],
    })
    .catch(die);
  for (const row of rows) {
    lane.cursor = Number(row.id);
    lane.partner.add({ id: lane.cursor, key: row.case_code, body: row.body });
  }
  lane.paging = false;
  if (rows.length === LIMIT / 2) return;
  if (planned === upTo) {
    lane.behind = false;
    lane.cursor = planned;
  } else if (lane.partner.outstanding < LIMIT / 2) void page(lane);
}

for (const held of (await plan.query('select partner, case_code from held_case')).rows)
  lanes[held.partner - 1].partner.blocked.add(held.case_code);
planned = Number((await plan.query('select coalesce(max(id), 0) as max from event')).rows[0].max);
await Promise.all(lanes.map(page));

// Kafka ------------------------------------------------------------------------------------------------------------
// Bodies travel as one binary parameter and are cut up in SQL: no escaping, no hex.
const PLAN = `with e as (
    insert into event (event_id, case_code, kafka_partition, kafka_offset, body)
    select u.i, u.c, $3::int, u.o, substring($4::bytea from u.s for u.l)
    from unnest($1::text[], $2::text[], $5::bigint[], $6::int[], $7::int[]) as u(i, c, o, s, l)
    on conflict (event_id) do nothing returning id, event_id),
  d as (insert into delivery (partner, event) select p, e.id from e cross join generate_series(1, $8::int) p order by 1, 2)
  select id, event_id from e`;

async function planBatch({ messages, partition }) {
  const events = messages.map(({ key, value }) => ({ key: key.toString(), id: JSON.parse(value).eventId, value }));
  const starts = [];
  let length = 1;
  for (const { value } of events) {
    starts.push(length);
    length += value.length;
  }
  const { rows } = await plan.query({
    name: 'plan',
    text: PLAN,
    values: [
      events.map(({ id }) => id),
      events.map(({ key }) => key),
      partition,
      Buffer.concat(events.map(({ value }) => value)),
      literal(messages.map(({ offset }) => offset)),
      literal(starts),
      literal(events.map(({ value }) => value.length)),
      urls.length,
    ],
  });
  const ids = new Map(rows.map((row) => [row.event_id, Number(row.id)]));
  const items = events
    .filter(({ id }) => ids.has(id))
    .map(({ id, key, value }) => ({ id: ids.get(id), key, body: value }))
    .sort((a, b) => a.id - b.id);
  if (items.length === 0) return;
  planned = items.at(-1).id;
  for (const lane of lanes) addTo(lane, items);
}

function addTo(lane, items) {
  if (lane.behind) return;
  for (const item of items) {
    if (lane.partner.outstanding >= LIMIT) {
      lane.behind = true;
      return;
    }
    lane.cursor = item.id;
    lane.partner.add(item);
  }
}

const kafka = new Kafka({ clientId: 'raw-ledger', brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({
  groupId: GROUP,
  sessionTimeout: 6_000,
  heartbeatInterval: 1_500,
  rebalanceTimeout: 10_000,
  maxBytesPerPartition: 262_144,
});
await consumer.connect();
await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
// One plan statement at a time: ids grow in the order of planning.
let chain = Promise.resolve();
await consumer.run({
  autoCommitInterval: 500,
  partitionsConsumedConcurrently: 8,
  eachBatch: async ({ batch, heartbeat }) => {
    const mine = chain.then(() => planBatch(batch));
    chain = mine.catch(die);
    await mine;
    await heartbeat();
  },
});
