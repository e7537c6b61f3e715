import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { build } from './build.mjs';
import { checkout } from './place.mjs';

let root;
const write = (path, text) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const built = (path) => join(root, 'dist', path);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lienthong-build-'));
  copyFileSync(join(checkout, '.swcrc'), join(root, '.swcrc'));
  write('apps/intake/src/main.ts', "import { two } from './two.js';\nexport const four: number = two * 2;\n");
  write('apps/intake/src/two.ts', 'export const two = 2 as const;\n');
  write('apps/intake/src/two.spec.ts', 'throw new Error();\n');
  write('libs/ledger/src/migrations/0001.sql', 'select 1;\n');
});

test('TypeScript becomes modules that run; other files go along; tests stay', async () => {
  await build({ root });
  const { four } = await import(built('apps/intake/src/main.js'));
  assert.equal(four, 4);
  assert.equal(readFileSync(built('libs/ledger/src/migrations/0001.sql'), 'utf8'), 'select 1;\n');
  assert.equal(existsSync(built('apps/intake/src/two.spec.js')), false);
  const map = JSON.parse(readFileSync(built('apps/intake/src/main.js.map'), 'utf8'));
  assert.equal(join(built('apps/intake/src'), map.sources[0]), join(root, 'apps/intake/src/main.ts'));
});

test('the second build does nothing; a changed source is built again, alone', async () => {
  assert.equal((await build({ root })).compiled, 3);
  assert.deepEqual(await build({ root }), { compiled: 0, removed: 0 });
  write('apps/intake/src/two.ts', 'export const two = 22;\n');
  assert.equal((await build({ root })).compiled, 1);
  assert.match(readFileSync(built('apps/intake/src/two.js'), 'utf8'), /22/);
});

test('an output that somebody else wrote, or that is gone, is made again', async () => {
  await build({ root });
  writeFileSync(built('apps/intake/src/two.js'), 'export const two = 3;\n');
  rmSync(built('libs/ledger/src/migrations/0001.sql'));
  assert.equal((await build({ root })).compiled, 2);
  assert.match(readFileSync(built('apps/intake/src/two.js'), 'utf8'), /two = 2/);
});

test('an output whose source is gone goes, its empty folder too', async () => {
  await build({ root });
  rmSync(join(root, 'libs'), { recursive: true });
  assert.equal((await build({ root })).removed, 1);
  assert.equal(existsSync(built('libs')), false);
});

test('source that does not compile is named, and is built once it does', async () => {
  write('apps/intake/src/two.ts', 'export const two = ;\n');
  await assert.rejects(build({ root }), /apps\/intake\/src\/two\.ts/);
  write('apps/intake/src/two.ts', 'export const two = 2;\n');
  assert.equal((await build({ root })).compiled, 1);
});
