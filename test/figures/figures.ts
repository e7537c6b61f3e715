import type { Figure } from './figure.js';
import { keyOf, publishedRows, type PublishedRow } from './published.js';
import type { Measured } from './replay.js';
import { tayNinhFigures } from './tay-ninh-figures.js';
import { uongBiFigures } from './uong-bi-figures.js';

export const figures: Readonly<Record<string, Figure>> = { ...uongBiFigures, ...tayNinhFigures };

export interface Reproduced {
  seed: string;
  figure: string;
  published: number;
  /** null: no hub can compute it; the note says why, `beside` has what it can. */
  reproduced: number | null;
  note: string;
  place: string;
  period: string;
  unit: string;
  beside?: Record<string, number>;
}

/** Every row of published.csv, in its order. */
export function reproduce(measured: Measured, sample?: string): Reproduced[] {
  return publishedRows.map((row: PublishedRow) => {
    const figure = figures[keyOf(row)];
    if (!figure) throw new Error(`nothing says how "${keyOf(row)}" is counted`);
    const { counted, ambiguity } = figure;
    const parts = [counted, ambiguity].flatMap((said) => said ?? []);
    const note = `${parts.map(({ vi }) => vi).join(' ')} · ${parts.map(({ en }) => en).join(' ')}`;
    return {
      seed: row.source,
      figure: row.figure,
      published: row.value,
      reproduced: figure.from === null ? null : figure.from(measured),
      note: sample === undefined ? note : `${sample} ${note}`,
      place: row.place,
      period: row.period,
      unit: row.unit,
      ...(figure.beside ? { beside: figure.beside(measured) } : {}),
    };
  });
}
