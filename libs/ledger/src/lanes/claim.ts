import { chooseNext, type Choice, type DeliveryState, type Form, type Lane, type Taint } from '#domain';
import type { PoolClient } from 'pg';
import { OPEN_DAY } from '../close/open-day.js';
import type { Database } from '../database.js';
import { FEW } from '../few.js';
import { mergedInto } from '../own-code.js';
import { LOADED, LOADED_FROM, type ClaimedLane } from './claimed-lane.js';

export interface ClaimAsk {
  worker: string;
  agency: string;
  /** At most so many lanes, of which this many first to those whose deadline has passed. */
  limit: number;
  late: number;
  /** From the claim until no copy can be out any more: time-out and settle, seconds. */
  outSeconds: number;
  /** The partner has a look-up that may prove something. */
  canAsk: boolean;
  /** Mapping needs the case in full, not the event alone. Default: it does. */
  withCase?: boolean;
  /** First day of the contract version in force: what is bound to another, and surely nowhere, is bound anew. Default: it stays. */
  version?: string;
  /** Takes a lane although the breaker is open, for the holder of its probe; so many failed before. */
  probe?: { probes: number };
}

export interface Claims {
  claimed: ClaimedLane[];
  /** How many lanes were looked at: fewer than the limit says that no more wait. */
  looked: number;
}

/** Nearest ones of a lane that are looked at in one claim: a long backlog is superseded in steps of this. */
const NEAREST = 64;

const OPEN_ONES = `(
  select string_agg(d.sequence || ' ' || d.form || ' ' || d.state || ' ' || d.taint, ',' order by d.sequence) from (
    select sequence, form, state, taint from deliveries d
    where d.agency_id = l.agency_id and d.stream_id = l.stream_id and d.sequence > l.done and d.state in ('open', 'parked') order by sequence limit ${NEAREST}) d)`;

const lanes = (deadline: string, limit: string, but = ''): string => `
  select l.stream_id, l.done, l.doubt_at, l.asked, l.revoke_at, coalesce(l.out_until > now(), false) as out, ${OPEN_ONES} as open
  from lanes l, me where l.agency_id = $2 and l.wait = 'turn' and (not l.held or l.doubt_at is not null) and l.deadline ${deadline} now() ${but}
  order by l.deadline, l.stream_id limit ${limit} for update of l skip locked`;

/**
 * Locks up to $3 waiting lanes of an agency that is neither paused nor behind an open breaker, for a worker that is alive
 * (its row is locked FOR KEY SHARE: no row, no claim). Nearest legal deadline first, those still to be saved before those
 * already late, which have $4 places of their own. A place that its own kind doesn't fill is the other's. A held lane waits
 * for another stream's, unless its own doubt is to be settled: that was before.
 */
const PICK = `
with me as (
  select w.id from workers w where w.id = $1 and w.lease_until > now() and not exists (select 1 from agencies a where a.id = $2 and a.paused)
    and ($5::boolean or not exists (select 1 from breakers b where b.agency_id = $2 and b.state = 'open')) for key share),
late as (${lanes('<', '$4::int')}),
saved as (${lanes('>=', '($3::int - (select count(*) from late))')}),
more as (${lanes('<', '($3::int - (select count(*) from late) - (select count(*) from saved))', 'and l.stream_id not in (select stream_id from late)')})
select * from late union all select * from saved union all select * from more`;

/** Holds the chosen ones. Committed before anything leaves: from then on a copy may be out until out_until. */
const TAKE = `
with t as (select * from unnest($3::bigint[], $4::int[]) as t(stream_id, sequence) ${FEW}),
c as (
  update lanes l set wait = null, wake_at = null, worker = $1, claim = l.claim + 1, sending = t.sequence,
    out_until = now() + make_interval(secs => $5), probing = $6
  from t where l.agency_id = $2 and l.stream_id = t.stream_id
  returning l.agency_id, l.stream_id, l.sending, l.claim, l.doubt_at, l.known_as, $7::boolean as with_case)
select c.agency_id as "agencyId", c.stream_id as "streamId", n.* from c cross join lateral (select ${LOADED} ${LOADED_FROM}) n`;

/** Whatever came of it under the version that it was bound to, the partner doesn't have it: a new revision, by today's. */
const UNBIND = `
update deliveries d set revision = d.revision + 1, contract_version = null, as_update = false
from unnest($2::bigint[], $3::int[]) as t(stream_id, sequence)
where d.agency_id = $1 and d.stream_id = t.stream_id and d.sequence = t.sequence and d.state = 'open' and d.taint = 0 and d.edited is null
returning d.stream_id as "streamId", d.revision`;

interface PickedRow {
  stream_id: string;
  done: number;
  doubt_at: number | null;
  asked: boolean;
  revoke_at: number | null;
  out: boolean;
  open: string | null;
}

