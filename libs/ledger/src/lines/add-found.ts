import type { Discrepant } from '#domain';
import type { PoolClient } from 'pg';
import * as sql from './comparison.statements.js';

export interface Found {
  type: Discrepant;
  key: string;
  stream: string | null;
  receivedOn: string;
  detail: { fields?: Record<string, [string | null, string | null]>; [name: string]: unknown };
  side: string;
}

/** What was found, in the comparison's own table; of one type and key the first stays. */
export async function addFound(client: PoolClient, found: readonly Found[]): Promise<void> {
  if (found.length === 0) return;
  await client.query({
    name: 'compare.found',
    text: sql.ADD_FOUND,
    values: [
      ...[
        found.map((f) => f.type),
        found.map((f) => f.key),
        found.map((f) => f.stream),
        found.map((f) => f.receivedOn),
      ],
      ...[found.map((f) => JSON.stringify(f.detail)), found.map((f) => f.side)],
    ],
  });
}
