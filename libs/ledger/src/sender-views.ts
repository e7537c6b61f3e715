import type { CaseStatus } from '#domain';
import type { Database } from './database.js';

/** A case as one sender's door needs it to compare with: nothing is locked, so what is derived from it may be overtaken. */
export interface SenderView {
  code: string;
  enteredBy: string;
  status: CaseStatus;
  /** What this sender reported last, in its door's comparable form; null: nothing yet. */
  state: string | null;
  /** Who issued the case's newest result. */
  resultFrom: string | null;
}

/** One of these codes that is missing is no case. */
export async function senderViews(
  db: Database,
  sender: string,
  codes: readonly string[],
): Promise<Map<string, SenderView>> {
  const { rows } = await db.query<SenderView>(
    'sender.views',
    `select a.code, s.entered_by as "enteredBy", s.status, (
       select st.state from sender_states st
       where st.stream_id = coalesce(a.moved_from, a.stream_id) and st.agency_id = $1) as state, (
       select e.sender from events e where e.stream_id = s.id and e.type = 'vn.lienthong.case.result-issued.v1'
       order by e.sequence desc limit 1) as "resultFrom"
     from aliases a join streams s on s.id = a.stream_id where a.namespace = 'case' and a.code = any($2::text[])`,
    [sender, codes],
  );
  return new Map(rows.map((view) => [view.code, view]));
}
