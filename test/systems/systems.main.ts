/** Every connected system against its stand-in, both directions: what was sent, what the far end's own books hold. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { everySystem } from './every-system.js';
import { isRight, runSystems } from './run-systems.js';
import type { Row } from './system.js';

const { values } = parseArgs({
  options: { json: { type: 'string' }, cases: { type: 'string', default: '3' }, only: { type: 'string' } },
});
const only = values.only?.split(',');
const unknown = only?.filter((name) => !everySystem.some(({ id }) => id === name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(`No system ${unknown.join(', ')}; there are: ${everySystem.map(({ id }) => id).join(', ')}\n`);
  process.exit(2);
}
const rows = await runSystems({
  cases: Number(values.cases),
  ...(only ? { only } : {}),
  say: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`\n${table(rows)}\n`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
process.exit(rows.every(isRight) ? 0 : 1);

function table(all: readonly Row[]): string {
  const heads = ['system', 'kind', 'direction', 'sent', 'delivered', 'discrepancies', 'milliseconds'] as const;
  const cells = all.map((row) => heads.map((head) => String(row[head])));
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((cell) => cell[i]!.length)));
  const line = (one: readonly string[]): string =>
    one
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [heads, ...cells].map(line).join('\n');
}
