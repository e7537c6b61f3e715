import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { oneStopSettings, sandboxSettings } from './settings.js';

/** Ends, everything included, within 60 s on two cores. */
const usualCases = 2_000;
const usualSeed = 2_021;

export interface MainJobOptions {
  cases: number;
  seed: number;
  /** How long LLTP is away; absent: a tenth of the run, 2 to 20 s. */
  outageSeconds?: number;
  /** Where the result goes as JSON. */
  json?: string;
}

export interface MainJobAddresses {
  /** Control ports of the one-stop's and of LLTP's stand-ins, and the reconciliation app. */
  oneStop: string;
  lltp: string;
  reconciliation: string;
}

export const usage = `Usage: main-job.main.js [--cases N|all] [--seed S] [--outage-seconds T] [--json FILE]

Replays the year 2021 of Uông Bí's one-stop centre through the hub that runs at the LIENTHONG_… ports,
waits until nothing moves any more, counts, and exits with 1 if anything is lost, out of order,
doubled without a recorded doubt, left over, or not as published.
`;

/** A sentence where an argument isn't one. `all` is what --cases all means. */
export function readOptions(args: readonly string[], all: number): MainJobOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        cases: { type: 'string' },
        seed: { type: 'string' },
        'outage-seconds': { type: 'string' },
        json: { type: 'string' },
      },
    });
    const cases = values.cases === 'all' ? all : Number(values.cases ?? usualCases);
    const seed = Number(values.seed ?? usualSeed);
    const outage = values['outage-seconds'];
    if (!Number.isInteger(cases) || cases < 1 || cases > all)
      return `--cases is 1 to ${all} or all, not "${values.cases ?? ''}"`;
    if (!Number.isSafeInteger(seed)) return `--seed is a whole number, not "${values.seed ?? ''}"`;
    if (outage !== undefined && !(Number(outage) >= 0)) return `--outage-seconds is a number, not "${outage}"`;
    return {
      cases,
      seed,
      ...(outage === undefined ? {} : { outageSeconds: Number(outage) }),
      ...(values.json === undefined ? {} : { json: values.json }),
    };
  } catch (error) {
    return (error as Error).message;
  }
}

export function addressesFrom(env: NodeJS.ProcessEnv): MainJobAddresses {
  const { host, standIns } = sandboxSettings(env);
  const at = (port: number | string): string => `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  return {
    oneStop: at(standIns['mot-cua'].controlPort),
    lltp: at(standIns.lltp.controlPort),
    reconciliation: at(env['LIENTHONG_RECONCILIATION_PORT'] || 8083),
  };
}

/** Books belong to one replay: another number of cases or seed would meet the same case codes with other bodies. */
export function claimBooks(env: NodeJS.ProcessEnv, { cases, seed }: MainJobOptions): string | undefined {
  const folder = oneStopSettings(env).booksDir;
  const file = join(folder, 'main-job.json');
  const mine = JSON.stringify({ cases, seed });
  if (existsSync(file)) {
    const held = readFileSync(file, 'utf8');
    return held === mine
      ? undefined
      : `These books hold another replay, ${held}: start with a fresh folder and database.`;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, mine);
  return undefined;
}
