import { FalsifiableLines, type Falsifiable } from '../lines/falsifiable.js';
import { judged, type Standing } from '../lines/standing.js';
import { dayOf, fromDayMonthYear } from '../stand-in/real-dates.js';
import type { Arrival, Effect, OwnAct, Written } from '../stand-in/book.js';
import type { PartnerBook } from '../stand-in/stand-in.js';

/** As the guide names them: received by the department, in process, record ready. */
export type DecStatus = 3 | 4 | 5;

/** How fast the clerks work; null: they leave the step to somebody's call. */
export interface Processing {
  toInProgressMs: number | null;
  toDoneMs: number | null;
}

/** What a registration leaves behind. */
export interface Kept {
  /** As two books compare them. */
  applicantName?: string | null;
  applicantId?: string | null;
  /** How its sender spelled the three forms. */
  spelling: 'WSForm' | 'Form';
  formType: number;
  isBanPosition: number;
  /** dd/MM/yyyy. */
  received: string;
  promised: string;
}

/** `code` is RECEIVE_NO: idReceivedDec as it is held here. */
export interface FirstLltpCase extends Kept, Falsifiable {
  declarationId: string;
  status: DecStatus;
  hash: string;
  /** dd/MM/yyyy, once the record is ready. */
  approved: string;
  issued: string;
  /** The status that its next list still shows; undefined: taken. */
  news: DecStatus | undefined;
  /** The ministry moved it to another system: it is no longer worked on here. */
  handedOver: boolean;
  movedAt: number;
}

type Line = Written<Arrival | OwnAct>;
const firstDeclaration = 700_001;

/** All that this partner holds. Changes only by lines of its book. */
export class FirstLltpCases {
  private readonly cases = new Map<string, FirstLltpCase>();
  processing: Processing = { toInProgressMs: 2_000, toDoneMs: 4_000 };

  readonly lines: FalsifiableLines<FirstLltpCase>;

  constructor(write: (line: OwnAct) => Line) {
    this.lines = new FalsifiableLines({
      agency: 'lltp-gen1',
      cases: this.cases,
      show: shownAs,
      put: (held, { status, ...rest }) => {
        if (typeof status === 'string') Object.assign(held, { status: asTheirs(status), news: asTheirs(status) });
        return rest;
      },
      write: (act) => this.take(write(act)),
    });
  }

  get(code: string): FirstLltpCase | undefined {
    return this.cases.get(code);
  }

  all(): Iterable<FirstLltpCase> {
    return this.cases.values();
  }

  news(): FirstLltpCase[] {
    return [...this.cases.values()].filter(({ news, handedOver }) => news !== undefined && !handedOver);
  }

  take(line: Line): void {
    if (this.lines.take(line)) return;
    if (line.effect === 'applied') this.register(line);
    else if (line.effect === 'own') this.act(line);
  }

  private register(line: Written<Arrival>): void {
    this.cases.set(line.code, {
      ...(line.kept as Kept),
      code: line.code,
      declarationId: String(firstDeclaration + this.cases.size),
      status: 3,
      hash: line.hash,
      approved: '',
      issued: '',
      news: 3,
      handedOver: false,
      movedAt: Date.parse(line.at),
    });
  }

  private act(line: Written<OwnAct>): void {
    if (line.operation === 'processing') {
      this.processing = line.kept as Processing;
      return;
    }
    const held = this.cases.get(line.code);
    if (!held) return;
    switch (line.operation) {
      case 'taken':
        // What moved on since the list was read is news again.
        if (held.news === line.status) held.news = undefined;
        return;
      case 'handed-over':
        held.handedOver = true;
        return;
      case 'status':
        held.status = line.status as DecStatus;
        held.news = held.status;
        held.movedAt = Date.parse(line.at);
        Object.assign(held, line.kept);
    }
  }
}

/** Received, in process and ready in the words of a line. */
const statusWords: Readonly<Record<DecStatus, string>> = { 3: '2', 4: '4', 5: '9' };
const asTheirs = (status: string): DecStatus => (status === '2' ? 3 : status === '4' ? 4 : 5);
const isoDay = (day: string): string | null => (day === '' ? null : fromDayMonthYear(day));

/** It keeps neither the procedure nor the record itself. */
function shownAs({ status, received, promised, approved, ...held }: FirstLltpCase): Omit<Standing, 'key'> {
  const dueOn = isoDay(promised);
  const finishedOn = status === 5 ? isoDay(approved) : null;
  return {
    receivedOn: isoDay(received) ?? '1970-01-01',
    fields: {
      status: statusWords[status],
      receivedOn: isoDay(received),
      dueOn,
      finishedOn,
      judged: judged(Number(statusWords[status]), finishedOn, dueOn, dayOf(new Date())),
      applicantName: held.applicantName ?? null,
      applicantId: held.applicantId ?? null,
    },
  };
}

/** Writes a line and applies it: no state changes in any other way. */
export class FirstLltpRecorder {
  constructor(
    private readonly book: PartnerBook,
    private readonly cases: FirstLltpCases,
  ) {}

  arrived(operation: string, code: string, hash: string, effect: Effect, kept?: Kept): void {
    const line = { agency: 'lltp-gen1', operation, code, hash, effect };
    this.cases.take(this.book.append(kept === undefined ? line : { ...line, kept }));
  }

  acted(operation: string, code: string, more: { status?: number; kept?: unknown } = {}): void {
    this.cases.take(this.book.append({ agency: 'lltp-gen1', operation, code, effect: 'own', ...more }));
  }
}
