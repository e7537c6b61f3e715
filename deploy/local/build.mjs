import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { isEntry } from './entry.mjs';
import { install } from './install.mjs';
import { checkout, folderAt } from './place.mjs';
import { createProgress } from './progress.mjs';
import { Trouble, refuseUnfitMachine, runCommand } from './trouble.mjs';

const ROOTS = ['apps', 'libs'];
const NOT_BUILT = /\.spec\.ts$|\.d\.ts$|\.md$/;

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * Brings `<root>/dist` to what `<root>/apps` and `<root>/libs` say: TypeScript through swc, everything else as it is.
 * What neither changed at its source nor was touched in dist stays; what has no source any more goes.
 */
export async function build({ root = checkout, detail = () => {} } = {}) {
  const dist = folderAt(root, 'dist');
  const stampFile = join(dist, '.lienthong-built.json');
  const swcrc = join(root, '.swcrc');
  const settings = sha256(
    readFileSync(swcrc) + createRequire(join(checkout, 'package.json'))('@swc/core/package.json').version,
  );
  const before = readStamp(stampFile, settings);
  const after = {};
  const changed = [];
  for (const source of ROOTS.flatMap((folder) => filesUnder(root, folder)).filter((file) => !NOT_BUILT.test(file))) {
    const output = source.replace(/\.ts$/, '.js');
    const entry = { hash: sha256(readFileSync(join(root, source))), written: writtenAt(join(dist, output)) };
    after[source] = entry;
    const old = before[source];
    if (!old || old.hash !== entry.hash || old.written !== entry.written) changed.push({ source, output, entry });
  }
  const faults = await compile(changed, { root, dist, swcrc, detail });
  const removed = removeStale(dist, new Set(Object.keys(after).flatMap(outputsOf)));
  const built = Object.fromEntries(Object.entries(after).filter(([, { written }]) => written !== undefined));
  writeWhole(stampFile, JSON.stringify({ settings, files: built }));
  if (faults.length > 0)
    throw new Trouble(`${faults.join('\n')}\nMã nguồn không biên dịch được.`, "The source doesn't compile.");
  detail(changed.length + removed === 0 ? 'không đổi · unchanged' : `${changed.length} tệp · files`);
  return { compiled: changed.length, removed };
}

async function compile(changed, { root, dist, swcrc, detail }) {
  const faults = [];
  if (changed.length === 0) return faults;
  const swc = createRequire(join(checkout, 'package.json'))('@swc/core');
  let done = 0;
  await Promise.all(
    changed.map(async ({ source, output, entry }) => {
      const from = join(root, source);
      const to = join(dist, output);
      folderAt(dirname(to));
      entry.written = undefined;
      try {
        if (source.endsWith('.ts')) await transpile(swc, from, to, swcrc);
        else copyFileSync(from, to);
        entry.written = writtenAt(to);
      } catch (error) {
        faults.push(`${source}: ${error.message}`);
      }
      done += 1;
      detail(`${done}/${changed.length}`);
    }),
  );
  return faults;
}

async function transpile(swc, from, to, configFile) {
  const { code, map } = await swc.transform(readFileSync(from, 'utf8'), {
    filename: from,
    configFile,
    sourceFileName: relative(dirname(to), from),
  });
  writeWhole(`${to}.map`, map);
  writeWhole(to, `${code}\n//# sourceMappingURL=${to.slice(to.lastIndexOf('/') + 1)}.map\n`);
}

/** A build that is cut leaves whole files only. */
function writeWhole(file, text) {
  const beside = `${file}.${process.pid}.new`;
  writeFileSync(beside, text);
  renameSync(beside, file);
}

function readStamp(file, settings) {
  if (!existsSync(file)) return {};
  try {
    const stamp = JSON.parse(readFileSync(file, 'utf8'));
    return stamp.settings === settings ? stamp.files : {};
  } catch {
    return {};
  }
}

const writtenAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

const outputsOf = (source) =>
  source.endsWith('.ts') ? [source.replace(/\.ts$/, '.js'), source.replace(/\.ts$/, '.js.map')] : [source];

function filesUnder(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(root, path) : [path];
  });
}

function removeStale(dist, expected) {
  const stale = ROOTS.flatMap((folder) => filesUnder(dist, folder)).filter((file) => !expected.has(file));
  for (const file of stale) {
    rmSync(join(dist, file), { force: true });
    removeEmptyFolders(dist, dirname(file));
  }
  return stale.length;
}

function removeEmptyFolders(dist, folder) {
  for (let at = folder; at !== '.' && readdirSync(join(dist, at)).length === 0; at = dirname(at))
    rmdirSync(join(dist, at));
}

if (isEntry(import.meta.url)) {
  await runCommand(async () => {
    refuseUnfitMachine();
    const { step } = createProgress();
    await step('Thư viện', 'Dependencies', (detail) => install({ detail }));
    await step('Biên dịch', 'Build', (detail) => build({ detail }));
  });
}
