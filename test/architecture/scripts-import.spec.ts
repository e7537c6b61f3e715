import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const scripts = ['test', 'deploy', 'docs'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.mjs'))
    .map((entry) => join(entry.parentPath, entry.name)),
);

/** Of scripts that nothing type-checks and no test runs whole (benches): what they take of the built code, by its source. */
const taken = scripts.flatMap((script) =>
  [...readFileSync(script, 'utf8').matchAll(/^import \{([^}]+)\} from '([^']+\/dist\/[^']+)';/gm)].map(
    ([, names, from]) => ({
      script: relative(root, script),
      names: names!.split(',').flatMap((name) => name.trim().split(' as ')[0] || []),
      source: join(root, relative(join(root, 'dist'), join(dirname(script), from!))).replace(/\.js$/, '.ts'),
    }),
  ),
);

it('a script takes only what the code exports', async () => {
  expect(taken.length).toBeGreaterThan(20);
  const missing: string[] = [];
  for (const { script, names, source } of taken) {
    const exported = existsSync(source) ? ((await import(source)) as object) : {};
    missing.push(...names.filter((name) => !(name in exported)).map((name) => `${script}: ${name}`));
  }
  expect(missing).toEqual([]);
});
