import type { Database } from '../database.js';

/** What hasn't ended for an agency, by case. */
export interface OpenLanes {
  open: number;
  /** Of them: waiting for a person. */
  parked: number;
  examples: string[];
}

const MOST_EXAMPLES = 10;

export async function openLanes(db: Database, agency: string): Promise<OpenLanes> {
  const { rows } = await db.query<OpenLanes>(
    'lanes.open-of-agency',
    `with l as (select stream_id, known_as, wait from lanes where agency_id = $1 and done < last)
     select count(*)::int as open, count(*) filter (where wait = 'person')::int as parked,
       coalesce((select json_agg(code) from (select coalesce(x.known_as, (select min(a.code) from aliases a where a.stream_id = x.stream_id and a.namespace = 'case')) as code
         from l x order by x.stream_id limit ${MOST_EXAMPLES}) e), '[]') as examples from l`,
    [agency],
  );
  return rows[0]!;
}
