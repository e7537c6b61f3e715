import { figure } from '../fresh.mjs';
import { agencyId } from './hub.mjs';
import { runHub } from './subjects.mjs';
import { bodyOf, PROCEDURE, WARM } from './workload.mjs';

export const names = ['waiting'];
const [FEW, MANY] = [1_000, 1_000_000];
const AGENCIES = 4;
const STREAMS_FROM = 1_000_000_000;

/** CPU of the common workload while so many deliveries wait: of agencies that are paused, and of the same agencies. */
export async function run({ cases, note }) {
  const figures = [];
  for (const [what, agencies] of [
    ['of paused agencies', (n) => `paused-${n}`],
    ['of the same agencies', agencyId],
  ]) {
    const [few, many] = [await beside(FEW, agencies, cases), await beside(MANY, agencies, cases)];
    note(`waiting: ${FEW} ${what}`, few);
    note(`waiting: ${MANY} ${what}`, many);
    const [value, reference] = [many.cpuPer1000 * 1_000, few.cpuPer1000 * 1_000];
    const name = `CPU per 1,000 deliveries, 10⁶ waiting ${what}`;
    figures.push(figure(name, value, 'ms', { '10³ waiting': reference }, '≤ 1.2 ×', value <= 1.2 * reference));
  }
  return { figures };
}

const beside = (waiting, agencies, cases) =>
  runHub({ cases, prepare: ({ db }) => fill(db, waiting, [1, 2, 3, 4].map(agencies)) });

/** As planned deliveries that wait their turn, their legal deadline far off. Written by hand: entering a million takes minutes. */
async function fill(db, deliveries, agencies) {
  const client = await db.pool.connect();
  const streams = deliveries / AGENCIES;
  const body = JSON.stringify(bodyOf(WARM, 0, 1));
  await client.query(`set statement_timeout = 0`);
  for (const [text, ...values] of [
    [
      `insert into agencies (id, name, paused) select id, '{"vi":"x","en":"x"}', true from unnest($1::text[]) as a(id) on conflict do nothing`,
      agencies,
    ],
    [
      `insert into contracts (agency_id, valid_from, document) select id, '2018-01-01', (select document from contracts where agency_id = 'counter')
        from unnest($1::text[]) as a(id) on conflict do nothing`,
      agencies,
    ],
    [
      `insert into streams (id, kind, entered_by, procedure, opened_on, status, last, head_hash)
        select ${STREAMS_FROM} + n, 'case', 'counter', $2, '2021-05-31', 2, 1, '\\x00' from generate_series(1, $1::int) as n`,
      streams,
      PROCEDURE,
    ],
    [
      `insert into aliases (namespace, code, stream_id)
        select 'case', 'H49.WAIT-210531-' || lpad(n::text, 7, '0'), ${STREAMS_FROM} + n from generate_series(1, $1::int) as n`,
      streams,
    ],
    [
      `insert into events (stream_id, sequence, id, type, sender, status, recorded_at, body, body_hash, hash)
        select ${STREAMS_FROM} + n, 1, gen_random_uuid(), 'vn.lienthong.case.received.v1', 'counter', 2, now(), $2::json, '\\x00', '\\x00'
        from generate_series(1, $1::int) as n`,
      streams,
      body,
    ],
    [
      `insert into plan_cursor (stream_id, planned) select ${STREAMS_FROM} + n, 1 from generate_series(1, $1::int) as n`,
      streams,
    ],
    [
      `insert into deliveries (agency_id, stream_id, sequence, event_id)
        select a.id, e.stream_id, 1, e.id from events e cross join unnest($1::text[]) as a(id) where e.stream_id > ${STREAMS_FROM}`,
      agencies,
    ],
    [
      `insert into lanes (agency_id, stream_id, last, deadline, wait)
        select a.id, s.id, 1, now() + interval '300 days', 'turn' from streams s cross join unnest($1::text[]) as a(id)
        where s.id > ${STREAMS_FROM}`,
      agencies,
    ],
  ])
    // prettier-ignore
    await client.query(text, values);
  client.release();
}
