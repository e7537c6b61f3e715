import type { Compared } from '#wire';

import { FalsifiableLines, type Falsifiable } from '../lines/falsifiable.js';
import type { Standing } from '../lines/standing.js';
import { fromDayMonthYear } from '../stand-in/real-dates.js';
import { nameOf, textAt } from '../stand-in/text-at.js';
import type { Arrival, Effect, OwnAct, Written } from '../stand-in/book.js';
import type { PartnerBook } from '../stand-in/stand-in.js';

type Members = Record<string, unknown>;

/** What the receiver keeps of a return that later answers, and whoever judges, need. Nothing personal. */
export interface Kept {
  /** soPhieuLLTP, and the SHA-256 of the record as it arrived. */
  record?: { number: string; sha256: string };
  /** SoQuyetDinh; only of a revocation. */
  revokedBy?: string;
}

/** What it knows of a case that was filed in it, as two books compare it. */
export interface Filed {
  receivedOn: string;
  applicantName: string | null;
  applicantId: string | null;
}

export interface VneidCase extends Kept, Falsifiable {
  status: number;
  /** Of every item that was applied; the newest is last. */
  hashes: string[];
  filed?: Filed;
}

type Line = Written<Arrival | OwnAct>;

/** All that VNeID, and the ministry behind it, hold of a province's cases. Changes only by lines of its book. */
export class VneidCases {
  private readonly cases = new Map<string, VneidCase>();

  readonly lines: FalsifiableLines<VneidCase>;

  constructor(private readonly write: (line: Arrival | OwnAct) => Line) {
    this.lines = new FalsifiableLines({
      agency: 'vneid',
      cases: this.cases,
      show: shownAs,
      put: putInto,
      write: (act) => this.take(this.write(act)),
    });
  }

  get(code: string): VneidCase | undefined {
    return this.cases.get(code);
  }

  all(): Iterable<VneidCase> {
    return this.cases.values();
  }

  record(operation: string, code: string, hash: string, effect: Effect, more: { status?: number; kept?: Kept } = {}) {
    this.take(this.write({ agency: 'vneid', operation, code, hash, effect, ...more }));
  }

  acted(operation: string, code: string, status: number, kept?: { filed: Filed }): void {
    const act = { agency: 'vneid', operation, code, effect: 'own', status } as const;
    this.take(this.write(kept ? { ...act, kept } : act));
  }

  take(line: Line): void {
    if (this.lines.take(line)) return;
    if (line.effect !== 'own' && line.effect !== 'applied') return;
    const held = this.cases.get(line.code) ?? { code: line.code, status: 0, hashes: [] };
    this.cases.set(line.code, held);
    held.status = line.status ?? held.status;
    const kept = (line.kept ?? {}) as Kept & { filed?: Filed };
    if (kept.filed) held.filed = kept.filed;
    if (line.effect === 'own') return;
    held.hashes.push(line.hash);
    held.falsified = undefined;
    if (!kept.record) return;
    held.record = kept.record;
    // Another record that is issued after a revocation stands.
    delete held.revokedBy;
    if (kept.revokedBy !== undefined) held.revokedBy = kept.revokedBy;
  }
}

/** TaoHoSo's body, as its sender keeps it. */
export function filedAs(body: Members): Filed {
  const declared = (body['toKhai'] ?? {}) as Members;
  return {
    receivedOn: fromDayMonthYear(textAt(body, 'ngayTiepNhan')),
    applicantName: nameOf(textAt(declared, 'nycHoTen')),
    applicantId: textAt(declared, 'nycSoGiayTo') || null,
  };
}

/** A line a case that was filed here; it isn't told a procedure or a number of rows, and no due date before something is returned. */
function shownAs({ status, filed, record, revokedBy }: VneidCase): Omit<Standing, 'key'> | undefined {
  if (!filed) return undefined;
  const stands = record !== undefined && revokedBy === undefined ? record : undefined;
  return {
    receivedOn: filed.receivedOn,
    fields: {
      ...filed,
      status: String(status),
      resultNumber: stands?.number ?? null,
      resultFile: stands?.sha256 ?? null,
      resultStands: stands ? 'yes' : record ? 'revoked' : 'no',
    },
  };
}

function putInto(held: VneidCase, { status, resultNumber, resultFile, resultStands, ...rest }: Compared): Compared {
  // It stands otherwise now than what arrived last said: the same sent again is applied.
  held.hashes.push('');
  if (typeof status === 'string') held.status = Number(status);
  if (resultStands === 'yes') delete held.revokedBy;
  if (held.record) {
    if (typeof resultNumber === 'string') held.record.number = resultNumber;
    if (typeof resultFile === 'string') held.record.sha256 = resultFile;
    return resultStands === undefined || resultStands === 'yes' ? rest : { ...rest, resultStands };
  }
  return Object.assign(rest, given({ resultNumber, resultFile, resultStands }));
}

const given = (fields: { [name in keyof Compared]: Compared[name] | undefined }): Compared =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export const openVneidCases = (
  open: (replay: (line: Line) => void) => PartnerBook,
): { book: PartnerBook; cases: VneidCases } => {
  const cases: VneidCases = new VneidCases((line) => book.append(line));
  const book = open((line) => cases.take(line));
  return { book, cases };
};
