import type { Runner } from '../database.js';
import { enterWithin } from '../enter-within.js';
import type { EntryItem } from '../entry.js';
import { MergedMeanwhile } from '../enter-lock.js';
import { isOwnCode } from '../own-code.js';
import type { OpenDiscrepancy } from './discrepancies.js';

/** A case that a discrepancy is about, locked by nobody. */
export interface CaseOf {
  id: string;
  code: string;
  procedure: string;
  openedOn: string;
  status: number;
  enteredBy: string;
  alsoEnteredBy: string[];
  /** The newest application, in full. */
  application: Record<string, unknown>;
}

/** By the id of their streams; a case that was merged into another one is that one's to speak of. */
export async function casesOf(client: Runner, open: readonly OpenDiscrepancy[]): Promise<Map<string, CaseOf>> {
  const { rows } = await client.query<CaseOf>({
    name: 'settle.cases',
    text: `select s.id, a.code, s.procedure, s.opened_on::text as "openedOn", s.status, s.entered_by as "enteredBy",
        coalesce(s.also_entered_by, '{}') as "alsoEnteredBy",
        (select e.body from events e where e.stream_id = s.id and e.type in ('vn.lienthong.case.received.v1', 'vn.lienthong.case.supplemented.v1')
          order by e.sequence desc limit 1) as application
      from streams s join aliases a on ${isOwnCode('a', 's.id')}
      where s.id = any($1::bigint[]) and s.kind = 'case' and s.merged_into is null`,
    values: [open.flatMap(({ streamId }) => streamId ?? [])],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** What became of each event that a repair enters. `known`: the very same was entered before. */
export type EnteredRepair = { stream: string; sequence: number } | 'known' | 'under-way' | 'cannot-follow';

export async function enterRepairs(client: Runner, items: readonly EntryItem[]): Promise<EnteredRepair[]> {
  if (items.length === 0) return [];
  try {
    return (await enterWithin(client, items)).map((entry) => {
      switch (entry.outcome) {
        case 'accepted':
          return { stream: entry.stream, sequence: entry.sequence };
        case 'repeated':
        case 'conflict':
          return 'known';
        case 'unchanged':
        case 'status-cannot-follow':
          return 'cannot-follow';
        default:
          return 'under-way';
      }
    });
  } catch (error) {
    // Its code leads to another case since a moment ago: nothing was written.
    if (error instanceof MergedMeanwhile) return items.map(() => 'under-way');
    throw error;
  }
}
