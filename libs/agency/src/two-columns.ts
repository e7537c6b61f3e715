/** A line of a pasted table that can't be used, and why. */
export interface ColumnFault {
  line: number;
  vi: string;
  en: string;
}

/**
 * Two columns as a spreadsheet gives them when copied (tabs), or saved (`;` or `,`): ours, theirs. Codes are text: leading
 * zeros stay. A code that stands there twice with another meaning is a fault, never a choice.
 */
function twoColumns(text: string): { codes: Map<string, string>; faults: ColumnFault[] } {
  const codes = new Map<string, string>();
  const faults: ColumnFault[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const separator = ['\t', ';', ','].find((sign) => lines.some((line) => line.includes(sign))) ?? '\t';
  for (const [n, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const cells = line.split(separator).map(unquoted);
    const [ours = '', theirs = ''] = cells;
    const fault = (vi: string, en: string): void => void faults.push({ line: n + 1, vi, en });
    if (cells.length !== 2) fault(`có ${cells.length} cột, cần 2`, `${cells.length} columns, 2 are needed`);
    else if (ours === '' || theirs === '') fault('ô trống', 'an empty cell');
    else if (/^\d+(?:\.\d+)?E\+\d+$/.test(theirs) || /^\d+(?:\.\d+)?E\+\d+$/.test(ours))
      fault('bảng tính đã đổi mã thành số', 'the spreadsheet has made a number of the code');
    else if (codes.has(ours) && codes.get(ours) !== theirs)
      fault('mã đã có, nghĩa khác', 'the code is there with another meaning');
    else codes.set(ours, theirs);
  }
  return { codes, faults };
}

const unquoted = (cell: string): string => {
  const text = cell.trim().normalize('NFC');
  return /^".*"$/s.test(text) ? text.slice(1, -1).replaceAll('""', '"').trim() : text;
};

export type PastedTable = { outcome: 'table'; yaml: string } | { outcome: 'faulty'; faults: ColumnFault[] };

/** A code table for an agency file, of two pasted columns; `from`: its first day. */
export function pastedTable(name: string, text: string, from = '2018-01-01'): PastedTable {
  const { codes, faults } = twoColumns(text);
  if (codes.size === 0 && faults.length === 0)
    faults.push({ line: 1, vi: 'không có mã nào', en: 'there is no code in it' });
  if (faults.length > 0) return { outcome: 'faulty', faults };
  const rows = [...codes].map(([ours, theirs]) => `        ${JSON.stringify(ours)}: ${JSON.stringify(theirs)}`);
  const head = ['codeTables:', `  ${name}:`, `    - validFrom: ${from}`, '      codes:'];
  return { outcome: 'table', yaml: [...head, ...rows, ''].join('\n') };
}

export const isTableName = (name: string): boolean => /^[A-Za-z][A-Za-z0-9_-]*$/.test(name);
