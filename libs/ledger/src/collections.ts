import type { Database } from './database.js';
import { isOwnCode } from './own-code.js';

export interface DueCollection {
  streamId: string;
  caseCode: string;
  asked: number;
  application: unknown;
  /** What this agency reported last of the case, in its comparable form. */
  lastState: string | null;
  /** Since its final answer, milliseconds; null before that. */
  afterwardsMs: number | null;
}

/**
 * Takes what is due to be asked at one agency and pushes it out by the lease, so that another poller doesn't ask too.
 * Only cases the agency has acknowledged: before that it can't know them.
 */
export async function takeDue(
  db: Database,
  agency: string,
  limit: number,
  leaseSeconds: number,
): Promise<DueCollection[]> {
  const { rows } = await db.query<DueCollection>(
    'collections.take',
    `with due as (
       select c.agency_id, c.stream_id, l.known_as from collections c
       join lanes l on l.agency_id = c.agency_id and l.stream_id = c.stream_id and l.done > 0
       where c.agency_id = $1 and not c.ended and c.due_at <= now() order by c.due_at limit $2 for update of c skip locked),
     up as (update collections c set due_at = now() + make_interval(secs => $3), asked = asked + 1 from due
       where c.agency_id = due.agency_id and c.stream_id = due.stream_id returning c.stream_id, c.asked, due.known_as, (extract(epoch from now() - c.afterwards_since) * 1000)::float8 as afterwards_ms)
     select up.stream_id as "streamId", coalesce(up.known_as, a.code) as "caseCode", up.asked, up.afterwards_ms as "afterwardsMs", base.body as application, st.state as "lastState"
     from up join aliases a on ${isOwnCode('a', 'up.stream_id')}
     left join sender_states st on st.stream_id = up.stream_id and st.agency_id = $1
     join lateral (select body from events e where e.stream_id = up.stream_id
       and e.type in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1') order by e.sequence desc limit 1) base on true`,
    [agency, limit, leaseSeconds],
  );
  return rows;
}

/** Asks again after the interval, or no more: only once the partner's final answer is in the ledger. `isAfterwards`: asked on after it. */
export async function settleCollections(
  db: Database,
  agency: string,
  answers: readonly { streamId: string; ended: boolean; nextInMs: number; isAfterwards?: boolean }[],
): Promise<void> {
  await db.query(
    'collections.settle',
    `update collections c set ended = t.ended, due_at = now() + make_interval(secs => t.next_s),
       afterwards_since = case when t.afterwards then coalesce(c.afterwards_since, now()) else c.afterwards_since end
     from (select * from unnest($2::bigint[], $3::boolean[], $4::float8[], $5::boolean[]) as t(stream_id, ended, next_s, afterwards) order by 1) t
     where c.agency_id = $1 and c.stream_id = t.stream_id`,
    [
      agency,
      answers.map((a) => a.streamId),
      answers.map((a) => a.ended),
      answers.map((a) => a.nextInMs / 1000),
      answers.map((a) => a.isAfterwards === true),
    ],
  );
}
