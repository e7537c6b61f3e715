import { createHash } from 'node:crypto';

import type { Compared, ComparedField, LineDiscrepancy } from '#wire';

import type { Change } from './falsifiable.js';
import type { Standing } from './standing.js';

/** What was put into the books: our keys that it concerns, the key that stands there instead, and the fields that are false. */
interface Planted {
  type: LineDiscrepancy;
  keys: string[];
  there?: string;
  fields?: ComparedField[];
}

interface Sown {
  planted: Planted;
  changes: Change[];
}

export interface Plant {
  type: LineDiscrepancy;
  /** Only this case. */
  key?: string;
  count: number;
  seed: number;
  /** Fields that may be made false; absent: any that the case has. */
  fields?: readonly ComparedField[];
  /** Statuses that this partner knows. */
  statuses: readonly number[];
}

/** Which lines are made false and how: the same lines and seed give the same. Lines that `taken` names are left alone. */
export function plant(lines: readonly Standing[], how: Plant, taken: ReadonlySet<string>): Sown[] {
  const free = lines.filter(({ key }) => !taken.has(key) && (how.key === undefined || how.key === key));
  const keys = new Set(lines.map(({ key }) => key));
  const sown: Sown[] = [];
  const shuffled = free
    .map((line) => ({ line, at: number(`${how.seed} ${line.key}`) }))
    .sort((one, other) => one.at - other.at)
    .map(({ line }) => line);
  if (how.type === 'two-under-one') return twoUnderOne(shuffled, keys).slice(0, how.count);
  for (const line of shuffled) {
    if (sown.length >= how.count) break;
    const one = sow[how.type]?.(line, how, keys);
    if (one) sown.push(one);
  }
  return sown;
}

type Sow = (line: Standing, how: Plant, keys: Set<string>) => Sown | undefined;

const sow: Partial<Record<LineDiscrepancy, Sow>> = {
  'missing-there': ({ key }, { type }) => ({ planted: { type, keys: [key] }, changes: [{ do: 'drop', key }] }),
  'missing-here': (line, { type, seed }, keys) => {
    const key = unused(line.key, seed, keys);
    const said = number(`${seed} stranger ${key}`);
    const fields: Compared = {};
    if (line.fields.applicantId) fields.applicantId = String(10 ** 11 + Math.floor(said * 10 ** 11));
    if (line.fields.applicantName) fields.applicantName = `NGƯỜI LẠ ${Math.floor(said * 10 ** 6)}`;
    if (line.fields.resultNumber) fields.resultNumber = `${Math.floor(said * 10 ** 8)}/LẠ`;
    if (line.fields.resultFile) fields.resultFile = hex(`${seed} stranger ${key}`);
    return { planted: { type, keys: [], there: key }, changes: [{ do: 'add', key, like: line.key, fields }] };
  },
  'status-differs': (line, how) => {
    const others = how.statuses.filter((status) => String(status) !== line.fields.status);
    return line.fields.status ? set(line, how, { status: String(pick(others, how, line)) }) : undefined;
  },
  'field-differs': (line, how) => {
    const asked = how.fields ?? (Object.keys(line.fields) as ComparedField[]);
    const some = plainFields.filter((field) => asked.includes(field) && line.fields[field]);
    if (some.length === 0) return undefined;
    const field = pick(some, how, line);
    return set(line, how, { [field]: otherThan(line, field, how.seed) });
  },
  'other-code': (line, { type, seed }, keys) => {
    const to = unused(`G00.99-${line.key.replace(/^.*?(?=\d{6,8}-\d)/, '')}`, seed, keys);
    return { planted: { type, keys: [line.key], there: to }, changes: [{ do: 'rename', key: line.key, to }] };
  },
  'doubled-there': ({ key }, { type }) => ({ planted: { type, keys: [key] }, changes: [{ do: 'double', key }] }),
  'deadline-differs': (line, how) => {
    const asked = how.fields ?? (['dueOn', 'judged'] as const);
    const some = (['dueOn', 'judged'] as const).filter((field) => asked.includes(field) && line.fields[field]);
    if (some.length === 0) return undefined;
    const field = pick(some, how, line);
    return set(line, how, { [field]: otherThan(line, field, how.seed) });
  },
  'revoked-still-there': (line, how) =>
    line.fields.resultStands === 'revoked' ? set(line, how, { resultStands: 'yes' }) : undefined,
  'file-differs': (line, how) =>
    line.fields.resultFile ? set(line, how, { resultFile: hex(`${how.seed} file ${line.key}`) }) : undefined,
  'progress-missing': (line, how) => {
    const shown = line.fields.progress?.split(',') ?? [];
    if (shown.length > 0) {
      const lost = pick(shown, how, line);
      const left = shown.filter((row) => row !== lost);
      return set(line, how, { progress: left.join(',') || null, progressRows: String(left.length) });
    }
    const rows = Number(line.fields.progressRows ?? 0);
    return rows > 0
      ? set(line, how, { progressRows: String(Math.floor(rows * number(`${how.seed} rows`))) })
      : undefined;
  },
};

