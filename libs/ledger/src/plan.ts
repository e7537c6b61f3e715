import { formOf } from '#domain';
import { shortType, type StreamAdvanced } from '#wire';
import type { PoolClient } from 'pg';
import type { Database } from './database.js';
import type { ClaimedLane } from './lanes/claimed-lane.js';
import type { Direct, Plannable, PlanDecision, Planned, Recipient } from './plan-decision.js';
import { loadedOf, loading, writePlan, type Claim, type NewLane } from './plan-write.js';
import { UNPLANNED } from './plan.statements.js';
import { pastsOf } from './routing/pasts.js';

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
  unit: string | null;
  due_at: Date | null;
  recorded_at: Date;
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
  const decisions = rows.map((row) => decide(plannable(row)));
  const pasts = await pastsOf(client, rows.filter((_, i) => decisions[i]!.takesOver?.length)); // prettier-ignore
  for (const [i, row] of rows.entries()) {
    const decision = decisions[i]!;
    for (const recipient of decision.takesOver ?? [])
      for (const past of pasts.notHad(row, recipient)) put(lanes, { ...past, due_at: row.due_at }, recipient);
    for (const recipient of decision.recipients) put(lanes, row, recipient);
    for (const a of decision.collectFrom) ask.push([a.agency, row.stream_id, a.everyMs / 1000]);
    reached.set(row.stream_id, row.sequence);
  }
  const planned = [...lanes.values()];
  const written = await writePlan(client, planned, ask, reached, direct);
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
  unit: r.unit,
  recordedAt: r.recorded_at,
});

type Put = Pick<Row, 'stream_id' | 'sequence' | 'id' | 'type' | 'due_at' | 'recorded_at'>;

function put(lanes: Map<string, NewLane>, row: Put, { agency, fullStates }: Recipient): void {
  const key = `${agency}/${row.stream_id}`;
  const deadline = row.due_at ?? new Date(row.recorded_at.getTime() + NO_TERM_MS);
  const delivery = { sequence: row.sequence, form: formOf(shortType(row.type), fullStates), event: row.id };
  const lane = lanes.get(key);
  if (!lane) lanes.set(key, { agency, stream: row.stream_id, deadline, deliveries: [delivery] });
  else lane.deliveries.push(delivery);
}

/** The highest sequence each message speaks of, by stream. */
export function streamsOf(messages: readonly StreamAdvanced[]): string[] {
  return [...new Set(messages.map((m) => m.stream))];
}
