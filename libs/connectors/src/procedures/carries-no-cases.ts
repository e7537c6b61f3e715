import type { ContractVersion } from '#wire';

import type { Connector, Prepared, Unmade } from '../connector.js';

/** What a catalogue answers to an event: it takes none. */
export const carriesNoCases = ({ protocol }: ContractVersion): Pick<Connector, 'prepare' | 'send'> => {
  const reason = `protocol ${protocol} carries no cases`;
  return {
    prepare: (): Promise<Prepared> => Promise.resolve({ kind: 'unmappable', reason }),
    send: (): Promise<Unmade> => Promise.resolve({ kind: 'unmade', reason }),
  };
};
