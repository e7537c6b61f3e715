import { chooseNext, formOf, type Form } from '#domain';
import { shortType, type StreamAdvanced } from '#wire';
import type { PoolClient } from 'pg';
import type { Database, Statement } from './database.js';
import { FEW } from './few.js';
import { LOADED, LOADED_FROM, type ClaimedLane } from './lanes/claimed-lane.js';

export interface Plannable {
  streamId: string;
  sequence: number;
  eventId: string;
  type: string;
  sender: string;
  enteredBy: string;
  alsoEnteredBy: readonly string[];
  procedure: string;
  openedOn: string;
}

export interface Recipient {
  agency: string;
  /** Short types that this agency's contract declares as full states. */
  fullStates?: readonly string[];
}

export interface PlanDecision {
  recipients: Recipient[];
  /** Those of them that must be asked for answers. */
  collectFrom: { agency: string; everyMs: number }[];
}

/** First attempts that may leave at once, without a turn: so many of an agency whose lanes don't wait. */
export interface Direct {
  worker: string;
  places: ReadonlyMap<string, { lanes: number; outSeconds: number; withCase: boolean }>;
}

export interface Planned {
  /** How far each stream is planned that had anything to plan. */
  reached: ReadonlyMap<string, number>;
  /** Agencies some of whose lanes wait their turn. */
  woken: Set<string>;
  /** Lanes that this worker holds already. */
  claimed: ClaimedLane[];
}

/** Locked cursors, then everything above them from the ledger: the order never depends on what Kafka skipped or repeated. */
const UNPLANNED = `
with c as (select stream_id, planned from plan_cursor where stream_id = any($1::bigint[]) order by stream_id for update)
select e.stream_id, e.sequence, e.id, e.type, e.sender, s.entered_by, s.also_entered_by, s.procedure, s.opened_on::text, s.due_at, e.recorded_at
from (select * from c ${FEW}) c join events e on e.stream_id = c.stream_id and e.sequence > c.planned join streams s on s.id = c.stream_id
order by e.stream_id, e.sequence`;

/**
 * A lane that nobody holds and nothing waits in is taken at once where `direct` says so, this worker is alive and the
 * agency neither paused nor behind an open breaker; else, or where it is held for another stream's, it waits its turn. A newer full state, or a revocation, wakes a lane that waits for a person: it may make that needless.
 */
const PLAN = `
with me as (select id from workers where id = $1 and lease_until > now() for key share),
d as (select * from unnest($2::text[], $3::bigint[], $4::int[], $5::uuid[], $6::text[]) as d(agency_id, stream_id, sequence, event_id, form)),
ins as (insert into deliveries (agency_id, stream_id, sequence, event_id, form) select agency_id, stream_id, sequence, event_id, form::delivery_form from d),
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

const WAKE_PARKED = `
update lanes l set wait = 'turn' from unnest($1::text[], $2::bigint[]) as t(agency_id, stream_id)
where l.agency_id = t.agency_id and l.stream_id = t.stream_id and l.wait = 'person' and l.doubt_at is null`;

/** A revocation of a result that this agency was never to get is an event like others. */
const REVOKES_NOTHING = `
update lanes l set revoke_at = (
  select min(r.sequence) from deliveries r where r.agency_id = l.agency_id and r.stream_id = l.stream_id and r.form = 'revocation'
    and r.state in ('open', 'parked') and exists (
      select 1 from deliveries d where d.agency_id = r.agency_id and d.stream_id = r.stream_id and d.form = 'result' and d.sequence < r.sequence))
