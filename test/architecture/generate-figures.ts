import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usualThreshold } from '#domain';
import { locateFiguresFile } from '#wire';
import type { Said } from '../figures/figure.js';
import { figures } from '../figures/figures.js';
import { keyOf, publishedRows } from '../figures/published.js';

const both = ({ vi, en }: Said): string => `${vi} · ${en}`;

/** What each source says, how the hub counts it, and what the source leaves open. */
export function seedFigures(): string {
  const lines: string[] = [];
  let place = '';
  for (const row of publishedRows) {
    const at = `${row.place}, ${row.period}`;
    if (at !== place) lines.push(...(place === '' ? [] : ['']), `### ${at}`, '');
    place = at;
    const { counted, ambiguity, from } = figures[keyOf(row)]!;
    lines.push(
      `- **${row.figure}**: ${row.value} ${row.unit}${from === null ? ' (không tính được · not computable)' : ''}`,
    );
    lines.push(`  - ${both(counted)}`);
    if (ambiguity) lines.push(`  - ? ${both(ambiguity)}`);
  }
  return lines.join('\n');
}

const shipped = join(import.meta.dirname, '../../deploy/figures/province.yaml');

/** The definitions that are shipped, newest version each. */
export function shippedFigures(): string {
  const { figures: all } = locateFiguresFile(readFileSync(shipped, 'utf8')).file;
  return all
    .map(({ id, versions }) => {
      const { name, definition, unit, by, every, suppressBelow = usualThreshold } = versions.at(-1)!;
      const cells = by === undefined ? '' : `, theo · by ${by}`;
      return `- \`${id}\` (${unit}, ${every}${cells}; ẩn dưới · hidden below ${suppressBelow}): ${both(name)}. ${both(definition)}`;
    })
    .join('\n');
}
