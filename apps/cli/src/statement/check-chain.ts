import { localDay, type Statement } from '#wire';
import type { Checked } from './check-bundle.js';
import { finding, type Finding } from './finding.js';

/** A file of a folder, as it is by itself. */
export interface CheckedFile extends Checked {
  file: string;
}

interface Link extends CheckedFile {
  statement: Statement;
  hash: string;
}

/**
 * The files of a folder as one chain an agency: each must name the one before it by its hash. What is wrong between two
 * is said of the later one, beside what is wrong in it.
 */
export function checkChain(files: readonly CheckedFile[]): CheckedFile[] {
  const links = files.filter((one): one is Link => one.statement !== undefined && one.hash !== undefined);
  const more = new Map<CheckedFile, { findings: Finding[]; notes: Finding[] }>();
  for (const agency of new Set(links.map(agencyOf))) {
    const chain = links.filter((link) => agencyOf(link) === agency).sort(byDay);
    chain.forEach((link, i) => more.set(link, between(chain.slice(0, i), link)));
  }
  return files.map((one) => {
    const { findings = [], notes = [] } = more.get(one) ?? {};
    const all = [...one.findings, ...findings];
    return { ...one, findings: all, notes: [...one.notes, ...notes], vouched: one.vouched && all.length === 0 };
  });
}

const agencyOf = ({ statement }: Link): string => statement.parties.theirs.id;
const byDay = (a: Link, b: Link): number => a.statement.day.localeCompare(b.statement.day);

function between(earlier: readonly Link[], link: Link): { findings: Finding[]; notes: Finding[] } {
  const { day, previous, epoch } = link.statement;
  const same = earlier.find((one) => one.statement.day === day);
  if (same)
    return same.hash === link.hash
      ? { findings: [], notes: [] }
      : { findings: [finding('day', `${same.file} là biên bản khác của cùng ngày ${localDay(day)}`, `${same.file} is another statement of the same day, ${day}`)], notes: [] }; // prettier-ignore
  const before = earlier.at(-1);
  if (!before) return { findings: [], notes: previous === null ? [] : [beginsLater(previous.day)] };
  const findings = [...linked(before, previous), ...wentBack(before.statement.epoch, epoch)];
  return { findings, notes: epoch > before.statement.epoch ? [restored(before.statement.epoch, epoch)] : [] };
}

function linked({ statement: { day }, hash }: Link, previous: Statement['previous']): Finding[] {
  if (previous === null)
    return [finding('previous', `nói là biên bản đầu tiên, nhưng có biên bản ngày ${localDay(day)}`, `says that it is the first, but there is one of ${day}`)]; // prettier-ignore
  if (previous.day > day)
    return [finding('previous', `thiếu biên bản ngày ${localDay(previous.day)} trong thư mục`, `the statement of ${previous.day} is missing in this folder`)]; // prettier-ignore
  if (previous.day < day)
    return [finding('previous', `nêu ngày ${localDay(previous.day)} là bản trước, bỏ qua ngày ${localDay(day)}`, `names ${previous.day} as the one before, past that of ${day}`)]; // prettier-ignore
  if (previous.hash !== hash)
    return [finding('previous', `chuỗi đứt: không phải biên bản ngày ${localDay(day)} ở đây`, `the chain is broken: it names another statement of ${day} than is here`)]; // prettier-ignore
  return [];
}

const wentBack = (before: number, epoch: number): Finding[] =>
  epoch < before
    ? [
        finding(
          'epoch',
          `kỳ sổ lùi từ ${before} về ${epoch}`,
          `the ledger’s epoch went back from ${before} to ${epoch}`,
        ),
      ]
    : [];

const beginsLater = (day: string): Finding =>
  finding('previous', `chuỗi trong thư mục bắt đầu ở đây; bản ngày ${localDay(day)} không có`, `the folder’s chain begins here; that of ${day} is not in it`); // prettier-ignore

const restored = (before: number, epoch: number): Finding =>
  finding('epoch', `kỳ sổ ${before} → ${epoch}: sổ đã được khôi phục hay chuyển máy`, `epoch ${before} → ${epoch}: the ledger was restored, or moved`); // prettier-ignore
