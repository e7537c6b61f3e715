import type { CaseStatus } from '#domain';
import type { Database } from './database.js';

/** A case as one sender's door needs it to compare with: nothing is locked, so what is derived from it may be overtaken. */
export interface SenderView {
  code: string;
  enteredBy: string;
  status: CaseStatus;
  /** What this sender reported last, in its door's comparable form; null: nothing yet. */
  state: string | null;
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
       where st.stream_id = coalesce(a.moved_from, a.stream_id) and st.agency_id = $1) as state
     from aliases a join streams s on s.id = a.stream_id where a.namespace = 'case' and a.code = any($2::text[])`,
    [sender, codes],
  );
  return new Map(rows.map((view) => [view.code, view]));
}
