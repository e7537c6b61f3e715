import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgencyFileError, locateReportFile, type ReportFile } from '#wire';
import { faultWords } from '../agency/fault-words.js';
import { Trouble } from '../verb.js';

/** Definitions of reports: one file, or all of a folder. Every fault of every file is said at once. */
export async function readReportFiles(path: string, env: NodeJS.ProcessEnv): Promise<ReportFile[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Trouble(`Không có ${path}`, `${path} is not there`);
  const paths = found.isDirectory()
    ? (await readdir(path)).filter((name) => /\.ya?ml$/.test(name)).map((name) => join(path, name))
    : [path];
  if (paths.length === 0) throw new Trouble(`${path} không có tệp .yaml`, `${path} holds no .yaml file`);
  const files: ReportFile[] = [];
  const wrong: string[] = [];
  for (const each of paths.sort()) {
    try {
      const { file } = locateReportFile(await readFile(each, 'utf8'), env);
      if (files.some(({ report }) => report === file.report))
        wrong.push(`${basename(each)}: ${file.report} có hai tệp · is in two files`);
      files.push(file);
    } catch (error) {
      if (!(error instanceof AgencyFileError)) throw error;
      const place = (line?: number, column?: number): string => (line === undefined ? '' : `:${line}:${column}`);
      wrong.push(
        ...error.faults.map((fault) => `${basename(each)}${place(fault.line, fault.column)}: ${faultWords(fault)}`),
      );
    }
  }
  if (wrong.length > 0)
    throw new Trouble(
      'Tệp quy tắc báo cáo có lỗi, không áp dụng tệp nào',
      `report definitions have faults, none was applied:${wrong.map((text) => `\n  ${text}`).join('')}`,
    );
  return files;
}

/** Those that come with the hub, from a build or from the sources. */
export async function ownReports(env: NodeJS.ProcessEnv): Promise<ReportFile[]> {
  for (const up of ['../../../../../deploy/reports', '../../../../deploy/reports']) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    if (await stat(folder).catch(() => undefined)) return readReportFiles(folder, env);
  }
  return [];
}
