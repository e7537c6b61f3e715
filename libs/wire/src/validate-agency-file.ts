import type { AgencyFile, Consuming, ContractVersion, Protocol } from './agency-file.js';
import { agencyFileSchema } from './agency-file.schema.js';
import { checkOf } from './check.js';
import { factTypes, shortType } from './events.js';
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
    return [
      ...faults,
      ...catalogueFaults(version, path),
      ...consumingFaults(version, path),
      ...factFaults(version, path),
    ];
  }),
);

/** Who has a catalogue is asked for that and nothing else; nobody else has one. */
function catalogueFaults({ protocol, collect, receives, sends }: ContractVersion, path: string): Fault[] {
  const hasOne = catalogueProtocols.includes(protocol);
  const faults: Fault[] = [];
  if (hasOne !== (collect?.ask === 'catalogue') && (hasOne || collect?.ask === 'catalogue'))
    faults.push({
      path: `${path}/collect`,
      rule: 'catalogue',
      detail: hasOne
        ? `protocol ${protocol} needs collect: { ask: catalogue, every: … }`
        : `ask: catalogue only with ${catalogueProtocols.join(', ')}`,
    });
  for (const member of ['receives', 'sends'] as const)
    if (hasOne && { receives, sends }[member].length > 0)
      faults.push({ path: `${path}/${member}`, rule: 'empty', detail: `protocol ${protocol} carries no cases` });
  return faults;
}

const catalogueProtocols: readonly Protocol[] = ['procedures-portal', 'procedures-2026'];

const ownEvents: readonly Protocol[] = ['topic', 'webhook', 'feed'];
const facts: readonly string[] = factTypes.map(shortType);

/** A partner's interface for cases has no word for a payment, a petition or a figure. */
const factFaults = ({ protocol, receives }: ContractVersion, path: string): Fault[] =>
  ownEvents.includes(protocol)
    ? []
    : receives.flatMap(({ events }, n) =>
        events.flatMap((event, m) =>
          facts.includes(event)
            ? [{ path: `${path}/receives/${n}/events/${m}`, rule: 'enum', detail: `only with ${ownEvents.join(', ')}` }]
            : [],
        ),
      );

/** Each word only where its protocol reads it. */
function consumingFaults({ protocol, consumes = {} }: ContractVersion, path: string): Fault[] {
  const readers: Record<keyof Consuming, readonly Protocol[]> = {
    speaks: ['topic', 'webhook', 'feed'],
    keep: ['feed'],
    group: ['topic'],
  };
  return (Object.keys(consumes) as (keyof Consuming)[])
    .filter((word) => !readers[word].includes(protocol))
    .map((word) => ({
      path: `${path}/consumes/${word}`,
      rule: 'additionalProperties',
      detail: `only with ${readers[word].join(', ')}`,
    }));
}
