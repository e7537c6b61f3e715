import { connectorFor, type Connector, type UnmappedCode } from '#connectors';
import type { ContractVersion } from '#wire';

const none = (): Promise<never> => Promise.reject(new Error('nothing is published while looking'));

/** A connector for looking: what would go to a topic or a feed goes nowhere. */
export const connectToLook = (
  agency: string,
  contract: ContractVersion,
  onUnmapped?: (found: UnmappedCode) => void,
): Connector =>
  connectorFor(contract.protocol, {
    agency,
    contract,
    publish: none,
    append: none,
    ...(onUnmapped ? { onUnmapped } : {}),
  });
