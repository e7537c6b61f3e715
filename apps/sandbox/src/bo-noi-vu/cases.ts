import type { Compared } from '#wire';

import { FalsifiableLines, type Falsifiable } from '../lines/falsifiable.js';
import type { Standing } from '../lines/standing.js';
import type { Arrival, OwnAct, Written } from '../stand-in/book.js';
import type { PartnerBook } from '../stand-in/stand-in.js';

export interface MinistryCase extends Falsifiable {
  idHoSo: string;
  status: number;
  /** Of the case as it was created, without what the ministry itself issued. */
  hash: string;
  /** Ids of the files that it names, and of those that came with its result. */
  files: string[];
  results: string[];
  /** Progress rows that arrived; appended unseen, a repeated row twice. */
  progress: number;
  /** Of the status row that stands now. */
  statusHash: string;
  stands: StoodAt;
}

/** Normal forms of a line. */
export interface StoodAt {
  receivedOn: string;
  fields: Compared;
}

interface Kept {
  idHoSo?: string;
  files?: string[];
  stands?: StoodAt;
  /** ISO day on which a final status came about. */
  finishedOn?: string | null;
}
type Line = Written<Arrival | OwnAct>;

/** All that the ministry holds. Changes only by lines of its book. */
export class MinistryCases {
  private readonly cases = new Map<string, MinistryCase>();
  /** Id → SHA-256 as the ministry told it. */
  private readonly files = new Map<string, string>();
  private readonly codes = new Set<string>();

  readonly lines: FalsifiableLines<MinistryCase>;

  constructor(private readonly write: (line: Arrival | OwnAct) => Line) {
    this.lines = new FalsifiableLines({
      agency: 'bo-noi-vu',
      cases: this.cases,
      show: (held) => this.shownAs(held),
      put: (held, { status, progressRows, ...rest }) => {
        // The status row that stands is another now: the same sent again is applied.
        held.statusHash = '';
        if (typeof status === 'string') held.status = Number(status);
        if (typeof progressRows === 'string') held.progress = Number(progressRows);
        return rest;
      },
      write: (act) => this.take(this.write(act)),
    });
  }

  get(code: string): MinistryCase | undefined {
    return this.cases.get(code);
  }

  all(): Iterable<MinistryCase> {
    return this.cases.values();
  }

  fileHash(id: string): string | undefined {
    return this.files.get(id);
  }

  isIssued(code: string): boolean {
    return this.codes.has(code);
  }

  get issued(): number {
    return this.codes.size;
  }

  get uploaded(): number {
    return this.files.size;
  }

  record(arrival: Omit<Arrival, 'agency'> & { kept?: Kept }): void {
    this.take(this.write({ agency: 'bo-noi-vu', ...arrival }));
  }

  take(line: Line): void {
    if (this.lines.take(line)) return;
    if (line.effect !== 'applied') return;
    const kept = (line.kept ?? {}) as Kept;
    const held = this.cases.get(line.code);
    switch (line.operation) {
      case 'GetNextValue':
        this.codes.add(line.code);
        return;
      case 'upload':
        this.files.set(line.code, line.hash);
        return;
      case 'NoiHoSo':
        this.cases.set(line.code, {
          code: line.code,
          idHoSo: kept.idHoSo ?? '',
          status: 2,
          hash: line.hash,
          files: kept.files ?? [],
          results: [],
          progress: 0,
          statusHash: '',
          stands: kept.stands ?? { receivedOn: '1970-01-01', fields: {} },
        });
        return;
      case 'CapNhatTienTrinh':
        if (held) held.progress += 1;
        return;
      case 'CapNhatTrangThai':
        if (held)
          Object.assign(held, {
            status: line.status ?? held.status,
            statusHash: line.hash,
            results: [...held.results, ...(kept.files ?? [])],
            stands: {
              ...held.stands,
              fields: { ...held.stands.fields, finishedOn: kept.finishedOn ?? held.stands.fields.finishedOn ?? null },
            },
            falsified: undefined,
          });
    }
  }

  private shownAs({ status, progress, results, stands }: MinistryCase): Omit<Standing, 'key'> {
    const [paper] = results;
    return {
      receivedOn: stands.receivedOn,
      fields: {
        ...stands.fields,
        status: String(status),
        resultFile: paper === undefined ? null : (this.fileHash(paper) ?? null),
        resultStands: paper === undefined ? 'no' : 'yes',
        progressRows: String(progress),
      },
    };
  }
}

export const openMinistryCases = (
  open: (replay: (line: Line) => void) => PartnerBook,
): { book: PartnerBook; cases: MinistryCases } => {
  const cases: MinistryCases = new MinistryCases((line) => book.append(line));
  const book = open((line) => cases.take(line));
  return { book, cases };
};
