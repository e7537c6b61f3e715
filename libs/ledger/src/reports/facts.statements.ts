import { isOwnCode, mergedInto } from '../own-code.js';

/** Streams whose facts are missing or behind. A merge adds an event to the survivor, so it shows here, too. */
const behind = `
from streams s left join case_facts f on f.stream_id = s.id
where s.kind = 'case' and s.merged_into is null and s.last > 0 and f.last is distinct from s.last`;
export const BEHIND = `select s.id ${behind} and s.id > $1 order by s.id limit $2`;
export const COUNT_BEHIND = `select count(*)::int as n ${behind}`;

/**
 * Whether no case is behind, without a join: a case's facts never are ahead of it and a missing one counts 0, so the sums
 * are equal only where each is.
 */
export const IS_CURRENT = `
select (select coalesce(sum(last), 0) from streams where kind = 'case' and merged_into is null)
  = (select coalesce(sum(last), 0) from case_facts) as current`;

/** What was merged into another case is counted with that one. */
export const FORGET_MERGED = `
delete from case_facts f using streams s where s.merged_into is not null and s.id = f.stream_id`;

const received = `'vn.lienthong.case.received.v1'`;
const supplemented = `'vn.lienthong.case.supplemented.v1'`;
/** What moves nothing at the counter: the hub's own find and question, and a revocation. */
const silent = `'vn.lienthong.case.merged.v1', 'vn.lienthong.case.correction-asked.v1', 'vn.lienthong.case.result-revoked.v1'`;

/**
 * Events of the cases $1 and of what was merged into them. A body is read once, and of it the members that these reports
 * need: nobody's name is among them. `at`: when it happened, by its sender; a shifted date shifts the figure.
 */
const READ = `
e as (
  select m.root, e.stream_id, e.sequence, e.type, e.status, e.recorded_at, b."dueAt" as due_at, b."finishedAt" as finished_at,
    b.channel, b.field, b.unit, b.procedure, b."submittedAt" as submitted_at, b."receivedAt" as received_at,
    case e.type when ${received} then coalesce(b."receivedAt", b."submittedAt")
      when ${supplemented} then coalesce((b.supplement ->> 'receivedAt')::timestamptz, b."receivedAt") else b.at end as at
  from (
    select id as root, id from unnest($1::bigint[]) as t(id)
    union all
    select t.id, x.id from unnest($1::bigint[]) as t(id), lateral (
      with recursive ${mergedInto('below', 't.id')} select id from below) x) m
  join events e on e.stream_id = m.id and e.type not in (${silent}),
  lateral json_to_record(e.body) as b(at timestamptz, "dueAt" timestamptz, "finishedAt" timestamptz, channel text, field json, unit json,
    procedure json, "submittedAt" timestamptz, "receivedAt" timestamptz, supplement json))`;

/** `was`: the status before. A stay ends with the next report, whatever that says; one that would end before it began is none. */
const MOVES = `
moves as (
  select e.*, e.stream_id = e.root as own, e.type in (${received}, ${supplemented}) as is_application, row_number() over w as n,
    lag(e.status) over w as was, case when lead(e.at) over w < e.at then 'empty'::tstzrange else tstzrange(e.at, lead(e.at) over w) end as stay
  from e window w as (partition by e.root order by e.at is null, e.recorded_at, e.stream_id, e.sequence))`;

const stays = (status: number): string =>
  `range_agg(stay) filter (where status = ${status} and at is not null and not isempty(stay))`;
const first = (what: string): string => `(array_agg(${what}) filter (where own and sequence = 1))[1]`;
const newest = (what: string): string =>
  `(array_agg(${what} order by sequence desc) filter (where own and is_application))[1]`;
const dues = (what: string): string =>
  `array_agg(${what} order by sequence) filter (where own and is_application and due_at is not null)`;
/** The event that the portal takes as the end: the first of 9, else the first of 10. */
const end = (what: string): string => `(array_agg(${what} order by status, n) filter (where status in (9, 10)))[1]`;

/** All in one pass: what the first application says of how the case came, the newest of what it is, the others of its life. */
const LIVES = `
lives as (
  select root, ${first('status')} as first_status, ${first('channel')} as channel, ${first('submitted_at')} as submitted_at,
    ${first('received_at')} as received_at, ${newest("field ->> 'code'")} as field, ${newest("unit ->> 'code'")} as unit,
    ${dues('at')} as due_since, ${dues('due_at')} as due_was,
    min(at) filter (where status not in (1, 3, 7)) as taken_at,
    min(finished_at) filter (where status = 9) as nine_finished, min(at) filter (where status = 9) as nine_at,
    min(finished_at) filter (where status = 10) as ten_finished, min(at) filter (where status = 10) as ten_at,
    min(at) filter (where status = 7) as withdrawn_at, min(at) filter (where status = 3) as refused_at,
    array_agg(at order by at) filter (where status = 5 and at is not null and was is distinct from 5) as supplements_asked,
    ${stays(5)} as in_supplement, ${stays(6)} as in_payment, ${stays(8)} as in_pause,
    ${end('stream_id')} as finished_in, ${end('sequence')} as finished_by
  from moves group by root)`;

const FACTS = `
facts as (
  select s.id as stream_id, s.last, (select a.code from aliases a where ${isOwnCode('a', 's.id')} limit 1) as code, s.procedure,
    l.field, coalesce(l.unit, s.unit) as unit, l.channel, s.status, l.submitted_at,
    case when l.first_status = 1 then l.taken_at else l.received_at end as received_at,
    l.due_was[cardinality(l.due_was)] as due_at, case when cardinality(l.due_was) > 1 then l.due_since end as due_since,
    case when cardinality(l.due_was) > 1 then l.due_was end as due_was, l.nine_finished, l.nine_at, l.ten_finished, l.ten_at,
    l.withdrawn_at, l.refused_at, l.supplements_asked, l.in_supplement, l.in_payment, l.in_pause, l.finished_in, l.finished_by
  from lives l join streams s on s.id = l.root)`;

const columns = `stream_id, last, code, procedure, field, unit, channel, status, submitted_at, received_at, due_at, due_since, due_was,
  nine_finished, nine_at, ten_finished, ten_at, withdrawn_at, refused_at, supplements_asked, in_supplement, in_payment, in_pause,
  finished_in, finished_by`;
const changed = columns
  .split(',')
  .map((name) => name.trim())
  .filter((name) => name !== 'stream_id');

const NAMES = `
names as (
  insert into report_names as r (kind, code, name, said_at)
  select distinct on (kind, code) kind, code, name, recorded_at from e, lateral (values
    ('field', field ->> 'code', field ->> 'name'), ('unit', unit ->> 'code', unit ->> 'name'),
    ('procedure', regexp_replace(procedure ->> 'code', '\\.000\\.00\\.00\\.[A-Z]\\d\\d$', ''), procedure ->> 'name')) v(kind, code, name)
  where e.type in (${received}, ${supplemented}) and code is not null and name is not null
  order by kind, code, recorded_at desc, name desc
  on conflict (kind, code) do update set name = excluded.name, said_at = excluded.said_at
    where (r.said_at, r.name) < (excluded.said_at, excluded.name))`;

/** Writes the facts of the cases $1 anew. */
export const EXTRACT = `
with ${[READ, MOVES, LIVES, FACTS, NAMES].join(',')}
insert into case_facts (${columns}) select ${columns} from facts
on conflict (stream_id) do update set ${changed.map((name) => `${name} = excluded.${name}`).join(', ')}`;
