import { secretsOf, waysOf, type AgencyFile, type ContractVersion, type Fault } from '#wire';

import type { Connector } from './connector.js';
import { connectorFor } from './connector-for.js';
import { endedVersions } from './ending-versions.js';
import { isPrivateAddress, isWrittenPrivate } from './http/private-address.js';
import { checkWays } from './lines/check-ways.js';
import { isAddress } from './lines/file-way.js';

/**
 * What is wrong with an agency file though its shape is right: what only its protocol's connector can tell, replies among
 * which nothing means accepted, credentials in an address, what a draft left open, a version of events that has ended.
 * Holds no value of the file. Sends nothing.
 */
export async function checkAgency(file: AgencyFile, now = new Date()): Promise<Fault[]> {
  const { id, versions } = file;
  const faults = [...undecided(file), ...endedVersions(file, now)];
  for (const [n, version] of versions.entries()) {
    const path = `/versions/${n}`;
    const wrong = wrongAddresses(version, path);
    faults.push(...wrong, ...unacceptable(version, path), ...unread(version, path));
    // A connector may quote an address that it can't use.
    if (wrong.length > 0) continue;
    faults.push(...(await unspeakable(id, version, path)), ...(await wrongWays(id, version, path)));
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

/** Secrets that `has` doesn't know. */
export async function missingSecrets(file: AgencyFile, has: (name: string) => Promise<boolean>): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [n, version] of file.versions.entries())
    for (const { path, name } of secretsOf(version))
      if (!(await has(name)))
        faults.push({ path: `/versions/${n}${path}`, rule: 'secret', detail: `${name} is not there` });
  return faults;
}

/** Addresses are shown to people and kept for ever: a login belongs into the secrets folder. */
function wrongAddresses(version: ContractVersion, path: string): Fault[] {
  return addressesOf(version, path).flatMap(([at, address]): Fault[] => {
    if (!URL.canParse(address)) return [{ path: at, rule: 'address', detail: 'not a web address' }];
    const { username, password } = new URL(address);
    if (username === '' && password === '') return [];
    return [{ path: at, rule: 'credentials', detail: 'no name or password in an address: use login and a secret' }];
  });
}

/** All that it would connect to, and where it says so. */
function addressesOf({ endpoint, reconcile }: ContractVersion, path: string): [path: string, address: string][] {
  const place = (nth: number): string => (Array.isArray(reconcile) ? `${path}/reconcile/${nth}` : `${path}/reconcile`);
  const addresses: [path: string, address: string | undefined][] = [
    [`${path}/endpoint/baseUrl`, endpoint?.baseUrl],
    ...waysOf({ reconcile }).map((way, i): [string, string | undefined] => {
      if ('file' in way) return [`${place(i)}/file`, isAddress(way.file) ? way.file : undefined];
      return [`${place(i)}/url`, 'url' in way ? way.url : undefined];
    }),
  ];
  return addresses.filter((one): one is [string, string] => one[1] !== undefined);
}

/** What only protocol http reads: elsewhere it would be a wish. */
function unread({ protocol, endpoint, limits }: ContractVersion, path: string): Fault[] {
  if (protocol === 'http') return [];
  const given = [
    ...(endpoint?.tls ? ['endpoint/tls'] : []),
    ...(limits.fileSize === undefined ? [] : ['limits/fileSize']),
  ];
  return given.map((member) => ({
    path: `${path}/${member}`,
    rule: 'additionalProperties',
    detail: `protocol ${protocol} doesn’t read it`,
  }));
}

/**
 * Names that lead to a private address though the file doesn't say that they may. Known only where the name is known: one
 * that isn't, here and now, is looked at when it is connected to.
 */
export async function privateNames(
  file: AgencyFile,
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const [n, version] of file.versions.entries()) {
    if (version.endpoint?.allowPrivate) continue;
    for (const [path, address] of addressesOf(version, `/versions/${n}`)) {
      const host = URL.parse(address)?.hostname ?? '';
      if (host === '' || isWrittenPrivate(host)) continue;
      const addresses = await resolve(host).catch(() => []);
      if (addresses.some(isPrivateAddress))
        faults.push({
          path,
          rule: 'private',
          detail: 'its name leads to a private address: endpoint.allowPrivate says that it may',
        });
    }
  }
  return faults;
}

/** Whatever the partner answers would be doubt or a failure, for ever. */
function unacceptable({ receives, collect, replies }: ContractVersion, path: string): Fault[] {
  const isAnswered = receives.length > 0 || collect !== undefined;
  if (!isAnswered || replies.some(({ means }) => means === 'accepted')) return [];
  return [{ path: `${path}/replies`, rule: 'accepted', detail: 'no row means accepted' }];
}

/** A connector tells its first fault only: each is taken out of a copy, to see what is wrong besides. */
const MOST_TOLD = 20;

async function unspeakable(agency: string, contract: ContractVersion, path: string): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (let left: ContractVersion | undefined = contract; left && faults.length < MOST_TOLD;) {
    const found = await firstFault(agency, left);
    if (!found || faults.some((known) => known.path === path + found.path)) break;
    faults.push({ ...found, path: path + found.path });
    left = withoutFault(left, found.path);
  }
  return faults;
}

async function firstFault(agency: string, contract: ContractVersion): Promise<Fault | undefined> {
  const none = (): Promise<never> => Promise.reject(new Error('not while checking'));
  try {
    await connectorFor(contract.protocol, { agency, contract, publish: none, append: none }).close();
    return undefined;
  } catch (error) {
    const detail = (error as Error).message.replace(/^agency file: /, '');
    const rule = /knows no settings\./.test(detail) ? 'additionalProperties' : 'protocol';
    return { path: memberNamed(detail), rule, detail };
  }
}

/** A contract whose connector can't be made is told of already. */
async function wrongWays(agency: string, contract: ContractVersion, path: string): Promise<Fault[]> {
  const none = (): Promise<never> => Promise.reject(new Error('not while checking'));
  const made: Connector[] = [];
  const faults = checkWays(contract, path, () => {
    try {
      made.push(connectorFor(contract.protocol, { agency, contract, publish: none, append: none }));
    } catch {
      return undefined;
    }
    return made.at(-1);
  });
  await Promise.all(made.map((connector) => connector.close()));
  return faults;
}

/** A copy with nothing where the fault was. Undefined: without that member whatever is found next could be its doing. */
function withoutFault(contract: ContractVersion, pointer: string): ContractVersion | undefined {
  const [root = '', ...inner] = pointer.split('/').slice(1);
  if (root === 'collect' || root === 'lookUp') return { ...contract, [root]: undefined };
  const copy = structuredClone(contract);
  const member = inner.pop();
  let at: unknown = copy[root as keyof ContractVersion];
  for (const name of inner) at = isRecord(at) ? at[name] : undefined;
  if (member === undefined || !isRecord(at) || !(member in at)) return undefined;
  if (root === 'settings') delete at[member];
  // In a template null is a value like another; a whole operation is something that others name.
  else if (root === 'operations' && inner.length > 1) at[member] = null;
  else return undefined;
  return copy;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The member that a connector's complaint names, as a pointer; none: the whole version. */
const memberNamed = (words: string): string => {
  const [, member] =
    /\b((?:settings|endpoint|limits|operations|codeTables|lookUp|collect|discloses)(?:\.[^\s.:]+)*)/.exec(words) ?? [];
  return member === undefined ? '' : `/${member.replaceAll('.', '/')}`;
};
