import type { Agency } from '#ledger';
import { secretsOf, type AgencyFile, type ContractVersion, type Fault } from '#wire';

/**
 * Why this version isn't sent to by whoever only posts a file: neither an address nor a secret there that this agency's
 * applied contracts don't have together. Else a posted file could carry any secret of ours, and cases, anywhere; what is
 * applied stands in the history.
 */
export function notApplied(applied: Agency | undefined, { versions }: AgencyFile, contract: ContractVersion): Fault[] {
  const at = `/versions/${versions.indexOf(contract)}`;
  const there = (applied?.versions ?? []).filter((version) => originOf(version) === originOf(contract));
  if (there.length === 0) return [{ path: `${at}/endpoint/baseUrl`, rule: 'applied' }];
  const known = new Set(there.flatMap(secretsOf).map(({ name }) => name));
  return secretsOf(contract)
    .filter(({ name }) => !known.has(name))
    .map(({ path }) => ({ path: `${at}${path}`, rule: 'applied' }));
}

const originOf = ({ endpoint }: ContractVersion): string | undefined =>
  endpoint && (URL.parse(endpoint.baseUrl)?.origin ?? endpoint.baseUrl);
