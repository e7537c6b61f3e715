import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { faultNames, kindOf } from '../../apps/sandbox/src/stand-in/fault-kinds.js';
import { mute } from '../../apps/sandbox/src/stand-in/manner.js';
import { readScenario } from '../../apps/sandbox/src/stand-in/scenario.js';
import { playedNames } from '../../apps/sandbox/src/stand-in/stand-in.js';
import { makers } from '../../apps/sandbox/src/testing/run-for-a-test.js';
import { table } from './table.js';

const scenarios = join(import.meta.dirname, '../../deploy/scenarios');

/** Which failure can be played at which stand-in, as the stand-ins themselves say. */
export function failuresTable(): string {
  const folder = mkdtempSync(join(tmpdir(), 'books-'));
  const standIns = playedNames.map((name) => makers[name]({ LIENTHONG_BOOKS_DIR: folder }));
  const rows = faultNames.map((name) => {
    const { vi, en, real } = kindOf(name);
    return [`\`${name}\``, `${vi} · ${en}`, ...standIns.map(({ manner = mute }) => (real(manner) ? '✓' : '–'))];
  });
  for (const { book } of standIns) book.close();
  rmSync(folder, { recursive: true });
  return table(['fault', 'what goes wrong', ...standIns.map(({ name }) => `\`${name}\``)], rows);
}

/** The ready scenarios by their titles. */
export function scenariosTable(): string {
  const files = readdirSync(scenarios).filter((file) => file.endsWith('.yaml'));
  const rows = files.sort().map((file) => {
    const read = readScenario(readFileSync(join(scenarios, file), 'utf8'), () => 'elsewhere');
    if ('line' in read) throw new Error(`${file}:${read.line} ${read.text}`);
    return [
      `\`${file}\``,
      `${read.title.vi} · ${read.title.en}`,
      [...new Set(read.steps.map(({ at }) => at))].join(', '),
    ];
  });
  return table(['file', 'title', 'at'], rows);
}
