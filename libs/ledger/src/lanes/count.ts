import type { Database } from '../database.js';

export interface LaneCounts {
  agencyId: string;
  open: number;
  turn: number;
  timer: number;
  person: number;
  sending: number;
  inDoubt: number;
}

/** Counts from the partial indexes where they exist; for a page a person looks at, not for a hot path. */
export async function countLanes(db: Database): Promise<LaneCounts[]> {
  const { rows } = await db.query<LaneCounts>(
    'lanes.count',
    `select a.id as "agencyId",
       count(*) filter (where l.done < l.last)::int as open, count(*) filter (where l.wait = 'turn')::int as turn,
       count(*) filter (where l.wait = 'timer')::int as timer, count(*) filter (where l.wait = 'person')::int as person,
       count(l.worker)::int as sending, count(*) filter (where l.doubt)::int as "inDoubt"
     from agencies a left join lanes l on l.agency_id = a.id and l.done < l.last group by a.id order by a.id`,
  );
  return rows;
}
