import { createHash } from 'node:crypto';

import { faultNames, kindOf, type FaultName } from './fault-kinds.js';
import type { Manner } from './manner.js';

/** What an operator, a test or a scenario asks a stand-in to do wrong; what each does stands in fault-kinds.ts. */
export interface Fault {
  down?: true;
  slowMs?: number;
  slowAnswerMs?: number;
  dripMs?: number;
  hang?: number;
  cutBefore?: number;
  loseAnswer?: number;
  certificate?: 'expired' | 'other-host' | 'unknown-authority';
  busy?: number;
  unavailable?: true;
  maintenance?: true;
  rejectPage?: number;
  reply?: ScriptedReply[];
  loginRefused?: number;
  sessionEndsAfter?: number;
  codesAs?: 'text' | 'number' | 'mixed';
  errorCodeButDone?: number;
  successButNot?: number;
  silentLoss?: number;
  answerRows?: 'shuffled' | 'missing' | 'doubled';
  lateStatus?: number;
  listMoves?: 'skips' | 'repeats';
  dayOff?: -1 | 1;
  digestLies?: number;
  rewriteStatus?: { from: number[]; to: number };
  dropPrefix?: true;
  firstRowsOnly?: number;
  enteredBefore?: number;
  firstFileOnly?: true;
  dropFilesOver?: number;
  tooLargeOver?: number;
  retiredCode?: string;
  refuseField?: { path: string; text: string; equals?: string };
  times?: number;
  /** `share`: of the codes, chosen by the seed; a case that is struck once is struck at its next request only by chance again. */
  when?: { code?: string; operation?: string; share?: number; seed?: number };
}

export interface ScriptedReply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
  html?: string;
}

export interface Asked {
  operation: string;
  codes: readonly string[];
  bytes: number;
}

/** A fault that a request has met. */
export interface Met {
  name: FaultName;
  fault: Fault;
  /** How often this fault was met, this time included. */
  hit: number;
}

export interface Held {
  fault: Fault;
  name: FaultName;
  left: number;
  hits: number;
  /** The scenario's step that asked for it. */
  step?: string;
  /** Requests seen of each code, for `share`. */
  seen: Map<string, number>;
}

/** Kinds of which several can bend one request; of the others the first that fits plays alone. */
const bending: ReadonlySet<FaultName> = new Set([
  'slowMs',
  'slowAnswerMs',
  'dripMs',
  'codesAs',
  'answerRows',
  'lateStatus',
  'listMoves',
  'dayOff',
  'digestLies',
  'rewriteStatus',
  'dropPrefix',
  'firstRowsOnly',
  'firstFileOnly',
  'dropFilesOver',
  'errorCodeButDone',
]);
const notMet: ReadonlySet<FaultName> = new Set(['down', 'certificate', 'refuseField', 'retiredCode']);

/** Counts what each fault hit. A restart of the stand-in forgets them. */
export class Faults {
  private held: Held[] = [];
  /** Told when the port has to open, close or show another certificate. */
  changed: () => Promise<void> = () => Promise.resolve();

  /** Replaces what was asked for by hand; a scenario's go on. */
  set(faults: Fault[]): Promise<void> {
    this.held = [...faults.map((fault) => hold(fault)), ...this.held.filter(({ step }) => step !== undefined)];
    return this.changed();
  }

  add(fault: Fault, step: string): Held {
    const held = hold(fault, step);
    this.held.push(held);
    void this.changed();
    return held;
  }

  remove(held: Held): void {
    this.held = this.held.filter((one) => one !== held);
    void this.changed();
  }

  get any(): boolean {
    return this.held.length > 0;
  }

  get down(): boolean {
    return this.held.some(({ fault }) => fault.down === true);
  }

  get certificate(): Fault['certificate'] {
    return this.held.find(({ name }) => name === 'certificate')?.fault.certificate;
  }

  show(): object[] {
    return this.held.map(({ fault, left, hits, step }) => ({
      ...fault,
      hits,
      ...(Number.isFinite(left) ? { left } : {}),
      ...(step === undefined ? {} : { step }),
    }));
  }

  /** A connection that a closed port turned away isn't seen; what was cut off when it closed is. */
  cutOff(connections: number): void {
    for (const held of this.held) if (held.fault.down) held.hits += connections;
  }

