import type { PoolClient } from 'pg';
import { periodOf, type Period } from '#domain';
import { canonicalJson, hubSender, type FigureDefinition, type FigurePublished, type FigureVersion } from '#wire';
import type { Database } from '../database.js';
import { enterFactsIn, type Fact } from '../facts/enter-facts.js';
import { NOW } from '../facts/facts.statements.js';
import { refreshFacts } from '../reports/refresh-facts.js';
import { PeriodCounts } from './count-period.js';
import { hideTogether } from './hide-together.js';
import { shownOf, tableOf, type Shown, type TableCell } from './table-of.js';

/** Of one definition and period. */
export interface Published {
  definition: string;
  period: string;
  /** Figures that nobody had been told, those told anew, and those that stand as they were. */
  first: number;
  revised: number;
  unchanged: number;
}

/** Publishing takes turns: two processes that count at once would both find a figure changed. */
export const TURN = `select pg_advisory_xact_lock(hashtextextended('lienthong.figures', 0))`;

/** What was said last of each figure of a definition and period. */
const SAID = `
select e.sequence, e.body from streams s join events e on e.stream_id = s.id and e.sequence = s.last
where s.kind = 'figure' and s.procedure = $1 and s.opened_on = $2 and split_part(e.body->>'figure', '/', 3) = $3`;

/** The version that defines a period: the newest that begins on or before its last day. */
export const versionFor = ({ versions }: FigureDefinition, { to }: Pick<Period, 'to'>): FigureVersion | undefined =>
  versions.filter(({ validFrom }) => validFrom <= to).at(-1);

/**
 * Counts the tables of a period anew and says what has changed, one event a figure that did: the first time as it is, later
 * with what it takes the place of. One transaction. Without definitions that don't define it, or whose periods are longer or
 * shorter. `only`: no other figure is said, though what may be shown of it is judged beside all of them.
 */
export async function publishPeriod(
  db: Database,
  definitions: readonly FigureDefinition[],
  period: Period,
  only?: string,
): Promise<Published[]> {
  const defined = definitions.flatMap((definition) => {
    const version = versionFor(definition, period);
    return version?.every === period.length ? [{ definition, version }] : [];
  });
  if (defined.length === 0) return [];
  if (defined.some(({ version }) => version.measure.startsWith('cases-'))) await refreshFacts(db);
  return db.transaction(async (client) => {
    await client.query(TURN);
    const { rows } = await client.query<{ now: Date }>(NOW);
    const counts = new PeriodCounts(client, { period: { from: period.from, to: period.to } });
    const asked: Counting[] = [];
    for (const { definition, version } of defined) {
      const said = await saidOf(client, definition.id, period);
      const groups = [...said.values()].flatMap(({ body }) => body.group?.code ?? []);
      const cells = await tableOf(counts, version, groups);
      asked.push({ id: definition.id, definition, version, period, said, cells, asOf: rows[0]!.now });
    }
    const published: Published[] = [];
    for (const [i, { id, cells }] of hideTogether(asked).entries())
      if (only === undefined || id === only) published.push(await publishOne(client, { ...asked[i]!, cells }));
    return published;
  });
}

/** The same of one definition; undefined: it doesn't define that period. */
export const publishFigure = async (
  db: Database,
  definition: FigureDefinition,
  period: Period,
): Promise<Published | undefined> => (await publishPeriod(db, [definition], period))[0];

interface Counting {
  id: string;
  definition: FigureDefinition;
  version: FigureVersion;
  period: Period;
  said: Map<string, Said>;
  cells: readonly TableCell[];
  asOf: Date;
}

async function publishOne(client: PoolClient, counting: Counting): Promise<Published> {
  const { definition, version, period, said } = counting;
  const facts: Fact[] = [];
  const result = { definition: definition.id, period: period.name, first: 0, revised: 0, unchanged: 0 };
  for (const shown of counting.cells.map((cell) => shownOf(cell, version))) {
    const code = codeOf(definition.id, period, shown);
    const before = said.get(`figure/${code}`);
    const data = payloadOf(code, counting, shown);
    if (before && isSame(before.body, data)) {
      result.unchanged += 1;
      continue;
    }
    if (before) data.revises = revisionOf(before, data);
    result[before ? 'revised' : 'first'] += 1;
    facts.push({
      sender: hubSender,
      key: `figure/${code}/${(before?.sequence ?? 0) + 1}`,
      type: 'vn.lienthong.figure.published.v1',
      code,
      data,
      on: period.from,
      about: definition.id,
    });
  }
  const refused = (await enterFactsIn(client, facts)).find(({ outcome }) => outcome !== 'accepted');
  if (refused) throw new Error(`a figure of ${definition.id} was not taken: ${refused.outcome}`);
  return result;
}

interface Said {
  sequence: number;
  body: FigurePublished;
}

async function saidOf(client: PoolClient, definition: string, period: Period): Promise<Map<string, Said>> {
  const { rows } = await client.query<Said>({
    name: 'figures.said',
    text: SAID,
    values: [definition, period.from, period.name],
  });
  return new Map(rows.map((row) => [row.body.figure, row]));
}

const codeOf = (definition: string, period: Period, { group }: Shown): string =>
  `${definition}/${period.name}${group === undefined ? '' : `/${group.code}`}`;

function payloadOf(code: string, { definition, version, period, asOf }: Counting, shown: Shown): FigurePublished {
  return {
    figure: `figure/${code}`,
    definition: { id: definition.id, version: version.validFrom },
    unit: version.unit,
    period: { from: period.from, to: period.to },
    asOf: asOf.toISOString(),
    ...shown,
  };
}

/** Whatever a reader would see, the moment of counting and the history left out. */
const isSame = (a: FigurePublished, b: FigurePublished): boolean => comparable(a) === comparable(b);
const comparable = ({ asOf: _, revises: __, ...rest }: FigurePublished): string => canonicalJson(rest);

const revisionOf = ({ sequence, body }: Said, now: FigurePublished): NonNullable<FigurePublished['revises']> => ({
  sequence,
  value: body.value,
  reason: body.definition.version === now.definition.version ? 'late-facts' : 'definition',
});

/** Periods of a definition that were published and ended on or after a day. */
export async function publishedPeriods(db: Database, definition: string, endedSince: string): Promise<Period[]> {
  const { rows } = await db.query<{ name: string }>(
    'figures.periods',
    `select distinct split_part(e.body->>'figure', '/', 3) as name from streams s join events e on e.stream_id = s.id and e.sequence = 1
     where s.kind = 'figure' and s.procedure = $1 and (e.body#>>'{period,to}')::date >= $2 order by 1`,
    [definition, endedSince],
  );
  return rows.flatMap(({ name }) => periodOf(name) ?? []);
}
