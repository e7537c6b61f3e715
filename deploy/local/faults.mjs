import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { helpText, isCount, readOptions } from './options.mjs';
import { checkout, folderAt, pathFromCaller, runFolder } from './place.mjs';
import { createProgress } from './progress.mjs';
import { claimRun, prepareCode, runSession, sayStopping } from './session.mjs';
import { createSupervisor } from './supervise.mjs';
import { Trouble } from './trouble.mjs';

const faults = join(checkout, 'test/faults');
const typescript = new URL('./typescript.mjs', import.meta.url).href;

const table = {
  json: { value: 'FILE', vi: 'ghi bảng ra tệp JSON', en: 'write the table as JSON' },
  quick: {
    vi: 'một phần ngắn, khoảng 2.000 lượt gửi mỗi sự cố',
    en: 'a short selection, about 2,000 deliveries a fault',
  },
  only: { value: 'NAME,…', vi: 'chỉ những sự cố này', en: 'these faults only' },
  write: { vi: 'ghi bảng vào docs/guarantees.md', en: 'write the table into docs/guarantees.md' },
  events: { value: 'N', vi: 'số sự kiện mỗi sự cố', en: 'events a fault', check: isCount },
  rate: { value: 'N', vi: 'số sự kiện mỗi giây', en: 'events a second', check: isCount },
  help: { vi: 'hiện trợ giúp này', en: 'show this help' },
};

/** Names stand in the faults' own files: reading them needs no compiler. */
const known = () =>
  readdirSync(join(faults, 'faults')).flatMap((file) =>
    [...readFileSync(join(faults, 'faults', file), 'utf8').matchAll(/^\s+name: ['`](.+?)['`],$/gm)].flatMap(
      ([, name]) => (name === '${service}-cut' ? ['postgres-cut', 'redis-cut', 'kafka-cut'] : [name]),
    ),
  );

const help = () =>
  helpText({
    usage: 'npm run faults -- [--json FILE] [--quick] [--only NAME,…]',
    vi: 'Gây sự cố thật trên tiến trình thật, dịch vụ thật, rồi đối chiếu sổ hai bên.',
    en: "Real faults on real processes and services, judged by both sides' books.",
    table,
    more: ['', `  NAME: ${known().join(', ')}`],
  });

/** Everything a fault kills belongs to this run: services of its own, whatever the environment names. */
async function runFaults(options, session) {
  const unknown = options.only?.split(',').filter((name) => !known().includes(name)) ?? [];
  if (unknown.length > 0)
    throw new Trouble(
      `Không có sự cố ${unknown.join(', ')}; có: ${known().join(', ')}.`,
      `There is no fault ${unknown.join(', ')}; there are: ${known().join(', ')}.`,
      { exit: 2 },
    );
  const progress = createProgress();
  const folder = folderAt(runFolder, 'faults');
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder, what: 'npm run faults', note: progress.note });
  const node = await prepareCode(progress);
  const supervisor = createSupervisor({ folder, node, say: progress.say });
  session.onForce = supervisor.kill;
  await supervisor.sweep();
  session.atEnd(supervisor.stop);
  const args = ['--folder', folder];
  for (const name of ['only', 'events', 'rate']) if (options[name]) args.push(`--${name}`, options[name]);
  for (const name of ['quick', 'write']) if (options[name]) args.push(`--${name}`);
  if (options.json) args.push('--json', pathFromCaller(options.json));
  const nodeOptions = ['--disable-warning=ExperimentalWarning', '--import', typescript];
  const task = { name: 'faults', script: join(faults, 'faults.main.ts'), args, options: nodeOptions, env: process.env };
  return (await supervisor.runAtTerminal(task)) ?? 1;
}

await runSession(async (session) => {
  const options = readOptions(process.argv.slice(2), table);
  if (options.help) return process.stdout.write(`${help()}\n`) && 0;
  return runFaults(options, session);
});