  /** A handshake under a wrong certificate. */
  handshake(): void {
    for (const held of this.held) if (held.name === 'certificate') held.hits += 1;
  }

  /** What this request meets: everything that bends it, and the first that takes it away from the partner. */
  meet(asked: Asked, manner: Manner): Met[] {
    const met: Met[] = [];
    for (const held of this.held) {
      if (held.left <= 0 || notMet.has(held.name) || !this.strikes(held, asked, manner)) continue;
      const alone = !bending.has(held.name);
      if (alone && met.some(({ name }) => !bending.has(name))) continue;
      held.hits += 1;
      held.left -= 1;
      met.push({ name: held.name, fault: held.fault, hit: held.hits });
    }
    return met;
  }

  /** The text with which this item is refused, if it is. */
  refusal(operation: string, code: string, item: unknown): { path: string; text: string } | undefined {
    for (const held of this.held) {
      const { refuseField, retiredCode } = held.fault;
      if (held.left <= 0 || (!refuseField && retiredCode === undefined)) continue;
      if (!fits(held.fault, { operation, codes: [code] }) || !chosen(held, [code])) continue;
      const why = refuseField ? refusedField(refuseField, item) : retired(retiredCode ?? '', item);
      if (!why) continue;
      held.hits += 1;
      held.left -= 1;
      return why;
    }
    return undefined;
  }

  private strikes({ name, fault, ...held }: Held, asked: Asked, manner: Manner): boolean {
    const over = fault.tooLargeOver ?? fault.dropFilesOver;
    return (
      (over === undefined || asked.bytes > over) &&
      fits(fault, asked) &&
      (kindOf(name).meets?.(manner, asked.operation) ?? true) &&
      chosen({ fault, seen: held.seen }, asked.codes)
    );
  }
}

function hold(fault: Fault, step?: string): Held {
  const name = faultNames.find((one) => one in fault) ?? 'reply';
  return { fault, name, left: allowance(fault), hits: 0, seen: new Map(), ...(step === undefined ? {} : { step }) };
}

/** The count that is the fault's own value, else `times`, else no end. */
function allowance(fault: Fault): number {
  const own =
    fault.hang ??
    fault.cutBefore ??
    fault.loseAnswer ??
    fault.busy ??
    fault.rejectPage ??
    fault.reply?.length ??
    fault.loginRefused ??
    fault.errorCodeButDone ??
    fault.successButNot ??
    fault.silentLoss ??
    fault.digestLies ??
    fault.enteredBefore;
  // Counted down by requests that pass; the one after them meets it.
  if (fault.sessionEndsAfter !== undefined) return fault.sessionEndsAfter + 1;
  return own ?? fault.times ?? Number.POSITIVE_INFINITY;
}

const fits = ({ when }: Fault, { operation, codes }: Pick<Asked, 'operation' | 'codes'>): boolean =>
  (when?.code === undefined || codes.includes(when.code)) &&
  (when?.operation === undefined || when.operation === operation);

/** The same seed strikes the same requests of the same codes, in whatever order they come. */
function chosen({ fault, seen }: Pick<Held, 'fault' | 'seen'>, codes: readonly string[]): boolean {
  const { share, seed = 0 } = fault.when ?? {};
  if (share === undefined) return true;
  const key = codes.join(' ');
  const nth = (seen.get(key) ?? 0) + 1;
  seen.set(key, nth);
  return createHash('sha256').update(`${seed} ${key} ${nth}`).digest().readUInt32BE(0) / 2 ** 32 < share;
}

function refusedField(
  field: NonNullable<Fault['refuseField']>,
  item: unknown,
): { path: string; text: string } | undefined {
  return field.equals === undefined || memberAt(item, field.path) === field.equals ? field : undefined;
}

const retired = (code: string, item: unknown): { path: string; text: string } | undefined =>
  holdsText(item, code) ? { path: '', text: `Mã ${code} không còn trong danh mục` } : undefined;

function holdsText(value: unknown, text: string): boolean {
  if (value === text) return true;
  return value !== null && typeof value === 'object' && Object.values(value).some((one) => holdsText(one, text));
}

function memberAt(item: unknown, path: string): unknown {
  let at: unknown = item;
  for (const key of path.split('.'))
    at = at !== null && typeof at === 'object' ? (at as Record<string, unknown>)[key] : undefined;
  return at;
}
