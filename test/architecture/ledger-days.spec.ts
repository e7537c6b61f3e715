import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const sources = ['libs', 'apps'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.spec\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(testing|node_modules|dist)\//.test(path)),
);

/** What changes a delivery or enters an event, from the word to the end of its statement or of its part of one. */
const CHANGES =
  /\b(insert into (?:events|deliveries)\b|update deliveries\b)[^`]*?(?=\n\w+ as (?:materialized )?\(|\),\n|`)/gi;
/** Sets a state, and perhaps one that is an end. Open and parked are none. */
const ENDS = /\bended_at\s*=|\bstate\s*=(?!\s*'(?:open|parked)')/;

interface Written {
  at: string;
  text: string;
}
const written: Written[] = sources.flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(CHANGES)].map(([text]) => ({ at: relative(root, path), text })),
);
const setsOf = (text: string): string => text.slice(0, text.search(/\n\s*(from|where)\b|\bwhere\b/) >>> 0);

describe('the days of the ledger', () => {
  const enters = written.filter(({ text }) => /^insert/i.test(text));
  const ends = written.filter(({ text }) => /^update/i.test(text) && ENDS.test(setsOf(text)));

  it('are written by every statement that enters an event or plans a delivery', () => {
    expect(enters.length).toBeGreaterThanOrEqual(2);
    const without = enters.filter(({ text }) => !/(ledger_day|planned_day)\)[^`]*\$\{OPEN_DAY\}/.test(text));
    expect(without).toEqual([]);
  });

  it('are written by every statement that ends a delivery, or opens it again', () => {
    expect(ends.length).toBeGreaterThanOrEqual(9);
    const without = ends.filter(
      ({ text }) => !/\bended_day\s*=\s*(\$\{OPEN_DAY\}|\$1|null|case [^,]*\$\{OPEN_DAY\})/.test(text),
    );
    expect(without).toEqual([]);
  });

  it('come from the open row alone, and only the close moves it', () => {
    const moved = sources.filter((path) =>
      /(update|insert into|delete from) ledger_days/i.test(readFileSync(path, 'utf8')),
    );
    expect(moved.map((path) => relative(root, path)).sort()).toEqual([
      'libs/ledger/src/close/count-day.ts',
      'libs/ledger/src/close/cut-day.ts',
    ]);
  });
});
