import type { FigurePublished } from '#wire';
import type { Runner } from '../database.js';

export interface FigureStanding {
  figure: string;
  /** How often it was published: once, and once more a revision. */
  sequence: number;
  recordedAt: Date;
  said: FigurePublished;
}

/** What stands of every figure, or of one definition, or one period; by name. */
export async function listFigures(
  db: Runner,
  { definition, period }: { definition?: string; period?: string } = {},
): Promise<FigureStanding[]> {
  const { rows } = await db.query<FigureStanding>({
    name: 'figures.list',
    text: `select e.body->>'figure' as figure, e.sequence, e.recorded_at as "recordedAt", e.body as said
      from streams s join events e on e.stream_id = s.id and e.sequence = s.last
      where s.kind = 'figure' and ($1::text is null or s.procedure = $1) and ($2::text is null or split_part(e.body->>'figure', '/', 3) = $2)
      order by 1 limit 10000`,
    values: [definition ?? null, period ?? null],
  });
  return rows;
}

/** Everything that was ever said of one figure, oldest first; empty: nothing. */
export async function figureHistory(db: Runner, figure: string): Promise<FigureStanding[]> {
  const { rows } = await db.query<FigureStanding>({
    name: 'figures.history',
    text: `select e.body->>'figure' as figure, e.sequence, e.recorded_at as "recordedAt", e.body as said
      from aliases a join streams s on s.id = a.stream_id and s.kind = 'figure' join events e on e.stream_id = s.id
      where a.namespace = 'case' and a.code = $1 order by e.sequence`,
    values: [figure],
  });
  return rows;
}
