import { compareWithCatalogue, proceduresOf, proceduresOnRoutes } from '#agency';
import { Database, listCatalogues, readAgencies, readRouting, today } from '#ledger';
import { findingWords, heldReasons } from '../operate/catalogue-words.js';
import type { Finding } from './finding.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Lists that wait for a person, and procedures that agency files or routes name and the newest catalogue doesn't. */
export async function examineCatalogue(databaseUrl: string): Promise<Finding[]> {
  const db = new Database(databaseUrl, 'lienthong-doctor', quiet, 1);
  try {
    const held = (await listCatalogues(db)).flatMap(({ agency, held: one }): Finding[] =>
      one === null
        ? []
        : [
            warning(
              agency,
              `danh mục thủ tục ${one.id} đang chờ quyết định (${heldReasons[one.reason ?? ''] ?? '–'}); xem lienthong catalogue diff ${agency}`,
              'a list of procedures waits for a person; nothing was switched off',
            ),
          ],
    );
    const named = [
      ...(await readAgencies(db)).map((agency) => ({ where: agency.id, named: proceduresOf(agency, today()) })),
      { where: 'tuyến · routes', named: proceduresOnRoutes((await readRouting(db.pool)).Routes) },
    ];
    const found: Finding[] = [];
    for (const { where, named: procedures } of named)
      for (const { vi, en } of findingWords(await compareWithCatalogue(db, procedures)))
        found.push(warning(where, vi, en));
    return [...held, ...found];
  } finally {
    await db.close();
  }
}

const warning = (name: string, vi: string, en: string): Finding => ({ name, state: 'warning', vi, en });
