import { protect, type Sum } from '#domain';
import type { FigureVersion, Measure } from '#wire';
import { thresholdOf, type TableCell } from './table-of.js';

/** A definition's table of one period. */
export interface Table {
  id: string;
  version: FigureVersion;
  cells: readonly TableCell[];
}

/** What holds of cases in every group and of all. */
const identities: readonly { whole: Measure; parts: readonly Measure[] }[] = [
  { whole: 'cases-received', parts: ['cases-resolved', 'cases-open'] },
  { whole: 'cases-resolved', parts: ['cases-resolved-early', 'cases-resolved-on-time', 'cases-resolved-overdue'] },
];

/**
 * The tables of one period as they may be shown beside each other: a small cell that one of them hides isn't left to be reckoned
 * from the others, by what holds between their numbers (a total and its cells by unit, by procedure, by outcome; received less
 * resolved is open; a share and what it is of).
 */
export function hideTogether(tables: readonly Table[]): Table[] {
  const told = tables.flatMap(({ id, version, cells }) =>
    cells.map((cell) => ({
      id: `${id}/${cell.code}`,
      tells: toldBy(version, cell),
      weight: cell.heads.counted,
      hidden: cell.hides,
    })),
  );
  const hidden = protect(told, sumsOf(tables), tables.flatMap(secretsOf));
  return tables.map(({ id, version, cells }) => ({
    ...{ id, version },
    cells: cells.map((cell) => ({ ...cell, hides: cell.hides || hidden.has(`${id}/${cell.code}`) })),
  }));
}

interface Place {
  by: FigureVersion['by'] | undefined;
  code: string;
}

/** A number by what it counts and where, the same in every definition. */
const nameOf = (measure: string, { by, code }: Place): string =>
  code === '' ? measure : by === 'outcome' ? `${measure}-${code}` : `${measure} ${by} ${code}`;
const restOf = ({ measure, of }: FigureVersion): string => `${of} without ${measure}`;

const toldBy = (version: FigureVersion, { code }: TableCell): string[] => {
  const { measure, of, by } = version;
  return [measure, ...(of === undefined ? [] : [of])].map((each) => nameOf(each, { by, code }));
};

function secretsOf({ version, cells }: Table): string[] {
  const { measure, of, by } = version;
  const isSmall = (count: number): boolean => count > 0 && count < thresholdOf(version);
  return cells.flatMap(({ code, heads: { counted, whole } }) => [
    ...(isSmall(counted) ? [nameOf(measure, { by, code })] : []),
    ...(of !== undefined && isSmall(whole) ? [nameOf(of, { by, code })] : []),
    ...(of !== undefined && isSmall(whole - counted) ? [nameOf(restOf(version), { by, code })] : []),
  ]);
}

function sumsOf(tables: readonly Table[]): Sum[] {
  const sums: Sum[] = [];
  const places = new Map<string, Place>([['', { by: undefined, code: '' }]]);
  for (const { version, cells } of tables) {
    const { measure, of, by } = version;
    const groups = cells.filter(({ code }) => code !== '');
    for (const each of [measure, ...(of === undefined ? [] : [of])])
      if (groups.length > 0) sums.push({ whole: each, parts: groups.map(({ code }) => nameOf(each, { by, code })) });
    for (const { code } of cells) {
      if (by !== 'outcome') places.set(nameOf('', { by, code }), { by, code });
      const at = (each: string): string => nameOf(each, { by, code });
      if (of !== undefined) sums.push({ whole: at(of), parts: [at(measure), at(restOf(version))] });
    }
  }
  for (const place of places.values())
    for (const { whole, parts } of identities)
      sums.push({ whole: nameOf(whole, place), parts: parts.map((part) => nameOf(part, place)) });
  return sums;
}
