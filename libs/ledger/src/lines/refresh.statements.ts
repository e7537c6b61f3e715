import { isOwnCode } from '../own-code.js';

/**
 * Streams of which something may have changed for an agency ($1) since an instant ($2): what it acknowledged or reported, what a
 * person settled, codes that were moved, and verdicts that turned with the day ($3). Attempts and events lie in the order of time.
 */
export const CHANGED = `
select stream_id from attempts where ended_at >= $2 and agency_id = $1
union select stream_id from events where recorded_at >= $2 and sender = $1
union select d.stream_id from deliveries d join operations o on o.id = d.operation_id
  where d.agency_id = $1 and (o.ended_at >= $2 or o.ended_at is null)
union select s.id from events e join streams s on s.id = e.stream_id or s.merged_into = e.stream_id
  where e.recorded_at >= $2 and e.type = 'vn.lienthong.case.merged.v1'
union select stream_id from book_lines where agency_id = $1 and fields ->> 'judged' = 'open-in-time' and fields ->> 'dueOn' < $3
order by 1`;

export const NEXT_STREAMS = `
select id as stream_id from streams where id > $1 and kind = 'case' order by id limit $2`;

/**
 * What these streams' lines ($2) are folded from: acknowledged, or covered by what was, or reported by the agency ($1) itself.
 * The key: the code that a person or a merge said, else the one that the agency issued, which a kept step's `caseCode` names,
 * else the case's own.
 */
export const HELD_EVENTS = `
select e.stream_id as "streamId", e.sequence, e.type, e.status, s.opened_on::text as "openedOn", s.procedure as "ofProcedure",
  coalesce(l.known_as, i.code, a.code) as key, b."receivedAt", b."dueAt", b.at, b."finishedAt",
  b.procedure ->> 'code' as procedure, b.applicant ->> 'name' as "applicantName", b.applicant ->> 'idNumber' as "applicantId",
  b."judicialRecord" ->> 'number' as "resultNumber", b.documents -> 0 ->> 'sha256' as "resultFile"
from unnest($2::bigint[]) as t(id)
join streams s on s.id = t.id and s.kind = 'case' and s.merged_into is null
join events e on e.stream_id = s.id
left join deliveries d on d.stream_id = e.stream_id and d.sequence = e.sequence and d.agency_id = $1
left join lanes l on l.stream_id = s.id and l.agency_id = $1
join aliases a on ${isOwnCode('a', 's.id')}
left join lateral (select k.result ->> 'caseCode' as code from delivery_steps k
  where k.stream_id = s.id and k.agency_id = $1 and k.result ? 'caseCode' order by k.sequence desc, k.revision desc limit 1) i on true
cross join lateral json_to_record(e.body) as b("receivedAt" text, "dueAt" text, at text, "finishedAt" text, procedure json, applicant json,
  "judicialRecord" json, documents json)
where e.sender = $1 or d.state in ('acknowledged', 'superseded')
order by 1, 2`;

/**
 * Writes lines, and takes away those of streams ($2) that have none any more. Digests of every range that a change touched go,
 * the day's and the bucket's. Returns how many lines changed.
 */
export const WRITE_LINES = `
with n as (
  select * from unnest($3::bigint[], $4::text[], $5::date[], $6::smallint[], $7::bytea[], $8::jsonb[], $9::int[])
    as n(stream_id, key, received_on, bucket, hash, fields, through)),
was as (select * from book_lines where agency_id = $1 and stream_id = any($2::bigint[])),
gone as (delete from book_lines b using was w where b.agency_id = $1 and b.stream_id = w.stream_id
  and not exists (select from n where n.stream_id = w.stream_id)),
up as (
  insert into book_lines as b (agency_id, stream_id, key, received_on, bucket, hash, fields, settled_through)
  select $1, n.* from n order by n.stream_id
  on conflict (agency_id, stream_id) do update set key = excluded.key, received_on = excluded.received_on, bucket = excluded.bucket,
    hash = excluded.hash, fields = excluded.fields, settled_through = excluded.settled_through, refreshed_at = now()
  where (b.key, b.received_on, b.hash, b.fields, b.settled_through)
    is distinct from (excluded.key, excluded.received_on, excluded.hash, excluded.fields, excluded.settled_through)),
touched as (
  select w.received_on, w.bucket from was w left join n using (stream_id)
    where n.stream_id is null or (w.key, w.received_on, w.hash) is distinct from (n.key, n.received_on, n.hash)
  union
  select n.received_on, n.bucket from n left join was w using (stream_id)
    where w.stream_id is null or (w.key, w.received_on, w.hash) is distinct from (n.key, n.received_on, n.hash)),
stale as (
  delete from book_digests d using (select received_on, bucket from touched union select received_on, -1 from touched) t
  where d.agency_id = $1 and d.day = t.received_on and d.bucket = t.bucket)
select count(*)::int as touched from touched`;

/** Lines whose fields stay, and whose hash is over others now. */
export const REHASHED = `
update book_lines b set hash = t.hash from unnest($2::bigint[], $3::bytea[]) as t(stream_id, hash)
where b.agency_id = $1 and b.stream_id = t.stream_id and b.hash <> t.hash`;