/** Takes waiting lanes of one agency. What each is taken for is decided by `chooseNext`; the claim is committed on return. */
export async function claimLanes(db: Database, ask: ClaimAsk): Promise<Claims> {
  return db.transaction(async (client) => {
    const { rows } = await client.query<PickedRow>({
      name: 'lanes.pick',
      text: PICK,
      values: [ask.worker, ask.agency, ask.limit, ask.late, ask.probe !== undefined],
    });
    if (rows.length === 0) return { claimed: [], looked: 0 };
    const toSend: { row: PickedRow; choice: Extract<Choice, { sequence: number }>; lane: Lane }[] = [];
    const set: { row: PickedRow; choice: Exclude<Choice, { sequence: number }> }[] = [];
    for (const row of rows) {
      const [lane, choice] = await chosen(client, ask, row);
      if (choice.kind === 'send' || choice.kind === 'ask') toSend.push({ row, choice, lane });
      else set.push({ row, choice });
    }
    if (set.length > 0) await setAside(client, ask.agency, set);
    if (toSend.length === 0) return { claimed: [], looked: rows.length };
    const taken = await client.query<ClaimedLane>({
      name: 'lanes.take',
      text: TAKE,
      values: [
        ask.worker,
        ask.agency,
        toSend.map(({ row }) => row.stream_id),
        toSend.map(({ choice }) => choice.sequence),
        ask.outSeconds,
        ask.probe !== undefined,
        ask.withCase ?? true,
      ],
    });
    const byStream = new Map(toSend.map((one) => [one.row.stream_id, one]));
    for (const lane of taken.rows) {
      const { choice, lane: seen } = byStream.get(lane.streamId)!;
      lane.purpose = choice.kind;
      lane.probing = ask.probe !== undefined;
      lane.probes = ask.probe?.probes ?? 0;
      lane.covers = coversOlder(seen, choice.sequence);
    }
    if (ask.version !== undefined) await unbind(client, ask.agency, ask.version, taken.rows);
    return { claimed: taken.rows, looked: rows.length };
  });
}

/** Transport follows the time of sending: a delivery that only waited goes by the contract of the day on which it leaves. */
async function unbind(
  client: PoolClient,
  agency: string,
  version: string,
  lanes: readonly ClaimedLane[],
): Promise<void> {
  const others = lanes.filter(
    (l) => l.contractVersion !== null && l.contractVersion !== version && l.purpose === 'send',
  );
  if (others.length === 0) return;
  const { rows } = await client.query<{ streamId: string; revision: number }>({
    name: 'lanes.unbind',
    text: UNBIND,
    values: [agency, others.map((l) => l.streamId), others.map((l) => l.sequence)],
  });
  const fresh = new Map(rows.map(({ streamId, revision }) => [streamId, revision]));
  for (const lane of others) {
    const revision = fresh.get(lane.streamId);
    if (revision === undefined) lane.staysBound = true;
    else Object.assign(lane, { revision, contractVersion: null, asUpdate: false });
  }
}

/**
 * PICK's snapshot may be older than the lane that it locked: what was planned in between isn't among its deliveries. Where
 * that would matter (the end, a person, a revocation), they are read again under the lock.
 */
async function chosen(client: PoolClient, ask: ClaimAsk, row: PickedRow): Promise<[Lane, Choice]> {
  const { agency, canAsk } = ask;
  if (row.revoke_at !== null && row.revoke_at <= row.done) row.revoke_at = await nextRevocation(client, agency, row);
  if (row.revoke_at === null) {
    const lane = laneOf(row, null);
    const choice = chooseNext(lane, canAsk);
    if (choice.kind !== 'finish' && choice.kind !== 'person') return [lane, choice];
  }
  const open = await client.query<{ open: string | null }>({
    name: 'lanes.open-ones',
    text: `select ${OPEN_ONES} as open from lanes l where agency_id = $1 and stream_id = $2`,
    values: [agency, row.stream_id],
  });
  const lane = laneOf(
    { ...row, open: open.rows[0]!.open },
    row.revoke_at === null ? null : await revocationOf(client, agency, row),
  );
  return [lane, chooseNext(lane, canAsk)];
}

function laneOf(row: PickedRow, revocation: Lane['revocation']): Lane {
  return {
    done: row.done,
    doubt: row.doubt_at === null ? null : { sequence: row.doubt_at, asked: row.asked },
    copyMayBeOut: row.out,
    deliveries: readOpen(row.open),
    revocation,
  };
}

const TAINTS: readonly Taint[] = ['none', 'doubted', 'reaped'];

