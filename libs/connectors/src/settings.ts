import type { ContractVersion } from '#wire';

/** A contract's own constants. A missing one is an error of the agency file, found when the connector is made. */
export function setting(contract: ContractVersion, name: string): string {
  const value = contract.settings?.[name];
  if (value === undefined || value === '')
    throw new Error(`agency file: protocol ${contract.protocol} needs settings.${name}`);
  return value;
}

/** Of the agency's own door at intake, whatever protocol the agency is reached by. */
const ofTheDoor = ['door.province', 'door.filesFrom', 'filed.', 'lltp.'];

/** A setting whose name isn't read by anybody is a slip of the pen. A name that ends in a dot stands for a family. */
export function refuseOtherSettings(contract: ContractVersion, known: readonly string[]): void {
  const strange = Object.keys(contract.settings ?? {}).find(
    (name) => ![...known, ...ofTheDoor].some((k) => (k.endsWith('.') ? name.startsWith(k) : name === k)),
  );
  if (strange !== undefined) throw new Error(`agency file: protocol ${contract.protocol} knows no settings.${strange}`);
}

type Login = NonNullable<NonNullable<ContractVersion['endpoint']>['login']>;

/** The address and the login that a protocol needs. */
export function endpointOf<K extends Login['kind']>(
  contract: ContractVersion,
  kind: K,
): { baseUrl: string; login: Extract<Login, { kind: K }> } {
  const { endpoint, protocol } = contract;
  if (!endpoint) throw new Error(`agency file: protocol ${protocol} needs an endpoint`);
  if (endpoint.login?.kind !== kind)
    throw new Error(`agency file: protocol ${protocol} needs endpoint.login of kind ${kind}`);
  return { baseUrl: endpoint.baseUrl, login: endpoint.login as Extract<Login, { kind: K }> };
}
