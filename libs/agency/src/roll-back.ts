import { checkAgency, missingSecrets } from '#connectors';
import { earlierContract, rollBack, type Applied, type Database } from '#ledger';
import { validateAgencyFile, type Fault } from '#wire';
import type { HasSecret } from './read-agency-text.js';

export interface RollBackAsk {
  agency: string;
  /** Default: the newest that differs from the last one. */
  to?: number | undefined;
  reason: string;
  author: string;
}

export type RolledBack =
  | { outcome: 'no-such-serial' }
  /** What was right when it was applied has become wrong since. */
  | { outcome: 'faulty'; serial: number; faults: Fault[] }
  | { outcome: 'rolled-back'; serial: number; applied: Applied };

/** Applies an earlier contract again, as a new serial. Without `has` nobody asks for secrets. */
export async function rollBackAgency(db: Database, ask: RollBackAsk, has?: HasSecret): Promise<RolledBack> {
  const chosen = await earlierContract(db, ask.agency, ask.to);
  if (chosen.outcome !== 'chosen') return { outcome: 'no-such-serial' };
  const { serial, file } = chosen;
  const misshapen = validateAgencyFile(file);
  const faults = misshapen.length > 0 ? misshapen : await checkAgency(file);
  if (has) faults.push(...(await missingSecrets(file, has)));
  if (faults.length > 0) return { outcome: 'faulty', serial, faults };
  return { outcome: 'rolled-back', serial, applied: await rollBack(db, chosen, ask.author, ask.reason) };
}