/** Fields that no other type speaks of. */
const plainFields = ['procedure', 'finishedOn', 'resultNumber', 'applicantName', 'applicantId'] as const;

/** The receiver dropped the unit's part of two codes and holds one line for both. */
function twoUnderOne(lines: readonly Standing[], keys: Set<string>): Sown[] {
  const alike = Map.groupBy(lines, ({ key }) => withoutUnit(key) ?? key);
  return [...alike].flatMap(([there, [one, other]]) => {
    if (!one || !other || keys.has(there) || withoutUnit(one.key) === undefined || one.receivedOn !== other.receivedOn)
      return [];
    const changes: Change[] = [
      { do: 'rename', key: one.key, to: there },
      { do: 'drop', key: other.key },
    ];
    return [{ planted: { type: 'two-under-one', keys: [one.key, other.key].sort(), there }, changes }];
  });
}

/** `H53.15-260105-0007` and `000.15.14.H53-260105-0007` → `260105-0007`; undefined where a code has no unit. */
const withoutUnit = (key: string): string | undefined => /^.+?-(\d{6}(?:\d{2})?-\d{4,7})$/.exec(key)?.[1];

const set = ({ key }: Standing, { type }: Plant, fields: Compared): Sown => ({
  planted: { type, keys: [key], fields: Object.keys(fields) as ComparedField[] },
  changes: [{ do: 'set', key, fields }],
});

function otherThan({ key, fields }: Standing, field: ComparedField, seed: number): string {
  const was = fields[field] ?? '';
  const chance = number(`${seed} ${field} ${key}`);
  switch (field) {
    case 'dueOn':
    case 'finishedOn':
      return new Date(Date.parse(was) + (1 + Math.floor(chance * 20)) * 86_400_000).toISOString().slice(0, 10);
    case 'judged':
      return was === 'overdue' ? 'on-time' : was === 'open-overdue' ? 'open-in-time' : 'overdue';
    case 'procedure':
      return `9.${String(Math.floor(chance * 10 ** 6)).padStart(6, '0')}`;
    case 'applicantName':
      return `${was} SAI`;
    case 'applicantId':
      return '000000001';
    default:
      return `${was}-${Math.floor(chance * 1_000)}`;
  }
}

/** A code like this one that stands nowhere. */
function unused(like: string, seed: number, keys: Set<string>): string {
  const at = like.lastIndexOf('-') + 1;
  for (let nth = 0; ; nth += 1) {
    const serial = Math.floor(number(`${seed} ${like} ${nth}`) * 10 ** 7);
    const key = `${like.slice(0, at)}${String(serial).padStart(7, '0')}`;
    if (keys.has(key)) continue;
    keys.add(key);
    return key;
  }
}

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
/** From 0 to 1, the same for the same text. */
const number = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
const pick = <T>(some: readonly T[], { seed }: Plant, { key }: Standing): T =>
  some[Math.floor(number(`${seed} pick ${key}`) * some.length)]!;
