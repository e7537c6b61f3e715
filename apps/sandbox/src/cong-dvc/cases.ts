import type { Compared } from '#wire';

import { FalsifiableLines, type Falsifiable } from '../lines/falsifiable.js';
import { judged, type Standing } from '../lines/standing.js';
import { dayOf } from '../stand-in/real-dates.js';
import type { Arrival, Effect, OwnAct, Written } from '../stand-in/book.js';
import type { PartnerBook } from '../stand-in/stand-in.js';

export interface PortalCase extends Falsifiable {
  status: number;
  /** Of the full state that stands now, and of each that ever stood. */
  hash: string;
  hashes: string[];
  /** GiayToId of the papers that stand as its result. */
  papers: string[];
  /** Progress rows that arrived; the portal appends them unseen, a repeated row twice. */
  progress: number;
  /** What they say, in the order of their arrival: when, and to which status. */
  rows: string[];
  stands: StoodAt;
  /** It showed a result once. */
  hadPapers: boolean;
  /** Day of the row with which it came to 9 or 10, the first of an unbroken run; without one, what the full state says. */
  endedOn: string | null;
}

/** Of a full state: its papers, and what it says of the case. Of a progress row: its day and its time. */
interface Kept {
  papers?: string[];
  stands?: StoodAt;
  on?: string | null;
  at?: string | null;
}
/** Normal forms of a line. */
export interface StoodAt {
  receivedOn: string;
  fields: Compared;
}
type Line = Written<Arrival | OwnAct>;

/** All that the portal holds of provinces' cases. Changes only by lines of its book. */
export class PortalCases {
  private readonly cases = new Map<string, PortalCase>();
  /** Cases that citizens filed on the portal: its own code → what the province reported last. */
  private readonly filedHere = new Map<string, { status: number; hash: string }>();

  readonly lines: FalsifiableLines<PortalCase>;

  constructor(private readonly write: (line: Arrival | OwnAct) => Line) {
    this.lines = new FalsifiableLines({
      agency: 'cong-dvc',
      cases: this.cases,
      show: shownAs,
      put: (held, { status, progressRows, progress, ...rest }) => {
        // Its full state is another now: the same sent again is applied.
        held.hash = '';
        if (typeof status === 'string') held.status = Number(status);
        if (progress !== undefined) held.rows = progress === null ? [] : progress.split(',');
        else if (typeof progressRows === 'string') held.rows = rowsToo(held.rows, Number(progressRows));
        held.progress = held.rows.length;
        return rest;
      },
      write: (act) => this.take(this.write(act)),
    });
  }

  get(code: string): PortalCase | undefined {
    return this.cases.get(code);
  }

  all(): Iterable<PortalCase> {
    return this.cases.values();
  }

  filed(code: string): { status: number; hash: string } | undefined {
    return this.filedHere.get(code);
  }

  record(operation: string, code: string, hash: string, effect: Effect, status?: number, kept?: Kept): void {
    this.take(
      this.write({
        agency: 'cong-dvc',
        operation,
        code,
        hash,
        effect,
        ...(status === undefined ? {} : { status }),
        ...(kept ? { kept } : {}),
      }),
    );
  }

  take(line: Line): void {
    if (this.lines.take(line)) return;
    if (line.effect !== 'applied') return;
    const status = line.status ?? 0;
    const held = this.cases.get(line.code);
    const { papers = [], stands = unknown, on = null, at = null } = (line.kept ?? {}) as Kept;
    const endedOn = (day: string | null): string | null => (status < 9 ? null : (held?.endedOn ?? day));
    switch (line.operation) {
      case 'DongBoHoSoMC':
        if (!held)
          this.cases.set(line.code, {
            code: line.code,
            status,
            hash: line.hash,
            hashes: [line.hash],
            papers,
            progress: 0,
            rows: [],
            stands,
            hadPapers: papers.length > 0,
            endedOn: endedOn(stands.fields.finishedOn ?? null),
          });
        else
          Object.assign(held, {
            status,
            hash: line.hash,
            hashes: [...held.hashes, line.hash],
            papers,
            stands,
            hadPapers: held.hadPapers || papers.length > 0,
            endedOn: endedOn(stands.fields.finishedOn ?? null),
            falsified: undefined,
          });
        return;
      case 'CapNhatTienDoHoSoMC':
        if (held)
          Object.assign(held, {
            status,
            progress: held.progress + 1,
            rows: [...held.rows, at === null ? `${unsaid}${held.progress}` : `${at}/${status}`],
            endedOn: endedOn(on),
          });
        return;
      case 'DongBoTrangThaiHoSo':
        this.filedHere.set(line.code, { status, hash: line.hash });
    }
  }
}

/** A row of a book that was begun before rows were kept, or one that somebody says there is: it counts, and isn't shown. */
const unsaid = '?';

/** So many different ones. */
function rowsToo(rows: readonly string[], count: number): string[] {
  const some = [...new Set(rows)].slice(0, count);
  return [...some, ...Array.from({ length: count - some.length }, (_, i) => `${unsaid}${i}`)];
}

/** Of a book that was begun before its lines were shown. */
const unknown: StoodAt = { receivedOn: '1970-01-01', fields: {} };

function shownAs(held: PortalCase): Omit<Standing, 'key'> {
  const { status, rows, papers, stands } = held;
  const distinct = [...new Set(rows)].sort();
  const { receivedOn, fields } = stands;
  const { dueOn = null } = fields;
  return {
    receivedOn,
    fields: {
      ...fields,
      status: String(status),
      finishedOn: held.endedOn,
      judged: judged(status, held.endedOn, dueOn, dayOf(new Date())),
      resultStands: papers.length > 0 ? 'yes' : held.hadPapers ? 'revoked' : 'no',
      progressRows: String(distinct.length),
      progress: distinct.filter((row) => !row.startsWith(unsaid)).join(',') || null,
    },
  };
}

export const openPortalCases = (
  open: (replay: (line: Line) => void) => PartnerBook,
): { book: PartnerBook; cases: PortalCases } => {
  const cases: PortalCases = new PortalCases((line) => book.append(line));
  const book = open((line) => cases.take(line));
  return { book, cases };
};
