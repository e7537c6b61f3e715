import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { connectorFor } from '#connectors';
import { AgencyFileError, parseAgencyFile, type AgencyFile, type ContractVersion, type Endpoint } from '#wire';
import { Trouble } from './verb.js';

/** All agency files at a path (a file, or every YAML in a folder), or a Trouble with everything that is wrong in any of them. */
export async function readAgencyFiles(path: string, env: NodeJS.ProcessEnv): Promise<AgencyFile[]> {
  const faults: string[] = [];
  const read: AgencyFile[] = [];
  for (const file of await filesAt(path)) {
    try {
      const agency = parseAgencyFile(await readFile(file, 'utf8'), env);
      if (read.some(({ id }) => id === agency.id))
        faults.push(`${basename(file)}: /id ${agency.id} có hai tệp · is in two files`);
      read.push(agency);
      for (const version of agency.versions)
        faults.push(
          ...(await unspeakable(agency.id, version)).map(
            (fault) => `${basename(file)}: ${version.validFrom}: ${fault}`,
          ),
        );
    } catch (error) {
      if (!(error instanceof AgencyFileError)) throw error;
      faults.push(
        ...error.faults.map(
          ({ path: at, rule, detail }) => `${basename(file)}: ${at || '/'} ${rule}${detail ? ` (${detail})` : ''}`,
        ),
      );
    }
  }
  if (faults.length === 0) return read;
  const list = faults.map((fault) => `\n  ${fault}`).join('');
  throw new Trouble(`Tệp cơ quan có lỗi, không áp dụng tệp nào`, `agency files have faults, none was applied:${list}`);
}

/** What the schema can't see: members that this version's protocol needs or doesn't know. */
async function unspeakable(agency: string, contract: ContractVersion): Promise<string[]> {
  const none = (): Promise<never> => Promise.reject(new Error('not while checking'));
  try {
    await connectorFor(contract.protocol, { agency, contract, publish: none, append: none }).close();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Trouble(`Không có ${path}`, `${path} is not there`);
  if (!found.isDirectory()) return [path];
  const files = (await readdir(path)).filter((name) => /\.ya?ml$/.test(name)).sort();
  if (files.length === 0)
    throw new Trouble(`${path} không có tệp cơ quan nào (*.yaml)`, `${path} holds no agency files (*.yaml)`);
  return files.map((name) => join(path, name));
}

/** Names of the secrets that a contract's logins need. */
export const secretsOf = (files: readonly AgencyFile[]): string[] =>
  namesIn(files, (login) => ('secret' in login ? [login.secret] : login.secrets));

/** Those of them that sign webhooks, and so have a form of their own. */
export const signingSecretsOf = (files: readonly AgencyFile[]): string[] =>
  namesIn(files, (login) => (login.kind === 'webhook' ? login.secrets : []));

type Login = NonNullable<Endpoint['login']>;

const namesIn = (files: readonly AgencyFile[], of: (login: Login) => readonly string[]): string[] =>
  [
    ...new Set(
      files.flatMap(({ versions }) => versions.flatMap(({ endpoint }) => (endpoint?.login ? of(endpoint.login) : []))),
    ),
  ].sort();