from unnest($1::text[], $2::bigint[]) as t(agency_id, stream_id)
where l.agency_id = t.agency_id and l.stream_id = t.stream_id`;

const LOAD = `
with c as (select t.*, null::int as doubt_at from unnest($1::text[], $2::bigint[], $3::int[], $4::int[], $5::boolean[], $6::text[]) as t(agency_id, stream_id, sending, claim, with_case, known_as) ${FEW})
select c.agency_id as "agencyId", c.stream_id as "streamId", n.* from c cross join lateral (select ${LOADED} ${LOADED_FROM}) n`;

interface Row {
  stream_id: string;
  sequence: number;
  id: string;
  type: string;
  sender: string;
  entered_by: string;
  also_entered_by: string[] | null;
  procedure: string;
  opened_on: string;
  due_at: Date | null;
  recorded_at: Date;
}

interface NewLane {
  agency: string;
  stream: string;
  deadline: Date;
  deliveries: { sequence: number; form: Form; event: string }[];
}

/** Cases without a term wait their turn as if they had thirty days. */
const NO_TERM_MS = 30 * 86_400_000;

/** Plans all that these streams have and that isn't planned yet, in one transaction. */
export async function plan(
  db: Database,
  streams: readonly string[],
  decide: (event: Plannable) => PlanDecision,
  direct?: Direct,
): Promise<Planned> {
  return db.transaction<Begun>(
    (client) => begin(client, streams, decide, direct),
    ({ claims }) => (claims.length > 0 ? [loading(claims, direct!)] : []),
    ({ lanes, ...done }, [loaded]) => ({
      lanes,
      ...done,
      claimed: loaded ? loadedOf(lanes, loaded.rows as ClaimedLane[]) : [],
    }),
  );
}

interface Begun extends Planned {
  lanes: readonly NewLane[];
  /** What `claimed` is loaded by, together with the commit. */
  claims: readonly Claim[];
}

async function begin(
  client: PoolClient,
  streams: readonly string[],
  decide: (event: Plannable) => PlanDecision,
  direct: Direct | undefined,
): Promise<Begun> {
  const { rows } = await client.query<Row>({ name: 'plan.unplanned', text: UNPLANNED, values: [streams] });
  if (rows.length === 0) return { reached: new Map(), woken: new Set(), claimed: [], lanes: [], claims: [] };
  const lanes = new Map<string, NewLane>();
  const ask: [agency: string, stream: string, seconds: number][] = [];
  const reached = new Map<string, number>();
  for (const row of rows) {
    const decision = decide(plannable(row));
    for (const recipient of decision.recipients) put(lanes, row, recipient);
    for (const a of decision.collectFrom) ask.push([a.agency, row.stream_id, a.everyMs / 1000]);
    reached.set(row.stream_id, row.sequence);
  }
  const planned = [...lanes.values()];
  const written = await write(client, planned, ask, reached, direct);
  const claims = written.filter((row) => row.stream_id !== null);
  const woken = new Set(written.filter((row) => row.stream_id === null).map((row) => row.agency_id));
  return { reached, woken, claimed: [], lanes: planned, claims };
}

const plannable = (r: Row): Plannable => ({
  streamId: r.stream_id,
  sequence: r.sequence,
  eventId: r.id,
  type: r.type,
  sender: r.sender,
  enteredBy: r.entered_by,
  alsoEnteredBy: r.also_entered_by ?? [],
  procedure: r.procedure,
  openedOn: r.opened_on,
});

function put(lanes: Map<string, NewLane>, row: Row, { agency, fullStates }: Recipient): void {
  const key = `${agency}/${row.stream_id}`;
  const deadline = row.due_at ?? new Date(row.recorded_at.getTime() + NO_TERM_MS);
  const delivery = { sequence: row.sequence, form: formOf(shortType(row.type), fullStates), event: row.id };
  const lane = lanes.get(key);
  if (!lane) lanes.set(key, { agency, stream: row.stream_id, deadline, deliveries: [delivery] });
  else lane.deliveries.push(delivery);
}

/** A claim; without a stream: an agency some of whose lanes wait their turn. */
interface Claim {
  agency_id: string;
  stream_id: string | null;
  sending: number;
  claim: number;
  known_as: string | null;
}

async function write(
  client: PoolClient,
  planned: readonly NewLane[],
  ask: [agency: string, stream: string, seconds: number][],
  reached: ReadonlyMap<string, number>,
  direct: Direct | undefined,
): Promise<Claim[]> {
  const d = planned.flatMap((lane) => lane.deliveries.map((delivery) => ({ lane, delivery })));
  const left = new Map([...(direct?.places ?? [])].map(([agency, { lanes }]) => [agency, lanes]));
  const revocations = planned.map((lane) => lane.deliveries.find((x) => x.form === 'revocation')?.sequence ?? null);
  const outSeconds = planned.map((lane, i) => {
    const places = left.get(lane.agency) ?? 0;
    if (places <= 0 || revocations[i] !== null) return null;
    left.set(lane.agency, places - 1);
    return direct!.places.get(lane.agency)!.outSeconds;
  });
  const { rows } = await client.query<Claim>({
    name: 'plan.write',
    text: PLAN,
    values: [
      direct?.worker ?? null,
      d.map((x) => x.lane.agency),
      d.map((x) => x.lane.stream),
      d.map((x) => x.delivery.sequence),
      d.map((x) => x.delivery.event),
      d.map((x) => x.delivery.form),
      planned.map((x) => x.agency),
      planned.map((x) => x.stream),
      planned.map((x) => x.deliveries.at(-1)!.sequence),
      planned.map((x) => x.deadline),
      revocations,
      planned.map(firstOf),
      outSeconds,
      ...[0, 1, 2].map((c) => ask.map((x) => x[c])),
      [...reached.keys()],
      [...reached.values()],
    ],
  });
  const wakes = planned.filter((lane) => lane.deliveries.some((x) => x.form === 'full'));
  if (wakes.length > 0)
    await client.query({
      name: 'plan.wake-parked',
      text: WAKE_PARKED,
      values: [wakes.map((x) => x.agency), wakes.map((x) => x.stream)],
    });
  const revoked = planned.filter((_, i) => revocations[i] !== null);
  if (revoked.length > 0)
    await client.query({
      name: 'plan.revokes-nothing',
      text: REVOKES_NOTHING,
      values: [revoked.map((x) => x.agency), revoked.map((x) => x.stream)],
    });
  return rows;
}

/** What an idle lane begins with: the newest of several full states that were planned together. */
function firstOf(lane: NewLane): number {
  const deliveries = lane.deliveries.map(
    ({ sequence, form }) => ({ sequence, form, state: 'open', taint: 'none' }) as const,
  );
  const choice = chooseNext({ done: 0, doubt: null, copyMayBeOut: false, deliveries, revocation: null }, false);
  return choice.kind === 'send' ? choice.sequence : deliveries[0]!.sequence;
}

const loading = (claims: readonly Claim[], direct: Direct): Statement => ({
  name: 'plan.load',
  text: LOAD,
  values: [
    claims.map((c) => c.agency_id),
    claims.map((c) => c.stream_id),
    claims.map((c) => c.sending),
    claims.map((c) => c.claim),
    claims.map((c) => direct.places.get(c.agency_id)!.withCase),
    claims.map((c) => c.known_as),
  ],
});

function loadedOf(lanes: readonly NewLane[], rows: ClaimedLane[]): ClaimedLane[] {
  const first = new Map(lanes.map((lane) => [`${lane.agency}/${lane.stream}`, lane.deliveries[0]!.sequence]));
  for (const lane of rows) {
    lane.purpose = 'send';
    lane.probing = false;
    lane.probes = 0;
    lane.covers = first.get(`${lane.agencyId}/${lane.streamId}`)! < lane.sequence ? 'superseded' : null;
  }
  return rows;
}

/** The highest sequence each message speaks of, by stream. */
export function streamsOf(messages: readonly StreamAdvanced[]): string[] {
  return [...new Set(messages.map((m) => m.stream))];
}
