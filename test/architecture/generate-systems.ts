import { everySystem } from '../systems/every-system.js';
import { kinds } from '../systems/system.js';
import { table } from './table.js';

/** Every connected system, its protocol, its agency file, and which rows `npm run systems` has of it. */
export function systemsTable(): string {
  const rows = everySystem.map(({ id, what, protocol, file, steps }) => [
    `\`${id}\``,
    `${what.vi} · ${what.en}`,
    `\`${protocol}\``,
    `[${file.split('/').at(-1)}](../${file})`,
    ...kinds.map((kind) => steps.filter((step) => step.kind === kind).map(({ direction }) => direction).join(', ') || '–'), // prettier-ignore
  ]);
  return table(['system', 'what', 'protocol', 'agency file', ...kinds], rows);
}

/** What each row does and whose book is read; where there is none, why. */
export function systemRowsTable(): string {
  const rows = everySystem.flatMap(({ id, steps, without }) => [
    ...steps.map(({ kind, direction, what }) => [`\`${id}\``, kind, direction, what]),
    ...Object.entries(without).map(([kind, why]) => [`\`${id}\``, kind, '–', why]),
  ]);
  return table(['system', 'kind', 'direction', 'what'], rows);
}
