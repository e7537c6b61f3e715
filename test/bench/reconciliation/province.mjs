import { Database } from '../../../dist/libs/ledger/src/index.js';
import { fresh, quiet } from '../fresh.mjs';

/** What a province's portal got in eighteen months, written as intake, planning and delivery would have left it. */
export const PORTAL = 'portal';
const FIRST = '2023-07-01';
export const DAYS = 540;
/** A case's last event comes so many days after its receipt at most. */
const LONGEST = 22;
const WINDOW = 10;

/**
 * Cases $1 to $2 by their number. Of ten eight are done; every twelfth was sent back for a supplement, every sixtieth twice, some
 * wait for it still; one in 33 has no due date. Codes of a day are in eight units: their order isn't that of entry.
 */
const CASES = `
c as (
  select n as id, '000.00.' || lpad((n * 5 % 8)::text, 2, '0') || '.H99-' || to_char(d, 'YYMMDD') || '-' || lpad((n % 100000)::text, 5, '0') as code,
    '1.' || lpad((n % 277)::text, 6, '0') as procedure, d + interval '8 hours' as received, case when n % 33 > 0 then d + (5 + n % 20) * interval '1 day' end as due,
    d + (3 + (n * 7) % 19) * interval '1 day' + interval '9 hours' as ended, n % 10 < 8 as is_done, n % 30 = 9 as waits,
    case when n % 60 = 0 then 2 when n % 12 = 0 then 1 else 0 end as supplements, n
  from generate_series($1::bigint, $2::bigint) n,
    lateral (select ($3::date + ((n - 1) * $4::int / $5::int)::int)::timestamp at time zone 'Asia/Ho_Chi_Minh' as d) x)`;

const headOf = (id, sequence) => `sha256(convert_to(${id} || ':' || ${sequence}, 'UTF8'))`;
const last = `(2 + case when is_done then 2 * supplements + 2 when waits then 1 else 0 end)`;

const STREAMS = `
with ${CASES},
s as (
  insert into streams (id, kind, entered_by, procedure, opened_on, due_at, status, last, head_hash, unit)
  select id, 'case', 'mot-cua', procedure, received::date, due, case when is_done then 10 when waits then 5 else 4 end, ${last}, ${headOf('id', last)}, 'H99.14' from c),
a as (insert into aliases (namespace, code, stream_id) select 'case', code, id from c)
insert into lanes (agency_id, stream_id, done, last, deadline) select '${PORTAL}', id, ${last}, ${last}, received from c`;

const received = `json_build_object('code', code, 'procedure', json_build_object('code', procedure, 'name', 'Thủ tục số ' || procedure),
  'field', json_build_object('code', 'G15-LV' || n % 40, 'name', 'Lĩnh vực ' || n % 40), 'channel', (array['online', 'counter', 'post'])[1 + n % 3],
  'unit', json_build_object('code', 'H99.' || n % 111, 'name', 'Đơn vị ' || n % 111), 'submittedAt', received, 'receivedAt', received, 'dueAt', due,
  'summary', repeat('Đề nghị giải quyết ', 20), 'applicant', json_build_object('name', 'Nguyễn Văn A', 'kind', 'citizen'), 'returnBy', 'counter')`;

/**
 * What was recorded from day $6 to before $7, in that order, as on a disk. The portal acknowledges within minutes; every
 * sixteenth end it acknowledges twenty days late after five refusals, every two hundredth not at all. Attempts are of the ends alone.
 */
const EVENTS = `
with ${CASES},
e as materialized (
  select c.*, x.*, x.status in (9, 10) and c.n % 16 = 0 as is_late, x.status in (9, 10) and c.n % 200 = 1 as is_lost
  from c, lateral (values
    (1, 2, received, true), (2, 4, received + interval '1 day', true),
    (3, 5, received + interval '26 hours', is_done and supplements > 0 or waits and not is_done), (4, 4, received + interval '30 hours', is_done and supplements > 0),
    (5, 5, received + interval '34 hours', is_done and supplements > 1), (6, 4, received + interval '38 hours', is_done and supplements > 1),
    (3 + 2 * supplements, 9, ended, is_done), (4 + 2 * supplements, 10, ended + interval '1 minute', is_done)) x(sequence, status, at, is_there)
  where x.is_there and x.at >= $6::date::timestamp at time zone 'Asia/Ho_Chi_Minh' and x.at < $7::date::timestamp at time zone 'Asia/Ho_Chi_Minh'
  order by x.at, c.id),
i as (
  insert into events (stream_id, sequence, id, type, sender, status, recorded_at, body, body_hash, hash, ledger_day)
  select id, sequence, gen_random_uuid(), case sequence when 1 then 'vn.lienthong.case.received.v1' else 'vn.lienthong.case.status-changed.v1' end, 'mot-cua', status, at,
    case when sequence = 1 then ${received} when status = 9 then json_build_object('status', 9, 'at', at, 'finishedAt', at) else json_build_object('status', status, 'at', at) end,
    ${headOf('id', "'body'")}, ${headOf('id', 'sequence')}, (at at time zone 'Asia/Ho_Chi_Minh')::date from e),
d as (
  insert into deliveries (agency_id, stream_id, sequence, event_id, state, planned_at, planned_day, ended_at, ended_day, attempts, first_attempt_at, operation)
  select '${PORTAL}', id, sequence, gen_random_uuid(), case when is_lost then 'open' else 'acknowledged' end::delivery_state, at, (at at time zone 'Asia/Ho_Chi_Minh')::date,
    case when not is_lost then at + case when is_late then interval '20 days' else interval '2 minutes' end end, case when not is_lost then (at at time zone 'Asia/Ho_Chi_Minh')::date end, 1, at, 'DongBoHoSoMC' from e)
insert into attempts (agency_id, stream_id, sequence, revision, number, asked_by, worker, claim, operation, started_at, ended_at, outcome, in_doubt)
select '${PORTAL}', id, sequence, 1, k, 'schedule', 1, 1, 'DongBoHoSoMC', at + interval '1 minute', at + interval '2 minutes', case when k = 6 or not is_late and not is_lost then 'accepted' else 'busy' end, false
from e, generate_series(1, case when is_late then 6 when is_lost then 5 else 1 end) k where status in (9, 10)`;

