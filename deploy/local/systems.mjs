import { join } from 'node:path';
import { helpText, isCount, readOptions } from './options.mjs';
import { checkout, folderAt, pathFromCaller, runFolder } from './place.mjs';
import { createProgress } from './progress.mjs';
import { claimRun, prepareCode, runSession, sayStopping } from './session.mjs';
import { bringUp } from './start-apps.mjs';

const script = join(checkout, 'test/systems/systems.main.ts');
const typescript = new URL('./typescript.mjs', import.meta.url).href;

const table = {
  json: { value: 'FILE', vi: 'ghi bảng ra tệp JSON', en: 'write the table as JSON' },
  cases: { value: 'N', vi: 'số hồ sơ (mặc định 50)', en: 'how many cases (default 50)', check: isCount },
  quiet: { vi: 'ít chữ hơn', en: 'say less' },
  help: { vi: 'hiện trợ giúp này', en: 'show this help' },
};

const help = () =>
  helpText({
    usage: 'npm run systems -- [--json FILE] [--cases N]',
    vi: 'Chạy mọi hệ thống với bản giả lập của nó, hai chiều, rồi đếm ở sổ của hai bên.',
    en: "Runs every system against its stand-in, both ways, and counts in both sides' books.",
    table,
  });

/** On services of its own. Ends with 1 where anything is missing or differs. */
async function runSystems(options, session) {
  const progress = createProgress(options);
  const folder = folderAt(runFolder, 'systems');
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder, what: 'npm run systems', note: progress.note });
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
  const args = ['--cases', options.cases ?? '50'];
  if (options.json) args.push('--json', pathFromCaller(options.json));
  const nodeOptions = ['--disable-warning=ExperimentalWarning', '--import', typescript];
  const task = { name: 'systems', script, args, options: nodeOptions, env: { ...process.env, ...services } };
  return (await supervisor.runAtTerminal(task)) ?? 1;
}

await runSession(async (session) => {
  const options = readOptions(process.argv.slice(2), table);
  if (options.help) return process.stdout.write(`${help()}\n`) && 0;
  return runSystems(options, session);
});
