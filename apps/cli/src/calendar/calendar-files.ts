import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { applyCalendar, type ByWhom, type Database } from '#ledger';
import { AgencyFileError, locateCalendarFile, type AnyCalendarFile, type LocatedFault, type LocatedFile } from '#wire';
import { faultWords } from '../agency/fault-words.js';
import { Trouble } from '../verb.js';

interface ReadFile {
  name: string;
  read: LocatedFile<AnyCalendarFile>;
}

/** Calendars and corrections; a Trouble with all that is wrong. */
export async function readCalendarFiles(paths: readonly string[], env: NodeJS.ProcessEnv): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  const wrong: string[] = [];
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new Trouble(`Không đọc được ${path}`, `${path} can’t be read (${error.code ?? 'unknown'})`);
    });
    try {
      read.push({ name: basename(path), read: locateCalendarFile(text, env) });
    } catch (error) {
      if (!(error instanceof AgencyFileError)) throw error;
      wrong.push(...error.faults.map((fault) => line(basename(path), fault)));
    }
  }
  if (wrong.length > 0) throw faulty(wrong);
  return read;
}

/** What to say of it; faults with their places where they stand in one of these files. */
export async function applyCalendarFiles(db: Database, files: readonly ReadFile[], by: ByWhom): Promise<string> {
  const applied = await applyCalendar(
    db,
    files.map(({ read }) => read.file),
    by,
  );
  if (applied.outcome === 'faulty')
    throw faulty(
      applied.faults.map(({ file, fault }) => {
        const at = file === undefined ? undefined : files[file];
        return at ? line(at.name, at.read.located([fault])[0]!) : line('lịch đang có · in force', fault);
      }),
    );
  const { serial, isChanged, days } = applied;
  return isChanged
    ? `✓ lịch làm việc · calendar: lần áp dụng · serial ${serial}, ${days} ngày riêng · special days`
    : `= lịch làm việc · calendar: không đổi gì, vẫn là lần áp dụng ${serial} · nothing changes, still serial ${serial}`;
}

/** What every new hub begins with: the files of deploy/calendars, the whole calendar among them. */
export async function ownCalendars(): Promise<string[]> {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'deploy', 'calendars');
    if (!existsSync(join(folder, 'package.json'))) continue;
    const names = await readdir(found).catch((): string[] => []);
    return names
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => join(found, name));
  }
  return [];
}

const faulty = (lines: readonly string[]): Trouble =>
  new Trouble(
    'Tệp lịch có lỗi, không áp dụng gì',
    `calendar files have faults, nothing was applied:${lines.map((text) => `\n  ${text}`).join('')}`,
  );

const line = (name: string, fault: LocatedFault): string =>
  `${name}${fault.line === undefined ? '' : `:${fault.line}:${fault.column}`}: ${faultWords(fault)}`;
