import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkAgency, missingSecrets } from '#connectors';
import { AgencyFileError, locateAgencyFile, type AgencyFile, type Endpoint, type LocatedFault } from '#wire';
import { Trouble } from '../verb.js';
import { faultWords } from './fault-words.js';

/** Whether a secret is there; absent: nobody asks, because it may come later. */
export type HasSecret = (name: string) => Promise<boolean>;

/** All agency files at a path (a file, or every YAML in a folder), or a Trouble with everything that is wrong in any of them. */
export async function readAgencyFiles(path: string, env: NodeJS.ProcessEnv, has?: HasSecret): Promise<AgencyFile[]> {
  const faults: string[] = [];
  const read: AgencyFile[] = [];
  for (const file of await filesAt(path)) {
    const { agency, wrong } = await readOne(await readFile(file, 'utf8'), env, has);
    if (agency && read.some(({ id }) => id === agency.id))
      faults.push(`${basename(file)}: /id ${agency.id} có hai tệp · is in two files`);
    if (agency) read.push(agency);
    faults.push(...wrong.map((fault) => `${basename(file)}${placeOf(fault)}: ${faultWords(fault)}`));
  }
  if (faults.length === 0) return read;
  const list = faults.map((fault) => `\n  ${fault}`).join('');
  throw new Trouble(`Tệp cơ quan có lỗi, không áp dụng tệp nào`, `agency files have faults, none was applied:${list}`);
}

/** The one that is named. */
export async function readAgencyFile(path: string, env: NodeJS.ProcessEnv): Promise<AgencyFile> {
  const [file, ...more] = await readAgencyFiles(path, env);
  if (!file || more.length > 0) throw new Trouble(`${path}: cần đúng một tệp`, 'one file is needed, not a folder');
  return file;
}

async function readOne(
  text: string,
  env: NodeJS.ProcessEnv,
  has: HasSecret | undefined,
): Promise<{ agency?: AgencyFile; wrong: LocatedFault[] }> {
  try {
    const { file, located } = locateAgencyFile(text, env);
    const faults = [...(await checkAgency(file)), ...(has ? await missingSecrets(file, has) : [])];
    return { agency: file, wrong: located(faults) };
  } catch (error) {
    if (error instanceof AgencyFileError) return { wrong: error.faults };
    throw error;
  }
}

/** As compilers write it, so that editors find it. */
const placeOf = ({ line, column }: LocatedFault): string => (line === undefined ? '' : `:${line}:${column}`);

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
