import { lookup } from 'node:dns/promises';
import { checkAgency, missingSecrets, privateNames } from '#connectors';
import { AgencyFileError, locateAgencyFile, type AgencyFile, type Fault, type LocatedFault } from '#wire';

/** Whether a secret is there. */
export type HasSecret = (name: string) => Promise<boolean>;

/** A file that can be used, and the places of what others find in it. */
export interface ReadAgency {
  file: AgencyFile;
  located: (faults: readonly Fault[]) => LocatedFault[];
}

/** `agency`: whose it is, where at least that can be told. */
export type AgencyText =
  ({ outcome: 'read' } & ReadAgency) | { outcome: 'faulty'; faults: LocatedFault[]; agency?: AgencyFile };

/** Everything that is wrong in an agency file, with its places. Without `has` nobody asks for secrets: they may come later. */
export async function readAgencyText(text: string, env: NodeJS.ProcessEnv, has?: HasSecret): Promise<AgencyText> {
  try {
    const { file, located } = locateAgencyFile(text, env);
    const faults = [
      ...(await checkAgency(file)),
      ...(has ? await missingSecrets(file, has) : []),
      ...(await privateNames(file, addressesOf)),
    ];
    return faults.length === 0
      ? { outcome: 'read', file, located }
      : { outcome: 'faulty', faults: located(faults), agency: file };
  } catch (error) {
    if (error instanceof AgencyFileError) return { outcome: 'faulty', faults: error.faults };
    throw error;
  }
}

const PATIENCE_MS = 2_000;

/** A name server that doesn't answer keeps no file from being applied. */
async function addressesOf(host: string): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string[]>((resolve) => (timer = setTimeout(() => resolve([]), PATIENCE_MS)));
  const found = lookup(host, { all: true }).then((all) => all.map(({ address }) => address));
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
