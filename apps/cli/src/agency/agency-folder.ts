import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readAgencyText, type HasSecret, type ReadAgency } from '#agency';
import { secretsOf as ofContract, type AgencyFile, type LocatedFault } from '#wire';
import { Trouble } from '../verb.js';
import { faultWords } from './fault-words.js';

/** Agency files as they were read, each with its file's name. */
export type NamedAgency = ReadAgency & { name: string };

/** All agency files at a path (a file, or every YAML in a folder), or a Trouble with everything that is wrong in any of them. */
export async function readAgencyFiles(path: string, env: NodeJS.ProcessEnv, has?: HasSecret): Promise<NamedAgency[]> {
  const faults: string[] = [];
  const read: NamedAgency[] = [];
  const ids = new Set<string>();
  for (const file of await filesAt(path)) {
    const name = basename(file);
    const one = await readAgencyText(await readFile(file, 'utf8'), env, has);
    const id = one.outcome === 'read' ? one.file.id : one.agency?.id;
    if (id !== undefined && ids.has(id)) faults.push(`${name}: /id ${id} có hai tệp · is in two files`);
    if (id !== undefined) ids.add(id);
    if (one.outcome === 'read') read.push({ name, ...one });
    else faults.push(...one.faults.map((fault) => placedFault(name, fault)));
  }
  if (faults.length > 0) throw faultyFiles(faults);
  return read;
}

export function faultyFiles(faults: readonly string[]): Trouble {
  const list = faults.map((fault) => `\n  ${fault}`).join('');
  return new Trouble(`Tệp cơ quan có lỗi, không áp dụng tệp nào`, `agency files have faults, none was applied:${list}`);
}

/** The one that is named. */
export async function readAgencyFile(path: string, env: NodeJS.ProcessEnv): Promise<AgencyFile> {
  const [one, ...more] = await readAgencyFiles(path, env);
  if (!one || more.length > 0) throw new Trouble(`${path}: cần đúng một tệp`, 'one file is needed, not a folder');
  return one.file;
}

export const placedFault = (name: string, fault: LocatedFault): string =>
  `${name}${placeOf(fault)}: ${faultWords(fault)}`;

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

/** Names of the secrets that contracts need, but certificates and their keys: nobody can make those up. */
export const secretsOf = (files: readonly AgencyFile[]): string[] =>
  unique(
    files.flatMap(({ versions }) =>
      versions.flatMap((version) => {
        const { login, tls } = version.endpoint ?? {};
        const own = login?.kind === 'mtls' ? login : tls;
        const issued = [own?.certificate, own?.key, own?.ca];
        return ofContract(version).flatMap(({ name }) => (issued.includes(name) ? [] : [name]));
      }),
    ),
  );

/** Those of them that sign webhooks, and so have a form of their own. */
export const signingSecretsOf = (files: readonly AgencyFile[]): string[] =>
  unique(
    files.flatMap(({ versions }) =>
      versions.flatMap(({ endpoint }) => (endpoint?.login?.kind === 'webhook' ? endpoint.login.secrets : [])),
    ),
  );

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
