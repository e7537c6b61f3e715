import { OPEN_DAY } from './close/open-day.js';
import { FEW } from './few.js';
import { LOADED, LOADED_FROM } from './lanes/claimed-lane.js';

/** Locked cursors, then everything above them from the ledger: the order never depends on what Kafka skipped or repeated. */
export const UNPLANNED = `
with c as (select stream_id, planned from plan_cursor where stream_id = any($1::bigint[]) order by stream_id for update)
select e.stream_id, e.sequence, e.id, e.type, e.sender, s.entered_by, s.also_entered_by, s.procedure, s.opened_on::text, s.unit, s.due_at, e.recorded_at
from (select * from c ${FEW}) c join events e on e.stream_id = c.stream_id and e.sequence > c.planned join streams s on s.id = c.stream_id
order by e.stream_id, e.sequence`;

/**
 * A lane that nobody holds and nothing waits in is taken at once where `direct` says so, this worker is alive and the
 * agency neither paused nor behind an open breaker; else, or where it is held for another stream's, it waits its turn. A newer full state, or a revocation, wakes a lane that waits for a person: it may make that needless.
 */
export const PLAN = `
with me as (select id from workers where id = $1 and lease_until > now() for key share),
d as (select * from unnest($2::text[], $3::bigint[], $4::int[], $5::uuid[], $6::text[]) as d(agency_id, stream_id, sequence, event_id, form)),
ins as (insert into deliveries (agency_id, stream_id, sequence, event_id, form, planned_day)
  select agency_id, stream_id, sequence, event_id, form::delivery_form, ${OPEN_DAY} from d),
n as (
  select n.*, case when n.out_s is not null and not exists (select 1 from agencies a where a.id = n.agency_id and a.stood_since is not null) then me.id end as taker
  from unnest($7::text[], $8::bigint[], $9::int[], $10::timestamptz[], $11::int[], $12::int[], $13::float8[])
    as n(agency_id, stream_id, last, deadline, revoke_at, first, out_s) left join me on true),
ln as (
  insert into lanes as l (agency_id, stream_id, last, deadline, revoke_at, wait, worker, claim, sending, out_until)
  select agency_id, stream_id, last, deadline, revoke_at, (case when taker is null then 'turn' end)::lane_wait, taker, (taker is not null)::int,
    case when taker is not null then first end, case when taker is not null then now() + make_interval(secs => out_s) end
  from n order by 1, 2
  on conflict (agency_id, stream_id) do update set last = excluded.last, deadline = excluded.deadline,
    revoke_at = coalesce(l.revoke_at, excluded.revoke_at),
    wait = case when l.worker is not null then l.wait when l.wait is null then case when l.held then 'turn' else excluded.wait end
      when l.wait = 'person' and excluded.revoke_at is not null then 'turn' else l.wait end,
    worker = case when l.worker is null and l.wait is null and not l.held then excluded.worker else l.worker end,
    claim = case when l.worker is null and l.wait is null and not l.held then l.claim + excluded.claim else l.claim end,
    sending = case when l.worker is null and l.wait is null and not l.held then excluded.sending else l.sending end,
    out_until = case when l.worker is null and l.wait is null and not l.held and excluded.worker is not null then excluded.out_until else l.out_until end
  returning l.agency_id, l.stream_id, l.sending, l.claim, l.worker, l.wait, l.known_as),
ask as (
  insert into collections (agency_id, stream_id, due_at)
  select agency_id, stream_id, now() + make_interval(secs => every) from unnest($14::text[], $15::bigint[], $16::float8[]) as a(agency_id, stream_id, every)
  order by 1, 2 on conflict do nothing),
cursors as (
  update plan_cursor p set planned = t.reached
  from (select * from unnest($17::bigint[], $18::int[]) as t(stream_id, reached) ${FEW}) t where p.stream_id = t.stream_id)
select ln.agency_id, ln.stream_id, ln.sending, ln.claim, ln.known_as from ln join n on n.agency_id = ln.agency_id and n.stream_id = ln.stream_id
where n.taker is not null and ln.worker = n.taker and ln.sending = n.first
union all select agency_id, null, null, null, null from ln where wait = 'turn' group by 1`;

/** A lane in doubt isn't woken: its person settles that first. */
export const WAKE_PARKED = `
update lanes l set wait = 'turn' from unnest($1::text[], $2::bigint[]) as t(agency_id, stream_id)
where l.agency_id = t.agency_id and l.stream_id = t.stream_id and l.wait = 'person' and l.doubt_at is null`;

/** A revocation of a result that this agency was never to get is an event like others. */
export const REVOKES_NOTHING = `
update lanes l set revoke_at = (
  select min(r.sequence) from deliveries r where r.agency_id = l.agency_id and r.stream_id = l.stream_id and r.form = 'revocation'
    and r.state in ('open', 'parked') and exists (
      select 1 from deliveries d where d.agency_id = r.agency_id and d.stream_id = r.stream_id and d.form = 'result' and d.sequence < r.sequence))
from unnest($1::text[], $2::bigint[]) as t(agency_id, stream_id)
where l.agency_id = t.agency_id and l.stream_id = t.stream_id`;

/** What this worker took at once, as a claim would have brought it. */
export const LOAD = `
with c as (select t.*, null::int as doubt_at from unnest($1::text[], $2::bigint[], $3::int[], $4::int[], $5::boolean[], $6::text[]) as t(agency_id, stream_id, sending, claim, with_case, known_as) ${FEW})
select c.agency_id as "agencyId", c.stream_id as "streamId", n.* from c cross join lateral (select ${LOADED} ${LOADED_FROM}) n`;
