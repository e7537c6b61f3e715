import { percentOf, suppress, usualThreshold } from '#domain';
import type { FigureGroup, FigurePublished, FigureVersion, Measure } from '#wire';
import { sumOf, type FigureCaseRow, type PeriodCounts } from './count-period.js';

/** What a figure shows: of one cell, or of the total (`group` absent). */
export type Shown = Pick<FigurePublished, 'group' | 'value' | 'numerator' | 'denominator' | 'suppressed'>;

interface Cell {
  /** Empty: the table's total. */
  code: string;
  counted: number;
  /** What it is a part of, where the figure is a percentage. */
  whole: number;
  /** How many stand behind both: a sum of đồng hides by its payments. */
  heads: { counted: number; whole: number };
}

/** A cell as it is, and whether its own table hides it. */
export interface TableCell extends Cell {
  hides: boolean;
}

type Counts = Partial<Record<Measure, number>>;

/**
 * A figure's whole table, its total first. `known`: groups that were shown before; one that has nothing any more is 0, so
 * that what was published of it is taken back.
 */
export async function tableOf(
  counts: PeriodCounts,
  version: FigureVersion,
  known: readonly string[],
): Promise<TableCell[]> {
  const { by, measure } = version;
  if (by === undefined) return hiddenOf(version, [], cellOf('', await totals(counts, measure), version));
  const rows = await counts.cases();
  const cells = by === 'outcome' ? outcomesOf(rows, version) : groupsOf(rows, by, version);
  for (const code of known) if (!cells.some((cell) => cell.code === code)) cells.push(cellOf(code, {}, version));
  cells.sort((a, b) => (a.code < b.code ? -1 : 1));
  return hiddenOf(version, cells, cellOf('', sumOf(rows), version));
}

async function totals(counts: PeriodCounts, measure: Measure): Promise<Counts> {
  if (measure.startsWith('cases-')) return sumOf(await counts.cases());
  return measure.startsWith('petitions-') ? counts.petitions() : counts.payments();
}

function cellOf(code: string, counts: Counts, { measure, of }: FigureVersion): Cell {
  const value = (name: Measure | undefined): number => (name === undefined ? 0 : (counts[name] ?? 0));
  const heads = { counted: value(headsOf[measure] ?? measure), whole: value(of && (headsOf[of] ?? of)) };
  return { code, counted: value(measure), whole: value(of), heads };
}

const headsOf: { readonly [amount in Measure]?: Measure } = {
  'amount-requested': 'payments-requested',
  'amount-succeeded': 'payments-succeeded',
};

function outcomesOf(rows: readonly FigureCaseRow[], version: FigureVersion): Cell[] {
  const sum = sumOf(rows);
  return (['early', 'on-time', 'overdue'] as const).map((code) =>
    cellOf(code, { [version.measure]: sum[`cases-resolved-${code}`] }, version),
  );
}

function groupsOf(rows: readonly FigureCaseRow[], by: Exclude<FigureGroup, 'outcome'>, version: FigureVersion): Cell[] {
  const groups = new Map<string, FigureCaseRow[]>();
  for (const row of rows) {
    const code = row[by] ?? 'none';
    const group = groups.get(code);
    if (group) group.push(row);
    else groups.set(code, [row]);
  }
  return [...groups].map(([code, group]) => cellOf(code, sumOf(group), version));
}

/** Of a percentage its part, the rest and the whole each make a table; what one of them hides, the figure hides. */
function hiddenOf(version: FigureVersion, cells: readonly Cell[], total: Cell): TableCell[] {
  const threshold = thresholdOf(version);
  const grouped = cells.length > 0;
  const all = grouped ? cells : [total];
  const tables = [all.map(({ heads }) => heads.counted)];
  if (version.of !== undefined) tables.push(all.map(({ heads }) => heads.whole - heads.counted), all.map(({ heads }) => heads.whole)); // prettier-ignore
  const hidden = threshold === 0 ? [] : tables.map((counts) => suppress(counts, threshold));
  const isHidden = (place: number): boolean => hidden.some((table) => table.cells[place]!);
  return [
    { ...total, hides: grouped ? hidden.some((table) => table.total) : isHidden(0) },
    ...cells.map((cell, place) => ({ ...cell, hides: isHidden(place) })),
  ];
}

export const thresholdOf = ({ suppressBelow }: FigureVersion): number => suppressBelow ?? usualThreshold;

/** A share of nothing is no number: null, with the 0 that it is of. */
export function shownOf({ code, counted, whole, hides }: TableCell, version: FigureVersion): Shown {
  const group = code === '' ? {} : { group: { by: version.by!, code } };
  if (hides) return { ...group, value: null, suppressed: true };
  if (version.of === undefined) return { ...group, value: counted };
  return { ...group, value: whole === 0 ? null : percentOf(counted, whole), numerator: counted, denominator: whole };
}
