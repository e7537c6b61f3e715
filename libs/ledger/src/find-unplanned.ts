import type { Database } from './database.js';

/**
 * Streams that grew without anybody planning them (a lost message, a deleted topic). Looks at one page of streams after
 * the given id, so that a sweep costs the same however many streams there are; `next` null: the end, begin again.
 */
export async function findUnplanned(
  db: Database,
  page: { after: string; size: number; olderThanSeconds: number },
): Promise<{ streams: string[]; next: string | null }> {
  const { rows } = await db.query<{ stream_id: string; missing: boolean; is_full: boolean }>(
    'plan.find',
    `with page as (select stream_id, planned from plan_cursor where stream_id > $1 order by stream_id limit $2)
     select p.stream_id, (p.planned < s.last and e.recorded_at < now() - make_interval(secs => $3)) as missing,
       (select count(*) = $2 from page) as is_full
     from page p join streams s on s.id = p.stream_id left join events e on e.stream_id = p.stream_id and e.sequence = p.planned + 1
     where p.planned < s.last or p.stream_id = (select max(stream_id) from page)`,
    [page.after, page.size, page.olderThanSeconds],
  );
  const last = rows.reduce<string | null>(
    (max, r) => (max === null || BigInt(r.stream_id) > BigInt(max) ? r.stream_id : max),
    null,
  );
  return { streams: rows.filter((r) => r.missing).map((r) => r.stream_id), next: rows[0]?.is_full ? last : null };
}
