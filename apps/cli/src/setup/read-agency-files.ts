import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAgencyFile, validateAgencyFile, type AgencyFile } from '#wire';

/** A file, or every .yaml of a folder. Throws one error that names every fault of every file: all are taken or none. */
export function readAgencyFiles(path: string, env: NodeJS.ProcessEnv = process.env): AgencyFile[] {
  const paths = statSync(path).isDirectory()
    ? readdirSync(path).filter((name) => /\.ya?ml$/.test(name)).sort().map((name) => join(path, name))
    : [path];
  const faults: string[] = [];
  const files: AgencyFile[] = [];
  for (const file of paths) {
    const agency = parseAgencyFile(readFileSync(file, 'utf8'), env);
    const found = validateAgencyFile(agency);
    faults.push(...found.map((fault) => `${file} ${fault.path}: ${fault.rule}`));
    files.push(agency);
  }
  if (files.length === 0) faults.push(`${path}: no agency file`);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return files;
}
