import { FalsifiableLines, type Falsifiable, type ShowLines } from '../lines/falsifiable.js';
import type { Arrival, Effect, OwnAct, Written } from '../stand-in/book.js';
import type { PartnerBook } from '../stand-in/stand-in.js';

/** How fast and how the clerks work. null: they leave the step to somebody's call. Shares are of all cases, chosen by code. */
export interface Processing {
  toInProgressMs: number | null;
  toDoneMs: number | null;
  supplementShare: number;
  recordShare: number;
}

/** What an application leaves behind that later answers need. */
export interface Kept {
  /** maTTHC, and whose case it is; as two books compare them. */
  procedure?: string | null;
  applicantName?: string | null;
  applicantId?: string | null;
  maTinh: string;
  loaiPhieu: string;
  yeuCauCDNCV: string;
  ngayTiepNhan: string;
  ngayHenTra: string;
}

export interface IssuedRecord {
  number: string;
  /** dd/MM/yyyy. */
  issuedOn: string;
  withConviction: boolean;
}

export interface Revocation {
  reason: string;
  number: string;
  /** dd/MM/yyyy. */
  date: string;
  summary: string;
}

export interface LltpCase extends Kept, Falsifiable {
  status: number;
  /** Of the application that was applied last. */
  hash: string;
  hashes: string[];
  askedForSupplement: boolean;
  reason?: string;
  record?: IssuedRecord;
  revocation?: Revocation;
  /** When it came to its status, milliseconds since 1970. */
  movedAt: number;
}

const firstProcessing: Processing = {
  toInProgressMs: 2_000,
  toDoneMs: 4_000,
  supplementShare: 0,
  recordShare: 0,
};

type Line = Written<Arrival | OwnAct>;

/** All that this partner holds. Changes only by lines of its book, so reading the book again gives the same state. */
export class LltpCases {
  private readonly cases = new Map<string, LltpCase>();
  private records = 0;
  processing: Processing = firstProcessing;
  readonly lines: FalsifiableLines<LltpCase>;

  constructor(write: (line: OwnAct) => Line, books: Pick<ShowLines<LltpCase>, 'show' | 'put'>) {
    const written = (act: OwnAct): void => this.take(write(act));
    this.lines = new FalsifiableLines({ ...books, agency: 'lltp', cases: this.cases, write: written });
  }

  get(code: string): LltpCase | undefined {
    return this.cases.get(code);
  }

  all(): Iterable<LltpCase> {
    return this.cases.values();
  }

  get nextRecordNumber(): number {
    return this.records + 1;
  }

  take(line: Line): void {
    if (this.lines.take(line)) return;
    if (line.effect === 'own') this.takeOwnAct(line);
    else if (line.effect === 'applied') this.takeArrival(line);
  }

  private takeArrival(line: Written<Arrival>): void {
    const before = this.cases.get(line.code);
    this.cases.set(line.code, {
      ...(line.kept as Kept),
      code: line.code,
      status: line.status ?? 2,
      hash: line.hash,
      hashes: [...(before?.hashes ?? []), line.hash],
      askedForSupplement: before?.askedForSupplement ?? false,
      movedAt: Date.parse(line.at),
    });
  }

  /** A case that came with its ministry from another system; of which province isn't known. */
  private takeOver(line: Written<OwnAct>): void {
    this.cases.set(line.code, {
      ...(line.kept as Kept),
      maTinh: '',
      code: line.code,
      status: line.status ?? 2,
      hash: '',
      hashes: [],
      askedForSupplement: false,
      movedAt: Date.parse(line.at),
    });
  }

  private takeOwnAct(line: Written<OwnAct>): void {
    if (line.operation === 'processing') {
      this.processing = line.kept as Processing;
      return;
    }
    if (line.operation === 'taken-over') {
      this.takeOver(line);
      return;
    }
    const held = this.cases.get(line.code);
    if (!held) return;
    if (line.operation === 'revocation') {
      held.revocation = line.kept as Revocation;
      return;
    }
    held.status = line.status ?? held.status;
    held.movedAt = Date.parse(line.at);
    held.askedForSupplement ||= held.status === 5;
    delete held.reason;
    if (line.operation === 'record') {
      held.record = line.kept as IssuedRecord;
      delete held.revocation;
      this.records += 1;
    } else if (line.kept !== undefined) held.reason = (line.kept as { reason: string }).reason;
  }
}

/** Writes a line and applies it: no state changes in any other way. */
export class LltpRecorder {
  constructor(
    private readonly book: PartnerBook,
    private readonly cases: LltpCases,
  ) {}

  arrived(
    operation: string,
    code: string,
    hash: string,
    effect: Effect,
    more: { status?: number; kept?: unknown } = {},
  ): void {
    this.cases.take(this.book.append({ agency: 'lltp', operation, code, hash, effect, ...more }));
  }

  acted(operation: string, code: string, more: { status?: number; kept?: unknown } = {}): void {
    this.cases.take(this.book.append({ agency: 'lltp', operation, code, effect: 'own', ...more }));
  }
}
