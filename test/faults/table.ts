import type { Fault } from './fault.js';
import type { Row } from './judge/judge.js';

export const BEGIN = '<!-- faults: begin -->';
export const END = '<!-- faults: end -->';

const columns: [string, (row: Row) => string | number][] = [
  ['entered', (row) => row.entered],
  ['delivered', (row) => row.delivered],
  ['needless', (row) => row.needless],
  ['parked', (row) => row.parked],
  ['lost', (row) => row.lost],
  ['doubled (keys known)', (row) => `${row.doubled} (${row.doubledWhereKeysAreKnown})`],
  ['of these doubted', (row) => row.doubted],
  ['repeated', (row) => row.repeated],
  ['out of order', (row) => row.outOfOrder],
  ['healthy p99 ×', (row) => row.healthyP99Ratio ?? '–'],
  ['recovery s', (row) => row.recoverySeconds ?? 'never'],
  ['invariants', (row) => `${row.invariantsChecked - row.invariantsBroken}/${row.invariantsChecked}`],
];

/** Markdown, one line a fault. */
export function tableOf(rows: readonly Row[], faults: readonly Fault[]): string {
  const title = ({ fault }: Row): string => {
    const found = faults.find(({ name }) => name === fault);
    return found ? `${found.vi} · ${found.en}` : fault;
  };
  const line = (cells: (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['sự cố · fault', ...columns.map(([name]) => name)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map((row) => line([title(row), ...columns.map(([, of]) => of(row))])),
  ].join('\n');
}

/** A document with what stands between the markers replaced. */
export function replaceTable(document: string, text: string): string {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`the document lacks ${BEGIN} … ${END}`);
  return `${document.slice(0, from + BEGIN.length)}\n\n${text}\n\n${document.slice(to)}`;
}