const DAY_MS = 86_400_000;
/** ISO day so many days after the first receipt. */
export const dayAfter = (n) => new Date(Date.parse(FIRST) + n * DAY_MS).toISOString().slice(0, 10);
/** The newest closed day: nothing was entered after it. */
export const LAST_CLOSED = dayAfter(DAYS + LONGEST + WINDOW - 1);

/** Fills an empty database; a million cases are 4 GB and some minutes. */
async function fillProvince(db, cases, say = () => {}) {
  const client = await db.pool.connect();
  try {
    // Nobody needs this database after a crash.
    await client.query(`set synchronous_commit = off; set work_mem = '64MB'; truncate ledger_days cascade`);
    await client.query(
      `insert into ledger_days (day, opened_at, cut_at, closed_at, closed_by, entered, unplanned)
       select d, d, d + interval '1 day', d + interval '1 day', 'bench', 0, 0 from generate_series($1::date, $2::date, '1 day') d`,
      [FIRST, LAST_CLOSED],
    );
    await client.query(`insert into ledger_days (day) values ($1::date + 1)`, [LAST_CLOSED]);
    await agencyAndCatalogue(client);
    const common = [FIRST, DAYS, cases];
    for (let from = 1; from <= cases; from += 50_000)
      await client.query(STREAMS, [from, Math.min(from + 49_999, cases), ...common]);
    for (let day = 0; day < DAYS + LONGEST; day += WINDOW) {
      const from = Math.max(1, Math.floor(((day - LONGEST - 1) * cases) / DAYS));
      const to = Math.min(cases, Math.ceil(((day + WINDOW) * cases) / DAYS));
      await client.query(EVENTS, [from, to, ...common, dayAfter(day), dayAfter(day + WINDOW)]);
      if (day % 100 === 0) say(`province: day ${day} of ${DAYS + LONGEST}`);
    }
    await client.query('vacuum (analyze)');
  } finally {
    client.release();
  }
}

async function agencyAndCatalogue(client) {
  const contract = { validFrom: '2018-01-01', owner: 'G22', protocol: 'national-portal' };
  const name = JSON.stringify({ vi: 'Cổng Dịch vụ công quốc gia', en: 'National portal' });
  await client.query(`insert into agencies (id, name) values ($1, $2)`, [PORTAL, name]);
  await client.query(`insert into contracts (agency_id, valid_from, document) values ($1, $2, $3)`, [
    PORTAL,
    contract.validFrom,
    JSON.stringify(contract),
  ]);
  await client.query(
    `insert into contract_history (agency_id, serial, name, versions, applied_at, author) values ($1, 1, $2, $3, $4, 'bench')`,
    [PORTAL, name, JSON.stringify([contract]), FIRST],
  );
  await client.query(
    `insert into catalogue_procedures (agency_id, code, name, raw_name, partner_key, facts, raw, seen_from)
     select 'csdl-tthc', '1.' || lpad(n::text, 6, '0'), 'Thủ tục ' || n, 'Thủ tục ' || n, n::text,
       json_build_object('terms', json_build_array(json_build_object('amount', 5 + n % 20, 'unit', 'Ngày')), 'channels', json_build_array('online')), '{}', $1
     from generate_series(0, 276) n`,
    [FIRST],
  );
}

let place;

/** One for all parts of a run, filled when the first of them asks. Its URL. */
export async function theProvince(cases, say) {
  if (place) return place.url;
  place = await fresh();
  const db = new Database(place.url, 'bench-fill', quiet, 1);
  await fillProvince(db, cases, say).finally(() => db.close());
  return place.url;
}

export const endProvince = () => place?.end();
