import type { Json } from '#wire';
import type { Database } from '../database.js';
import { mergedInto } from '../own-code.js';
import type { ClaimedLane } from './claimed-lane.js';

/** One kept step of a lane's delivery. */
export interface KeptStep {
  /** Of this stream; else of one that was merged into it. */
  own: boolean;
  sequence: number;
  revision: number;
  step: string;
  result: Json;
}

/**
 * All that this agency's deliveries of the lane's stream have kept, the newest last. What was merged into the stream stands
 * before its own: an agency may know the case by that one only.
 */
export async function keptSteps(
  db: Database,
  { agencyId, streamId }: Pick<ClaimedLane, 'agencyId' | 'streamId'>,
): Promise<KeptStep[]> {
  const { rows } = await db.query<KeptStep>(
    'steps.kept',
    `with recursive ${mergedInto('m', '$1')}
     select stream_id = $1 as own, sequence, revision, step, result from delivery_steps
     where agency_id = $2 and stream_id in (select id from m union all select $1::bigint) order by own, stream_id, sequence, revision, at, step`,
    [streamId, agencyId],
  );
  return rows;
}

/** The worker's row is locked against its reaper: a claim that is no longer its own keeps nothing. */
const KEEP = `
with mine as (
  select l.agency_id, l.stream_id from lanes l join workers w on w.id = l.worker
  where l.agency_id = $1 and l.stream_id = $2 and l.worker = $3 and l.claim = $4 and l.sending = $5 for key share of w)
insert into delivery_steps (agency_id, stream_id, sequence, revision, step, result)
select agency_id, stream_id, $5, $6, $7, $8::jsonb from mine
on conflict (stream_id, agency_id, sequence, revision, step) do update set result = excluded.result, at = now()`;

/** Committed when this resolves. False: fenced, the claim is another's by now; nothing more may leave for it. */
export async function keepStep(
  db: Database,
  worker: string,
  lane: Pick<ClaimedLane, 'agencyId' | 'streamId' | 'sequence' | 'revision' | 'claim'>,
  step: string,
  result: Json,
): Promise<boolean> {
  const { agencyId, streamId, sequence, revision, claim } = lane;
  const { rowCount } = await db.once('steps.keep', KEEP, [
    ...[agencyId, streamId, worker, claim, sequence, revision],
    ...[step, JSON.stringify(result)],
  ]);
  return rowCount === 1;
}