const readOpen = (text: string | null): Lane['deliveries'] =>
  (text?.split(',') ?? []).map((one) => {
    const [sequence, form, state, taint] = one.split(' ') as [string, Form, DeliveryState, string];
    return { sequence: Number(sequence), form, state, taint: TAINTS[Number(taint)]! };
  });

/** What an acknowledgement of this one does to older ones that are open. */
function coversOlder(lane: Lane, sequence: number): ClaimedLane['covers'] {
  const isOpen = (state: DeliveryState): boolean => state === 'open' || state === 'parked';
  if (!lane.deliveries.some((d) => d.sequence < sequence && isOpen(d.state))) return null;
  return lane.revocation?.sequence === sequence ? 'closed' : 'superseded';
}

/** The one before has ended, and another may have been planned in that moment. */
async function nextRevocation(client: PoolClient, agency: string, row: PickedRow): Promise<number | null> {
  const { rows } = await client.query<{ revoke_at: number | null }>({
    name: 'lanes.revoke-next',
    text: `update lanes l set revoke_at = (
        select min(d.sequence) from deliveries d where d.agency_id = $1 and d.stream_id = $2
          and d.sequence > l.done and d.form = 'revocation' and d.state in ('open', 'parked'))
      where l.agency_id = $1 and l.stream_id = $2 returning revoke_at`,
    values: [agency, row.stream_id],
  });
  return rows[0]?.revoke_at ?? null;
}

/**
 * The results that a planned revocation takes back, those since an earlier one was told, and whether the partner may hold
 * any, be it by what was merged into this stream.
 */
async function revocationOf(client: PoolClient, agency: string, row: PickedRow): Promise<Lane['revocation']> {
  const { rows } = await client.query<{ results: number[] | null; told: boolean | null }>({
    name: 'lanes.revoked',
    text: `with recursive ${mergedInto('m', '$2')}
      select array_agg(sequence order by sequence) as results, bool_or(state = 'acknowledged' or taint > 0) or exists (
        select from m join deliveries r on r.agency_id = $1 and r.stream_id = m.id and r.form = 'result' and (r.state = 'acknowledged' or r.taint > 0)
        where not exists (select from deliveries v where v.agency_id = $1 and v.stream_id = m.id and v.sequence > r.sequence
          and v.form = 'revocation' and v.state = 'acknowledged')) as told
      from deliveries
      where agency_id = $1 and stream_id = $2 and sequence < $3 and form = 'result' and sequence > coalesce((
        select max(sequence) from deliveries where agency_id = $1 and stream_id = $2 and sequence < $3 and form = 'revocation' and state = 'acknowledged'), 0)`,
    values: [agency, row.stream_id, row.revoke_at],
  });
  return { sequence: row.revoke_at!, results: rows[0]?.results ?? [], told: rows[0]?.told ?? true };
}

/** Lanes of which nothing can leave now: a timer, a person, the end, or a result that the partner never heard of. */
async function setAside(
  client: PoolClient,
  agency: string,
  set: { row: PickedRow; choice: Exclude<Choice, { sequence: number }> }[],
): Promise<void> {
  const unsent = set.flatMap(({ row, choice }) =>
    choice.kind === 'end-unsent' ? choice.sequences.map((sequence) => ({ stream: row.stream_id, sequence })) : [],
  );
  if (unsent.length > 0)
    await client.query({
      name: 'lanes.end-unsent',
      text: `update deliveries d set state = 'closed', ended_at = now(), ended_day = ${OPEN_DAY}, owner = null, reason = 'revoked before it was sent',
          fingerprint = null, parked_at = null
        from unnest($2::bigint[], $3::int[]) as t(stream_id, sequence)
        where d.agency_id = $1 and d.stream_id = t.stream_id and d.sequence = t.sequence and d.state in ('open', 'parked')`,
      values: [agency, unsent.map((u) => u.stream), unsent.map((u) => u.sequence)],
    });
  await client.query({
    name: 'lanes.set-aside',
    text: `update lanes l set
        done = case when t.kind = 'finish' then l.last else l.done end,
        wait = (case t.kind when 'finish' then null when 'person' then 'person' when 'end-unsent' then 'turn' else 'timer' end)::lane_wait,
        wake_at = case when t.kind = 'wait-until-none-is-out' then l.out_until end,
        revoke_at = case when t.kind in ('end-unsent', 'finish') then (
          select min(d.sequence) from deliveries d where d.agency_id = l.agency_id and d.stream_id = l.stream_id
            and d.sequence > coalesce(l.revoke_at, 0) and d.form = 'revocation' and d.state in ('open', 'parked')) else l.revoke_at end
      from unnest($2::bigint[], $3::text[]) as t(stream_id, kind) where l.agency_id = $1 and l.stream_id = t.stream_id`,
    values: [agency, set.map(({ row }) => row.stream_id), set.map(({ choice }) => choice.kind)],
  });
}
