import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { postgres } from '../../../deploy/local/postgres.mjs';
import { stopLeftBehind } from '../../../deploy/local/processes.mjs';
import { prepareInstance } from './instance.js';

/** Ends what a run that was cut left here, and removes its data; PostgreSQL's may lie outside of the folder. */
export async function clearLeftovers(folder: string, databases: readonly string[] = []): Promise<void> {
  await stopLeftBehind(folder, [['SIGQUIT', 5_000]]);
  for (const name of databases)
    if (existsSync(join(folder, name))) await (await prepareInstance(postgres, { folder, name })).remove();
  rmSync(folder, { recursive: true, force: true });
}
