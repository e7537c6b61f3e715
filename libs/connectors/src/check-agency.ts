import type { AgencyFile, ContractVersion, Fault } from '#wire';

import { connectorFor } from './connector-for.js';

/**
 * What is wrong with an agency file though its shape is right: what only its protocol's connector can tell, replies among
 * which nothing means accepted, credentials in an address, what a draft left open. Holds no value of the file. Sends nothing.
 */
export async function checkAgency(file: AgencyFile): Promise<Fault[]> {
  const { id, versions } = file;
  const faults = undecided(file);
  for (const [n, version] of versions.entries()) {
    const path = `/versions/${n}`;
    const wrong = wrongAddresses(version, path);
    faults.push(...wrong, ...unacceptable(version, path));
    // A connector may quote an address that it can't use.
    if (wrong.length === 0) faults.push(...(await unspeakable(id, version, path)));
  }
  return faults;
}

/** A draft says TODO where a person has to decide; many places take any text, and would take that. */
function undecided(value: unknown, path = ''): Fault[] {
  if (value === 'TODO') return [{ path, rule: 'todo', detail: 'a draft’s TODO: somebody has to decide it' }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([member, inner]) =>
    undecided(inner, `${path}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

/** Logins whose secret `has` doesn't know. */
export async function missingSecrets(file: AgencyFile, has: (name: string) => Promise<boolean>): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [n, { endpoint }] of file.versions.entries()) {
    const login = endpoint?.login;
    const at = `/versions/${n}/endpoint/login`;
    const named: [string, string][] = !login
      ? []
      : 'secret' in login
        ? [[`${at}/secret`, login.secret]]
        : login.secrets.map((name, i) => [`${at}/secrets/${i}`, name]);
    for (const [path, name] of named)
      if (!(await has(name))) faults.push({ path, rule: 'secret', detail: `${name} is not there` });
  }
  return faults;
}

/** Addresses are shown to people and kept for ever: a login belongs into the secrets folder. */
function wrongAddresses({ endpoint, reconcile }: ContractVersion, path: string): Fault[] {
  const addresses = [
    [`${path}/endpoint/baseUrl`, endpoint?.baseUrl],
    [`${path}/reconcile/url`, reconcile?.url],
  ] as const;
  return addresses.flatMap(([at, address]): Fault[] => {
    if (address === undefined) return [];
    if (!URL.canParse(address)) return [{ path: at, rule: 'address', detail: 'not a web address' }];
    const { username, password } = new URL(address);
    if (username === '' && password === '') return [];
    return [{ path: at, rule: 'credentials', detail: 'no name or password in an address: use login and a secret' }];
  });
}

/** Whatever the partner answers would be doubt or a failure, for ever. */
function unacceptable({ receives, collect, replies }: ContractVersion, path: string): Fault[] {
  const isAnswered = receives.length > 0 || collect !== undefined;
  if (!isAnswered || replies.some(({ means }) => means === 'accepted')) return [];
  return [{ path: `${path}/replies`, rule: 'accepted', detail: 'no row means accepted' }];
}

async function unspeakable(agency: string, contract: ContractVersion, path: string): Promise<Fault[]> {
  const none = (): Promise<never> => Promise.reject(new Error('not while checking'));
  try {
    await connectorFor(contract.protocol, { agency, contract, publish: none, append: none }).close();
    return [];
  } catch (error) {
    const detail = (error as Error).message.replace(/^agency file: /, '');
    const rule = /knows no settings\./.test(detail) ? 'additionalProperties' : 'protocol';
    return [{ path: `${path}${memberNamed(detail)}`, rule, detail }];
  }
}

/** The member that a connector's complaint names, as a pointer; none: the whole version. */
const memberNamed = (words: string): string => {
  const [, member] =
    /\b((?:settings|endpoint|limits|operations|codeTables|lookUp|collect|discloses)(?:\.[^\s.:]+)*)/.exec(words) ?? [];
  return member === undefined ? '' : `/${member.replaceAll('.', '/')}`;
};
