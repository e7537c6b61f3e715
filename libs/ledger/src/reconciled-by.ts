import { waysOf, type ContractVersion, type Reconcile } from '#wire';
import { versionOn, type Agency } from './agencies.js';
import type { Database } from './database.js';

export interface Reconciled extends Pick<ContractVersion, 'validFrom' | 'sends'> {
  url: string;
}

/**
 * Contract versions whose books an agency is reconciled with, oldest first: today's, and an earlier one's with books of its
 * own where something was sent by it. What an owner took before the next one came stands in no other book.
 */
export async function reconciledBy(db: Database, agency: Agency, day: string): Promise<Reconciled[]> {
  const present = versionOn(agency, day);
  const found = new Map<string, Reconciled>();
  for (const version of agency.versions) {
    const books = waysOf(version).find((way): way is Extract<Reconcile, { by: 'books' }> => way.by === 'books');
    if (version.validFrom > day || !books) continue;
    const isUsed = version === present || (await sentBy(db, agency.id, version.validFrom));
    // Of versions that share a book the newest says who enters cases.
    if (isUsed) found.set(books.url, { ...version, url: books.url });
  }
  return [...found.values()];
}

async function sentBy(db: Database, agency: string, version: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'reconciled.sent-by',
    `select from deliveries where agency_id = $1 and contract_version = $2 limit 1`,
    [agency, version],
  );
  return rowCount === 1;
}
