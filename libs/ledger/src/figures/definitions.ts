import { canonicalJson, type FigureDefinition } from '#wire';
import { ONE_AT_A_TIME, type By } from '../contracts/apply-agency.js';
import type { Database, Runner } from '../database.js';

export type AppliedFigure =
  | { id: string; outcome: 'applied' | 'unchanged'; serial: number }
  /** Figures were published by that version: it can't become another, or nothing. A later one may follow it. */
  | { id: string; outcome: 'in-use'; version: string };

/** All of them or, where one can't be, none. Each document is kept; the newest stands. */
export function applyFigures(db: Database, definitions: readonly FigureDefinition[], by: By): Promise<AppliedFigure[]> {
  return db.transaction(async (client) => {
    await client.query(ONE_AT_A_TIME);
    const inForce = new Map((await readDefinitions(client)).map((kept) => [kept.definition.id, kept]));
    const answers: AppliedFigure[] = [];
    for (const definition of definitions) {
      const kept = inForce.get(definition.id);
      const used = kept ? await usedVersions(client, definition.id) : [];
      const lost = used.find((version) => textOf(kept!.definition, version) !== textOf(definition, version));
      const isSame = kept !== undefined && canonicalJson(kept.definition) === canonicalJson(definition);
      answers.push(
        lost === undefined
          ? {
              id: definition.id,
              outcome: isSame ? 'unchanged' : 'applied',
              serial: (kept?.serial ?? 0) + (isSame ? 0 : 1),
            }
          : { id: definition.id, outcome: 'in-use', version: lost },
      );
    }
    if (answers.some(({ outcome }) => outcome === 'in-use')) return answers;
    for (const [n, answer] of answers.entries())
      if (answer.outcome === 'applied')
        await client.query({
          name: 'figures.keep-definition',
          text: `insert into figure_definitions (id, serial, document, author, note) values ($1, $2, $3, $4, $5)`,
          values: [answer.id, answer.serial, JSON.stringify(definitions[n]), by.author, by.note],
        });
    return answers;
  });
}

const textOf = ({ versions }: FigureDefinition, validFrom: string): string | undefined => {
  const version = versions.find((one) => one.validFrom === validFrom);
  return version && canonicalJson(version);
};

/** By which figures of a definition were published. */
async function usedVersions(db: Runner, id: string): Promise<string[]> {
  const { rows } = await db.query<{ version: string }>({
    name: 'figures.used-versions',
    text: `select distinct e.body#>>'{definition,version}' as version from streams s join events e on e.stream_id = s.id
      where s.kind = 'figure' and s.procedure = $1`,
    values: [id],
  });
  return rows.map(({ version }) => version);
}

export interface KeptDefinition {
  serial: number;
  appliedAt: Date;
  author: string;
  definition: FigureDefinition;
}

/** The newest of each, by id. */
export async function readDefinitions(db: Runner): Promise<KeptDefinition[]> {
  const { rows } = await db.query<KeptDefinition>({
    name: 'figures.definitions',
    text: `select distinct on (id) serial, applied_at as "appliedAt", author, document as definition
      from figure_definitions order by id, serial desc`,
  });
  return rows;
}
