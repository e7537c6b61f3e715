import { OPEN_DAY } from '../close/open-day.js';
import type { Database } from '../database.js';
import { act, mayChange, see, type Acted } from './act.js';
import { recordOperation } from './operation.js';
import { takeTurns } from './retry.js';

/** A delivery that a person names. `sequence` null: the earliest that is parked, else the earliest that is open. */
export interface Named {
  agency: string;
  stream: string;
  sequence: number | null;
  author: string;
  reason: string | null;
}

/**
 * Replaces the item as a new revision, under a new key, in one step: either the original is sent or this is. One that could
 * never be mapped gets its first item by it. `text` is canonical JSON, `hash` its sha-256 in hex.
 */
export function editDelivery(db: Database, named: Named, item: { text: string; hash: string }): Promise<Acted> {
  const { agency, stream } = named;
  return act(db, async (client) => {
    const seen = await see(client, agency, stream, named.sequence);
    const refused = mayChange(seen);
    if (refused) return refused;
    const { sequence } = seen!;
    const selection = { stream, sequence };
    const operation = await recordOperation(client, { ...named, kind: 'edit', selection });
    const hash = Buffer.from(item.hash, 'hex');
    await client.query({
      name: 'operations.keep-edit',
      text: `insert into bodies (hash, body) values ($1, $2) on conflict do nothing`,
      values: [hash, item.text],
    });
    await client.query({
      name: 'operations.edit',
      text: `update deliveries set state = 'open', revision = revision + 1, edited = $4, contract_version = null, first_attempt_at = null,
          stood_ms = null, parked_at = null, fingerprint = null, operation_id = $5
        where agency_id = $1 and stream_id = $2 and sequence = $3`,
      values: [agency, stream, sequence, hash, operation],
    });
    await takeTurns(client, agency, [stream]);
    return { outcome: 'done', operation, sequence };
  });
}

/** Ends this delivery only; the next claim of the lane finds what follows. `until`: listed again after that day. */
export function closeDelivery(db: Database, named: Named, until: string | null): Promise<Acted> {
  const { agency, stream, reason } = named;
  return act(db, async (client) => {
    const seen = await see(client, agency, stream, named.sequence);
    const refused = mayChange(seen);
    if (refused) return refused;
    const { sequence, form } = seen!;
    if (form === 'revocation') return { outcome: 'revocation' };
    const selection = { stream, sequence, ...(until === null ? {} : { until }) };
    const operation = await recordOperation(client, { ...named, kind: 'close', selection });
    await client.query({
      name: 'operations.close-one',
      text: `update deliveries set state = 'closed', ended_at = now(), ended_day = ${OPEN_DAY}, reason = $4, parked_at = null, fingerprint = null, operation_id = $5
        where agency_id = $1 and stream_id = $2 and sequence = $3`,
      values: [agency, stream, sequence, reason, operation],
    });
    await takeTurns(client, agency, [stream]);
    return { outcome: 'done', operation, sequence };
  });
}
