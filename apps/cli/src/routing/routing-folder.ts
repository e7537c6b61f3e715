import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { applyRouting, type By, type Database } from '#ledger';
import { AgencyFileError, locateRoutingFile, type LocatedFault, type LocatedFile, type RoutingFile } from '#wire';
import { faultWords } from '../agency/fault-words.js';
import { Trouble } from '../verb.js';

interface ReadFile {
  name: string;
  read: LocatedFile<RoutingFile>;
}

/** A file of units or of routes, or the folder in which they are `units.yaml` and `routes.yaml`; a Trouble with all that is wrong. */
export async function readRoutingFiles(path: string, env: NodeJS.ProcessEnv): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  const wrong: string[] = [];
  for (const file of await filesAt(path)) {
    const name = basename(file);
    try {
      read.push({ name, read: locateRoutingFile(await readFile(file, 'utf8'), env) });
    } catch (error) {
      if (!(error instanceof AgencyFileError)) throw error;
      wrong.push(...error.faults.map((fault) => line(name, fault)));
    }
  }
  if (read.length > 1 && read[0]!.read.file.kind === read[1]!.read.file.kind)
    wrong.push(`${read[1]!.name}: /kind ${read[1]!.read.file.kind} có hai tệp · is in two files`);
  if (wrong.length > 0) throw faulty(wrong);
  return read;
}

/** A line a file; faults with their places where they stand in one of these files. */
export async function applyRoutingFiles(db: Database, files: readonly ReadFile[], by: By): Promise<string[]> {
  const applied = await applyRouting(
    db,
    files.map(({ read }) => read.file),
    by,
  );
  if (applied.outcome === 'faulty')
    throw faulty(
      applied.faults.map(({ kind, fault }) => {
        const at = files.find(({ read }) => read.file.kind === kind);
        return at ? line(at.name, at.read.located([fault])[0]!) : line(`${kind} đang có · in force`, fault);
      }),
    );
  return applied.files.map(({ kind, serial, isChanged }) => {
    const what = kind === 'Units' ? 'đơn vị · units' : 'tuyến · routes';
    return isChanged
      ? `✓ ${what}: lần áp dụng · serial ${serial}`
      : `= ${what}: không đổi gì, vẫn là lần áp dụng ${serial} · nothing changes, still serial ${serial}`;
  });
}

const faulty = (lines: readonly string[]): Trouble =>
  new Trouble(
    'Tệp đơn vị hay tuyến có lỗi, không áp dụng tệp nào',
    `files of units or routes have faults, none was applied:${lines.map((text) => `\n  ${text}`).join('')}`,
  );

const line = (name: string, fault: LocatedFault): string =>
  `${name}${fault.line === undefined ? '' : `:${fault.line}:${fault.column}`}: ${faultWords(fault)}`;

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Trouble(`Không có ${path}`, `${path} is not there`);
  if (!found.isDirectory()) return [path];
  const files = await routingFilesIn(path);
  if (files.length === 0)
    throw new Trouble(
      `${path} không có units.yaml hay routes.yaml`,
      `${path} holds neither units.yaml nor routes.yaml`,
    );
  return files;
}

/** Units first: routes name them. */
export async function routingFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return ['units.yaml', 'routes.yaml'].filter((name) => names.includes(name)).map((name) => join(folder, name));
}
