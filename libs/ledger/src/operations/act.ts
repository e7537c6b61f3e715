import type { Form } from '#domain';
import type { PoolClient } from 'pg';
import type { Database } from '../database.js';

/** Why a person may not do this to a delivery now. */
export type Refusal =
  /** No such case at this agency, or nothing of it is waiting. */
  | 'not-there'
  /** A request of the lane is under way. */
  | 'under-way'
  /** Nobody knows whether the partner has something of this lane: that is to be settled first. */
  | 'in-doubt'
  /** Its worker died over it: the partner has to answer that key first. */
  | 'tainted'
  /** A copy may still arrive at the partner. */
  | 'copy-out'
  /** A result that the partner may hold is taken back by it: it has to be told. */
  | 'revocation'
  /** Nothing is in doubt. */
  | 'no-doubt'
  /** Older ones are open, and this newer state would have made them needless. */
  | 'covers-older';

export type Acted = { outcome: 'done'; operation: string; sequence: number } | { outcome: Refusal; until?: Date };

/** One delivery and its lane, both locked. */
export interface Seen {
  sequence: number;
  state: 'open' | 'parked' | 'acknowledged' | 'superseded' | 'closed';
  form: Form;
  taint: number;
  last: number;
  held: boolean;
  doubtAt: number | null;
  copyOutUntil: Date | null;
  revokeAt: number | null;
}

/** `sequence` null: the earliest that is parked, else the earliest that is open. */
export async function see(
  client: PoolClient,
  agency: string,
  stream: string,
  sequence: number | null,
): Promise<Seen | undefined> {
  const lane = await client.query<Omit<Seen, 'sequence' | 'state' | 'form' | 'taint'>>({
    name: 'operations.see-lane',
    text: `select last, worker is not null as held, doubt_at as "doubtAt", case when out_until > now() then out_until end as "copyOutUntil",
        revoke_at as "revokeAt" from lanes where agency_id = $1 and stream_id = $2 for update`,
    values: [agency, stream],
  });
  const delivery = await client.query<Pick<Seen, 'sequence' | 'state' | 'form' | 'taint'>>({
    name: 'operations.see',
    text: `select sequence, state, form, taint from deliveries
      where agency_id = $1 and stream_id = $2 and ($3::int is null and state in ('open', 'parked') or sequence = $3)
      order by state = 'parked' desc, sequence limit 1`,
    values: [agency, stream, sequence],
  });
  const [found, at] = [delivery.rows[0], lane.rows[0]];
  return found && at ? { ...at, ...found } : undefined;
}

/** Whether an item may be replaced or ended: the partner is known not to have it, and nothing of its lane is on its way. */
export function mayChange(seen: Seen | undefined): { outcome: Refusal; until?: Date } | undefined {
  if (!seen || (seen.state !== 'open' && seen.state !== 'parked')) return { outcome: 'not-there' };
  if (seen.held) return { outcome: 'under-way' };
  if (seen.doubtAt !== null) return { outcome: 'in-doubt' };
  if (seen.taint > 0) return { outcome: 'tainted' };
  if (seen.copyOutUntil !== null) return { outcome: 'copy-out', until: seen.copyOutUntil };
  return undefined;
}

export const act = (db: Database, work: (client: PoolClient) => Promise<Acted>): Promise<Acted> => db.transaction(work);
