import type { Arrival, Effect, OwnAct, Written } from '../stand-in/book.js';
import type { PartnerBook } from '../stand-in/stand-in.js';

export interface PortalCase {
  code: string;
  status: number;
  /** Of the full state that stands now, and of each that ever stood. */
  hash: string;
  hashes: string[];
  /** Progress rows that arrived; the portal appends them unseen, a repeated row twice. */
  progress: number;
}

type Line = Written<Arrival | OwnAct>;

/** All that the portal holds of provinces' cases. Changes only by lines of its book. */
export class PortalCases {
  private readonly cases = new Map<string, PortalCase>();
  /** Cases that citizens filed on the portal: its own code → what the province reported last. */
  private readonly filedHere = new Map<string, { status: number; hash: string }>();

  constructor(private readonly write: (line: Arrival) => Line) {}

  get(code: string): PortalCase | undefined {
    return this.cases.get(code);
  }

  all(): Iterable<PortalCase> {
    return this.cases.values();
  }

  filed(code: string): { status: number; hash: string } | undefined {
    return this.filedHere.get(code);
  }

  record(operation: string, code: string, hash: string, effect: Effect, status?: number): void {
    this.take(
      this.write({ agency: 'cong-dvc', operation, code, hash, effect, ...(status === undefined ? {} : { status }) }),
    );
  }

  take(line: Line): void {
    if (line.effect !== 'applied') return;
    const status = line.status ?? 0;
    const held = this.cases.get(line.code);
    switch (line.operation) {
      case 'DongBoHoSoMC':
        if (!held)
          this.cases.set(line.code, { code: line.code, status, hash: line.hash, hashes: [line.hash], progress: 0 });
        else Object.assign(held, { status, hash: line.hash, hashes: [...held.hashes, line.hash] });
        return;
      case 'CapNhatTienDoHoSoMC':
        if (held) Object.assign(held, { status, progress: held.progress + 1 });
        return;
      case 'DongBoTrangThaiHoSo':
        this.filedHere.set(line.code, { status, hash: line.hash });
    }
  }
}

export const openPortalCases = (
  open: (replay: (line: Line) => void) => PartnerBook,
): { book: PartnerBook; cases: PortalCases } => {
  const cases: PortalCases = new PortalCases((line) => book.append(line));
  const book = open((line) => cases.take(line));
  return { book, cases };
};
