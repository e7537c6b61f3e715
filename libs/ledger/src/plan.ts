import type { StreamAdvanced } from '#wire';
import type { Database } from './database.js';

export interface Plannable {
  streamId: string;
  sequence: number;
  eventId: string;
  type: string;
  sender: string;
  enteredBy: string;
  procedure: string;
  openedOn: string;
}

export interface PlanDecision {
  recipients: string[];
  /** Those of them that must be asked for answers. */
  collectFrom: { agency: string; everyMs: number }[];
}

/** Locked cursors, then everything above them from the ledger: the order never depends on what Kafka skipped or repeated. */
const UNPLANNED = `
with c as (select stream_id, planned from plan_cursor where stream_id = any($1::bigint[]) order by stream_id for update)
select e.stream_id, e.sequence, e.id, e.type, e.sender, s.entered_by, s.procedure, s.opened_on::text, s.due_at, e.recorded_at
from c join events e on e.stream_id = c.stream_id and e.sequence > c.planned join streams s on s.id = c.stream_id
order by e.stream_id, e.sequence`;

const PLAN = `
with d as (select * from unnest($1::text[], $2::bigint[], $3::int[], $4::uuid[], $5::timestamptz[]) as d(agency_id, stream_id, sequence, event_id, deadline)),
ins as (insert into deliveries (agency_id, stream_id, sequence, event_id) select agency_id, stream_id, sequence, event_id from d),
ln as (
  insert into lanes as l (agency_id, stream_id, last, deadline, wait)
  select agency_id, stream_id, max(sequence), min(deadline), 'turn' from d group by 1, 2 order by 1, 2
  on conflict (agency_id, stream_id) do update set last = excluded.last, deadline = excluded.deadline,
    wait = case when l.wait is null and l.worker is null then 'turn' else l.wait end),
ask as (
  insert into collections (agency_id, stream_id, due_at)
  select agency_id, stream_id, now() + make_interval(secs => every) from unnest($6::text[], $7::bigint[], $8::float8[]) as a(agency_id, stream_id, every)
  order by 1, 2 on conflict do nothing)
update plan_cursor p set planned = t.reached
from unnest($9::bigint[], $10::int[]) as t(stream_id, reached) where p.stream_id = t.stream_id`;

interface Row {
  stream_id: string;
  sequence: number;
  id: string;
  type: string;
  sender: string;
  entered_by: string;
  procedure: string;
  opened_on: string;
  due_at: Date | null;
  recorded_at: Date;
}

/** Cases without a term wait their turn as if they had thirty days. */
const NO_TERM_MS = 30 * 86_400_000;

/** Plans all that these streams have and that isn't planned yet, in one transaction. Returns the agencies that got work. */
export async function plan(
  db: Database,
  streams: readonly string[],
  decide: (event: Plannable) => PlanDecision,
): Promise<Set<string>> {
  return db.transaction(async (client) => {
    const { rows } = await client.query<Row>({ name: 'plan.unplanned', text: UNPLANNED, values: [streams] });
    const woken = new Set<string>();
    if (rows.length === 0) return woken;
    const d: [agency: string, stream: string, sequence: number, event: string, deadline: Date][] = [];
    const ask: [agency: string, stream: string, seconds: number][] = [];
    const reached = new Map<string, number>();
    for (const r of rows) {
      const decision = decide({
        streamId: r.stream_id,
        sequence: r.sequence,
        eventId: r.id,
        type: r.type,
        sender: r.sender,
        enteredBy: r.entered_by,
        procedure: r.procedure,
        openedOn: r.opened_on,
      });
      const deadline = r.due_at ?? new Date(r.recorded_at.getTime() + NO_TERM_MS);
      for (const agency of decision.recipients) {
        d.push([agency, r.stream_id, r.sequence, r.id, deadline]);
        woken.add(agency);
      }
      for (const a of decision.collectFrom) ask.push([a.agency, r.stream_id, a.everyMs / 1000]);
      reached.set(r.stream_id, r.sequence);
    }
    await client.query({
      name: 'plan.write',
      text: PLAN,
      values: [
        ...[0, 1, 2, 3, 4].map((c) => d.map((x) => x[c])),
        ...[0, 1, 2].map((c) => ask.map((x) => x[c])),
        [...reached.keys()],
        [...reached.values()],
      ],
    });
    return woken;
  });
}

/**
 * Streams that grew without anybody planning them (a lost message, a deleted topic). Looks at one page of streams after
 * the given id, so that a sweep costs the same however many streams there are; `next` null: the end, begin again.
 */
export async function findUnplanned(
  db: Database,
  page: { after: string; size: number; olderThanSeconds: number },
): Promise<{ streams: string[]; next: string | null }> {
  const { rows } = await db.query<{ stream_id: string; missing: boolean }>(
    'plan.find',
    `with page as (select stream_id, planned from plan_cursor where stream_id > $1 order by stream_id limit $2)
     select p.stream_id, (p.planned < s.last and e.recorded_at < now() - make_interval(secs => $3)) as missing
     from page p join streams s on s.id = p.stream_id left join events e on e.stream_id = p.stream_id and e.sequence = p.planned + 1
     where p.planned < s.last or p.stream_id = (select max(stream_id) from page)`,
    [page.after, page.size, page.olderThanSeconds],
  );
  const last = rows.reduce<string | null>(
    (max, r) => (max === null || BigInt(r.stream_id) > BigInt(max) ? r.stream_id : max),
    null,
  );
  return { streams: rows.filter((r) => r.missing).map((r) => r.stream_id), next: last };
}

/** The highest sequence each message speaks of, by stream. */
export function streamsOf(messages: readonly StreamAdvanced[]): string[] {
  return [...new Set(messages.map((m) => m.stream))];
}
