import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helpText, isCount, readOptions } from './options.mjs';
import { checkout, folderAt, pathFromCaller, runFolder } from './place.mjs';
import { createProgress } from './progress.mjs';
import { claimRun, prepareCode, runSession, sayStopping } from './session.mjs';
import { Trouble } from './trouble.mjs';

const table = {
  seeds: { value: 'N', vi: 'số thế giới (mặc định 10000)', en: 'how many worlds (default 10000)', check: isCount },
  from: { value: 'SEED', vi: 'thế giới đầu tiên', en: 'the first world', check: isCount },
  json: { value: 'FILE', vi: 'ghi kết quả ra tệp JSON', en: 'write the result as JSON' },
  quiet: { vi: 'ít chữ hơn', en: 'say less' },
  help: { vi: 'hiện trợ giúp này', en: 'show this help' },
};

const help = () =>
  helpText({
    usage: 'npm run simulate -- [--seeds N] [--json FILE]',
    vi: 'Thử luật của các lane trong những thế giới giả lập: tiến trình chết, treo, gói tin mất và lặp. Không cần dịch vụ nào.',
    en: 'Tries the rules of the lanes in simulated worlds: processes die, freeze, packets get lost and repeated. Needs no services.',
    table,
  });

/** Broken worlds, or a mutant that no world catches, fail the command; the first broken world's history is printed. */
async function simulate(options, session) {
  const progress = createProgress(options);
  const folder = folderAt(runFolder, 'simulate');
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder, what: 'npm run simulate', note: progress.note });
  const node = await prepareCode(progress);
  const result = join(folder, 'result.json');
  const script = join(checkout, 'deploy/local/run-simulation.mjs');
  const args = [script, options.seeds ?? '10000', options.from ?? '1', result];
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  session.atEnd(async () => void child.kill('SIGKILL'));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Trouble('Mô phỏng không chạy hết.', 'The simulation did not finish.');
  const figures = JSON.parse(readFileSync(result, 'utf8'));
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (options.json) writeFileSync(pathFromCaller(options.json), `${JSON.stringify(figures)}\n`);
  return figures.broken === 0 && figures.caught === figures.mutants ? 0 : 1;
}

await runSession(async (session) => {
  const options = readOptions(process.argv.slice(2), table);
  if (options.help) return process.stdout.write(`${help()}\n`) && 0;
  return simulate(options, session);
});
