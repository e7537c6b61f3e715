import { thousands } from './main-job-progress.js';
import type { Rest } from './main-job-watch.js';
import { procedureClasses, type ProvinceYear } from './year/province-year.js';
import { expectedFigures, figureNames, percent, type FigureName, type Quotas } from './year/quotas.js';

/** What the reconciliation app counts from the partners' books and the ledger. */
export interface Counted {
  entered: number;
  expected: number;
  delivered: number;
  /** Taken by Kafka for agencies that only read their topic and keep no book to compare. */
  unverified: number;
  returned: number;
  retried: number;
  lost: number;
  doubled: number;
  doubted: number;
  repeated: number;
  outOfOrder: number;
  waiting: number;
  parked: number;
  brokenChains: number;
}

/** What the reconciliation app reads from the ledger's events. */
export interface LedgerYear {
  received: number;
  carriedOver: number;
  resolved: number;
  early: number;
  onTime: number;
  overdue: number;
  unresolved: number;
  procedures: { procedure: string; received: number }[];
}

export interface Figure {
  name: string;
  unit: string;
  kind: 'published' | 'inferred' | 'ours';
  published: number;
  scaled: number;
  reproduced: number;
}

export interface MainJobResult extends Counted {
  seconds: number;
  figures: Figure[];
  cases: number;
  seed: number;
  outageSeconds: number;
  refused: number;
  atRest: boolean;
  /** Why the run isn't as it should be; empty is good. */
  faults: string[];
}

export function figuresOf(year: ProvinceYear, quotas: Quotas, ledger: LedgerYear): Figure[] {
  const scaled = expectedFigures(quotas);
  const reproduced = reproducedOf(year, ledger);
  const nameOf = new Map(Object.entries(figureNames).map(([id, name]) => [name as string, id as FigureName]));
  return year.figures.flatMap(({ name, unit, kind, published }) => {
    const id = nameOf.get(name);
    return id ? [{ name, unit, kind, published, scaled: scaled[id], reproduced: reproduced[id] }] : [];
  });
}

/** Classes of procedures come from the province's data: the ledger knows codes. */
function reproducedOf(year: ProvinceYear, ledger: LedgerYear): Record<FigureName, number> {
  const classOf = new Map(year.procedures.map((procedure) => [procedure.code, procedure.class]));
  const inClass = (name: string): number =>
    ledger.procedures.filter(({ procedure }) => classOf.get(procedure) === name).length;
  return {
    procedures: ledger.procedures.length,
    ...(Object.fromEntries(procedureClasses.map((name) => [name, inClass(name)])) as Record<
      (typeof procedureClasses)[number],
      number
    >),
    received: ledger.received,
    carriedOver: ledger.carriedOver,
    resolved: ledger.resolved,
    earlyShare: percent(ledger.early, ledger.resolved),
    early: ledger.early,
    onTheDay: ledger.onTime,
    overdue: ledger.overdue,
    open: ledger.unresolved,
    judicial: ledger.procedures.find(({ procedure }) => procedure === year.judicialProcedure)?.received ?? 0,
  };
}

export function faultsOf(counted: Counted, figures: readonly Figure[], rest: Rest): string[] {
  const faults: string[] = [];
  const { standing } = rest;
  if (rest.kind === 'stuck') faults.push(`nothing moved for ${rest.forSeconds} s: ${JSON.stringify(standing)}`);
  if (standing.refused > 0) faults.push(`${standing.refused} submissions were refused by the hub`);
  if (counted.lost > 0) faults.push(`${counted.lost} lost`);
  if (counted.outOfOrder > 0) faults.push(`${counted.outOfOrder} out of order`);
  if (counted.doubled > counted.doubted)
    faults.push(`${counted.doubled - counted.doubted} doubled without a recorded doubt`);
  if (counted.parked > 0) faults.push(`${counted.parked} parked`);
  if (counted.waiting > 0) faults.push(`${counted.waiting} still waiting`);
  if (counted.brokenChains > 0) faults.push(`${counted.brokenChains} broken chains`);
  const delivered = counted.delivered + counted.unverified;
  if (delivered !== counted.expected && faults.length === 0)
    faults.push(`${delivered} delivered of ${counted.expected} expected`);
  for (const { name, scaled, reproduced } of figures) {
    if (scaled !== reproduced) faults.push(`"${name}" is ${reproduced}, not ${scaled}`);
  }
  return faults;
}

const rows = [
  ['entered', 'Nhận vào', 'entered'],
  ['expected', 'Phải chuyển', 'expected'],
  ['delivered', 'Đã chuyển', 'delivered'],
  ['unverified', '  và trên chủ đề Kafka, không có sổ', 'and on topics, without a book'],
  ['returned', 'Trả về một cửa', 'returned'],
  ['retried', 'Gửi lại', 'retried'],
  ['lost', 'Mất', 'lost'],
  ['doubled', 'Trùng (tác động hai lần)', 'doubled'],
  ['doubted', '  trong đó có nghi vấn đã ghi', 'of them doubted'],
  ['repeated', 'Lặp (bên nhận biết)', 'repeated'],
  ['outOfOrder', 'Sai thứ tự', 'out of order'],
] as const;

/** The two tables that a run ends with. */
export function reportText(result: MainJobResult, year: ProvinceYear): string {
  const counts = rows.map(([member, vi, en]) => [`${vi} · ${en}`, thousands(result[member])]);
  counts.push(['Giây · seconds', result.seconds.toFixed(1)]);
  const shown = (value: number, unit: string): string =>
    unit === 'percent' ? `${value.toFixed(2)} %` : thousands(value);
  const figures = result.figures.map(({ name, unit, kind, published, scaled, reproduced }) => [
    `${name}${kind === 'published' ? '' : ` (${kind})`}`,
    shown(published, unit),
    shown(scaled, unit),
    `${shown(reproduced, unit)}${scaled === reproduced ? '' : '  ≠'}`,
  ]);
  const head = [
    'Số liệu năm · figures of the year',
    'công bố · published',
    `${thousands(result.cases)} hồ sơ · scaled`,
    'tái lập · reproduced',
  ];
  return [
    '',
    table(counts),
    '',
    table([head, ...figures]),
    '',
    `Nguồn · source: Uông Bí, ${year.year}. "ours": the source has no such figure, it is chosen here. "inferred": follows from published ones.`,
    ...result.faults.map((fault) => `✗ ${fault}`),
    result.faults.length === 0
      ? '✓ Không mất, không sai thứ tự, số liệu khớp · nothing lost, in order, figures reproduced'
      : '',
  ].join('\n');
}

/** First column left, others right aligned. Text is NFC, so a letter is one place wide. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
        .join('   '),
    )
    .join('\n');
}
