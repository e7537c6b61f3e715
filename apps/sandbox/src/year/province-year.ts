import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Coded } from '#wire';
import { readCsv } from './csv.js';
import { WorkingDays } from './working-days.js';

export const procedureClasses = ['three-level', 'two-level', 'horizontal', 'vertical', 'unclassified'] as const;
export type ProcedureClass = (typeof procedureClasses)[number];

export interface Procedure {
  code: string;
  name: string;
  field: Coded;
  class: ProcedureClass;
  /** Working days until the result is due. */
  termDays: number;
  weight: number;
  origin: 'public' | 'synthetic';
}

/** published: printed in the source. inferred: follows from it. ours: chosen here, and every report says so. */
interface PublishedFigure {
  name: string;
  published: number;
  unit: string;
  kind: 'published' | 'inferred' | 'ours';
  note: string;
}

interface Place {
  year: number;
  province: Coded;
  unit: Coded;
  district: Coded;
  judicialProcedure: string;
  weekdays: Record<string, number>;
  months: Record<string, number>;
  shares: Record<
    | 'withoutStatus4'
    | 'online'
    | 'post'
    | 'returnByPost'
    | 'business'
    | 'stateBody'
    | 'mandate'
    | 'partialBirthDate'
    | 'secondRecord'
    | 'banFromOffice'
    | 'unresolvedAtSupplement'
    | 'unresolvedAtReceived',
    number
  >;
}

/** One year of one centre as data: its figures, procedures and calendar. */
export interface ProvinceYear extends Place {
  procedures: readonly Procedure[];
  figures: readonly PublishedFigure[];
  /** From two months before the year to four after it. */
  calendar: WorkingDays;
}

/** The year of Uông Bí from `deploy/provinces/uong-bi-2021`, or another folder of that shape. */
export function loadProvinceYear(folder = join(checkout(), 'deploy', 'provinces', 'uong-bi-2021')): ProvinceYear {
  const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const place = JSON.parse(text('year.json')) as Place;
  const daysOff = new Set(readCsv(text('days-off.csv')).map((row) => row['date'] ?? ''));
  return {
    ...place,
    procedures: readCsv(text('procedures.csv')).map(procedureOf),
    figures: readCsv(text('figures.csv')).map(figureOf),
    calendar: new WorkingDays(`${place.year - 1}-11-01`, `${place.year + 1}-04-30`, daysOff),
  };
}

function procedureOf(row: Record<string, string>): Procedure {
  const { code = '', name = '', field_code = '', field = '', class: asked, term_days, weight, origin } = row;
  const procedureClass = procedureClasses.find((known) => known === asked);
  const termDays = Number(term_days);
  if (!procedureClass) throw new Error(`procedures.csv: ${code} has the class "${asked ?? ''}"`);
  if (!Number.isInteger(termDays) || termDays < 1)
    throw new Error(`procedures.csv: ${code} has the term "${term_days ?? ''}"`);
  return {
    code,
    name,
    field: { code: field_code, name: field },
    class: procedureClass,
    termDays,
    weight: Number(weight),
    origin: origin === 'public' ? 'public' : 'synthetic',
  };
}

function figureOf(row: Record<string, string>): PublishedFigure {
  const { name = '', published, unit = '', kind, note = '' } = row;
  if (kind !== 'published' && kind !== 'inferred' && kind !== 'ours')
    throw new Error(`figures.csv: "${name}" has the kind "${kind ?? ''}"`);
  return { name, published: Number(published), unit, kind, note };
}

/** The folder of package.json above this file: the data lie there, whether this runs from dist or from the source. */
function checkout(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder))
      throw new Error('no package.json above this file: the data of the year can’t be found');
  }
}
