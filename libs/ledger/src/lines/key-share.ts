import type { PoolClient } from 'pg';
import * as sql from './comparison.statements.js';
import type { Compares } from './compares.js';

/** Cases of the days that are compared, and how many of them the other side lacks under any code. */
export interface KeyShare {
  ours: number;
  theirs: number;
  missingThere: number;
  missingHere: number;
  /** A few keys of each, the first in their order. */
  examplesThere: string[];
  examplesHere: string[];
}

/** From what was found, before any of it is kept. */
export async function keyShare(client: PoolClient, { agency, from, to }: Compares): Promise<KeyShare> {
  const { rows } = await client.query<KeyShare>(sql.KEY_SHARE, [agency, from, to]);
  return rows[0]!;
}
