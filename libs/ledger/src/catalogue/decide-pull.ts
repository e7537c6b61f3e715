import type { ListedProcedure } from '#wire';
import type { Database } from '../database.js';
import { changesOf, openRows, takeRows, type CatalogueChanges } from './rows.js';

interface Decision {
  /** The one that was looked at; none: whichever waits. */
  pull?: string | undefined;
  author: string;
  note: string | null;
}

export type Decided =
  | { outcome: 'accepted'; pull: string; changes: CatalogueChanges }
  | { outcome: 'dropped'; pull: string }
  /** Nothing waits, or a later list has taken the place of the one that was looked at. */
  | { outcome: 'none' }
  | { outcome: 'another'; pull: string };

interface Waiting {
  id: string;
  procedures: ListedProcedure[];
}

/** What waits becomes the catalogue: what it lacks ends now. */
export function acceptPull(db: Database, agency: string, by: Decision): Promise<Decided> {
  return decide(db, agency, by, 'accepted', async (client, { id, procedures }) => {
    const changes = changesOf(await openRows(client, agency), procedures);
    await takeRows(client, agency, procedures);
    return { outcome: 'accepted', pull: id, changes };
  });
}

/** What waits is thrown away; the same list coming again is no news. */
export const dropPull = (db: Database, agency: string, by: Decision): Promise<Decided> =>
  decide(db, agency, by, 'dropped', (_, { id }) => Promise.resolve({ outcome: 'dropped', pull: id }));

function decide(
  db: Database,
  agency: string,
  { pull, author, note }: Decision,
  state: 'accepted' | 'dropped',
  act: (client: Parameters<typeof openRows>[0], waiting: Waiting) => Promise<Decided>,
): Promise<Decided> {
  return db.transaction(async (client): Promise<Decided> => {
    // Before the pull's own row, as a poller does: a list that arrives now waits until this is decided.
    await client.query({ text: `select 1 from collected_lists where agency_id = $1 for update`, values: [agency] });
    const { rows } = await client.query<Waiting>({
      text: `select id::text, procedures from catalogue_pulls where agency_id = $1 and state = 'held' for update`,
      values: [agency],
    });
    const [waiting] = rows;
    if (!waiting) return { outcome: 'none' };
    if (pull !== undefined && pull !== waiting.id) return { outcome: 'another', pull: waiting.id };
    await client.query({
      text: `update catalogue_pulls set state = $2, procedures = null, decided_at = now(), author = $3, note = $4 where id = $1`,
      values: [waiting.id, state, author, note],
    });
    return act(client, waiting);
  });
}
