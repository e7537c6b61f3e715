import { join } from 'node:path';
import { checkout, folderAt, pathFromCaller, runFolder } from './place.mjs';
import { createProgress } from './progress.mjs';
import { claimRun, prepareCode, sayStopping } from './session.mjs';
import { bringUp } from './start-apps.mjs';

const typescript = new URL('./typescript.mjs', import.meta.url).href;

/**
 * Runs a program of test/ on services of its own, new each time, and ends as it does. `passes`: options that it is given as
 * they are; `json` names a file from where the caller stands.
 */
export async function runOnOwnServices({ name, script, passes, options, session }) {
  const progress = createProgress(options);
  const folder = folderAt(runFolder, name);
  session.onStopping = () => sayStopping(progress);
  await claimRun(session, { folder, what: `npm run ${name}`, note: progress.note });
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
  const args = passes.flatMap((option) => (options[option] ? [`--${option}`, options[option]] : []));
  if (options.json) args.push('--json', pathFromCaller(options.json));
  const task = {
    name,
    script: join(checkout, script),
    args,
    options: ['--disable-warning=ExperimentalWarning', '--import', typescript],
    env: { ...process.env, ...services },
  };
  return (await supervisor.runAtTerminal(task)) ?? 1;
}
