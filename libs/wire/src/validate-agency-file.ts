import type { AgencyFile } from './agency-file.js';
import { agencyFileSchema } from './agency-file.schema.js';
import { checkOf } from './check.js';
import type { Fault } from './problem.js';

/** What is wrong with an agency file; empty is valid. Strict: a member that nobody reads is a fault, not a wish. */
export const validateAgencyFile: (value: unknown) => Fault[] = checkOf(agencyFileSchema, ({ versions }: AgencyFile) =>
  versions.flatMap((version, n) => {
    const path = `/versions/${n}`;
    const faults: Fault[] = [];
    const before = versions[n - 1];
    if (before && version.validFrom <= before.validFrom)
      faults.push({ path: `${path}/validFrom`, rule: `after:/versions/${n - 1}/validFrom` });
    // Nothing can be sent to, or asked of, an agency without an address; a topic and a feed are ours.
    const isOurs = version.protocol === 'topic' || version.protocol === 'feed';
    const isCalled = version.collect !== undefined || (!isOurs && version.receives.length > 0);
    if (isCalled && !version.endpoint) faults.push({ path: `${path}/endpoint`, rule: 'required' });
    return faults;
  }),
);
