import type { Database } from '../database.js';

/** Parked deliveries of one cause: same agency, same side to act, same reply but for what differs from case to case. */
export interface ParkedGroup {
  fingerprint: string;
  agencyId: string;
  owner: string | null;
  /** The partner's words (or ours) of one of them; for a person, never for a log. */
  reason: string | null;
  deliveries: number;
  inDoubt: number;
  oldest: Date;
  /** A case of the group. */
  exampleCode: string;
  /** Of these, parked again after a person's retry of the group. */
  failedAgain: number;
}

/** Largest groups first, at most `limit`; of one agency, or of all. */
export async function parkedGroups(db: Database, agency: string | null, limit: number): Promise<ParkedGroup[]> {
  const { rows } = await db.query<ParkedGroup>(
    'parked.groups',
    `select d.fingerprint, d.agency_id as "agencyId", min(d.owner) as owner, (array_agg(d.reason order by d.stream_id))[1] as reason,
       count(*)::int as deliveries, count(*) filter (where l.doubt_at = d.sequence)::int as "inDoubt",
       min(coalesce(d.first_attempt_at, d.planned_at)) as oldest, count(d.operation_id)::int as "failedAgain",
       (select a.code from aliases a where a.stream_id = min(d.stream_id) and a.namespace = 'case' limit 1) as "exampleCode"
     from deliveries d join lanes l on l.agency_id = d.agency_id and l.stream_id = d.stream_id
     where d.fingerprint is not null and d.state = 'parked' and ($1::text is null or d.agency_id = $1)
     group by d.agency_id, d.fingerprint order by count(*) desc, d.agency_id, d.fingerprint limit $2`,
    [agency, limit],
  );
  return rows;
}
