import { call } from './main-job-calls.js';

const shortestSeconds = 2;
const longestSeconds = 20;
const partOfRun = 0.1;

/** How the records' office works in this run: quickly, since a year is replayed, and one record in fifty has a conviction. */
const processing = { toInProgressMs: 100, toDoneMs: 600, supplementShare: 0, recordShare: 0.02 };

/** A run that was cut during the outage left it in place. */
export async function prepareLltp(lltp: string): Promise<void> {
  await call(`${lltp}/faults`, { method: 'DELETE' });
  await call(`${lltp}/processing`, { method: 'PUT', json: processing });
}

/** A tenth of the run, judged by its first half. */
export const outageLength = (halfSeconds: number): number =>
  Math.min(longestSeconds, Math.max(shortestSeconds, 2 * halfSeconds * partOfRun));

/** LLTP refuses connections for so long, then is back. */
export async function playOutage(lltp: string, seconds: number): Promise<void> {
  await call(`${lltp}/faults`, { method: 'PUT', json: { down: true } });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  await call(`${lltp}/faults`, { method: 'DELETE' });
}
