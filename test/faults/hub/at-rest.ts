import { setTimeout as pause } from 'node:timers/promises';
import type { Hub } from './hub.js';

/** Nothing is on its way: everything is published and planned, every lane is done or waits for a person. */
const LEFT = `select
  (select count(*) from outbox)::int as outbox,
  (select count(*) from streams s left join plan_cursor p on p.stream_id = s.id where coalesce(p.planned, 0) < s.last)::int as unplanned,
  (select count(*) from lanes where done < last and wait is distinct from 'person' or worker is not null)::int as lanes`;

/** When the hub came to rest; null where it didn't in time, with what is left in words. */
export async function atRest(hub: Hub, withinMs: number): Promise<{ restedAt: number | null; left: string }> {
  const end = Date.now() + withinMs;
  let left = 'not asked yet';
  while (Date.now() < end) {
    try {
      const [row] = await hub.rows<{ outbox: number; unplanned: number; lanes: number }>(LEFT);
      if (row!.outbox + row!.unplanned + row!.lanes === 0) return { restedAt: Date.now(), left: '' };
      left = JSON.stringify(row);
    } catch (error) {
      left = (error as Error).message;
    }
    await pause(250);
  }
  return { restedAt: null, left };
}

/** Open lanes with the delivery that each stands at, for whoever looks into it. */
export const openLanes = (hub: Hub): Promise<Record<string, unknown>[]> =>
  hub.rows(`select to_jsonb(l) as lane, now() as asked, (select jsonb_agg(to_jsonb(d) order by sequence) from deliveries d
      where d.agency_id = l.agency_id and d.stream_id = l.stream_id and d.sequence > l.done) as deliveries,
    (select jsonb_agg(to_jsonb(t) order by id) from attempts t where t.agency_id = l.agency_id and t.stream_id = l.stream_id) as attempts
    from lanes l where done < last or worker is not null order by l.agency_id, l.stream_id limit 1000`);
