import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableOf } from './figures.mjs';
import { helpText, readOptions } from './options.mjs';
import { checkout, folderAt, pathFromCaller, runFolder } from './place.mjs';
import { createProgress } from './progress.mjs';
import { claimRun, prepareCode, runSession, sayStopping } from './session.mjs';
import { bringUp } from './start-apps.mjs';
import { Trouble } from './trouble.mjs';

const benches = join(checkout, 'test/bench');
const runner = join(checkout, 'deploy/local/run-bench.mjs');

const table = {
  json: { value: 'FILE', vi: 'ghi các số đo ra tệp JSON', en: 'write the figures as JSON' },
  quiet: { vi: 'ít chữ hơn', en: 'say less' },
  help: { vi: 'hiện trợ giúp này', en: 'show this help' },
};

const known = () =>
  (existsSync(benches) ? readdirSync(benches) : [])
    .filter((name) => name.endsWith('.bench.mjs'))
    .map((name) => name.slice(0, -10));

const help = () =>
  helpText({
    usage: 'npm run bench -- NAME… [--json FILE]',
    vi: 'Đo tốc độ, mỗi số cạnh một mốc viết tay đo trong cùng lần chạy.',
    en: 'Measures speed, each figure beside a hand-written floor of the same run.',
    table,
    more: ['', `  NAME: ${known().join(', ')}`],
  });

/** Runs benches one after another, on services of their own. A missed goal is a figure, not a failure of the command. */
async function runBenches(options, session) {
  const unknown = options.names.filter((name) => !known().includes(name));
  if (options.names.length === 0 || unknown.length > 0) {
    const [asked, names] = [unknown.join(', ') || '(…)', known().join(', ')];
    throw new Trouble(`Không có phép đo ${asked}; có: ${names}.`, `There is no bench ${asked}; there are: ${names}.`, {
      exit: 2,
    });
  }
  const progress = createProgress(options);
  const folder = folderAt(runFolder, 'bench');
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder, what: 'npm run bench', note: progress.note });
  const node = await prepareCode(progress);
  const { supervisor, services } = await bringUp({
    session,
    progress,
    options,
    node,
    folder,
    servicesFolder: folder,
    fresh: true,
    discard: true,
  });

  const figures = [];
  for (const name of options.names) {
    const result = join(folder, `${name}.json`);
    const env = { ...process.env, ...services, LIENTHONG_NODE: node, LIENTHONG_BENCH_FOLDER: folderAt(folder, name) };
    const found = await progress.step(name, 'bench', async () => {
      const task = { name, script: runner, args: [join(benches, `${name}.bench.mjs`), result], env };
      const { code, log } = await supervisor.run(task);
      if (code !== 0) throw new Trouble(`Phép đo ${name} không chạy hết.`, `Bench ${name} did not finish.`, { log });
      return JSON.parse(readFileSync(result, 'utf8'));
    });
    figures.push(...found);
  }
  process.stdout.write(`\n${tableOf(figures)}\n`);
  if (options.json) writeFileSync(pathFromCaller(options.json), `${JSON.stringify(figures, null, 2)}\n`);
}

await runSession(async (session) => {
  const options = readOptions(process.argv.slice(2), table, { positionals: true });
  if (options.help) return process.stdout.write(`${help()}\n`) && 0;
  return runBenches(options, session);
});
