import { createHash } from 'node:crypto';

import { dayBefore, dayOf, fromDayMonthYear, toDayMonthYear } from '../stand-in/real-dates.js';
import type { IssuedRecord, LltpCase, LltpCases, LltpRecorder, Processing } from './cases.js';
import type { LltpWording } from './wording.js';

/** Moves each case by the partner's own clock: received 2, in process 4, perhaps 5 until a supplement comes, done 9 with its record. */
export class ProcessCases {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly cases: LltpCases,
    private readonly record: LltpRecorder,
    private readonly wording: LltpWording,
  ) {}

  start(): void {
    for (const held of this.cases.all()) this.expect(held);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  change(processing: Processing): void {
    this.record.acted('processing', '', { kept: processing });
    this.stop();
    this.start();
  }

  /** Sets the timer of a case's next step; called whenever its status has changed. */
  expect(held: LltpCase): void {
    clearTimeout(this.timers.get(held.code));
    this.timers.delete(held.code);
    const { toInProgressMs, toDoneMs } = this.cases.processing;
    const after = held.status === 2 ? toInProgressMs : held.status === 4 ? toDoneMs : null;
    if (after === null) return;
    const wait = Math.max(0, held.movedAt + after - Date.now());
    this.timers.set(
      held.code,
      setTimeout(() => this.step(held.code), wait),
    );
  }

  setStatus(code: string, status: number, reason?: string): void {
    this.record.acted('status', code, { status, ...(reason === undefined ? {} : { kept: { reason } }) });
    this.expectAgain(code);
  }

  issue(code: string, withConviction: boolean, status = 9): IssuedRecord | undefined {
    const held = this.cases.get(code);
    if (!held) return undefined;
    const number = `${String(this.cases.nextRecordNumber).padStart(5, '0')}/${this.wording.numberSuffix}`;
    const record: IssuedRecord = { number, issuedOn: issueDay(held), withConviction };
    this.record.acted('record', code, { status, kept: record });
    this.expectAgain(code);
    return record;
  }

  private expectAgain(code: string): void {
    const held = this.cases.get(code);
    if (held) this.expect(held);
  }

  private step(code: string): void {
    const held = this.cases.get(code);
    if (!held) return;
    const { supplementShare, recordShare } = this.cases.processing;
    if (held.status === 2) this.setStatus(code, 4);
    else if (held.status !== 4) return;
    else if (!held.askedForSupplement && chance(code, 'supplement') < supplementShare)
      this.setStatus(code, 5, this.wording.supplementReason);
    else this.issue(code, chance(code, 'record') < recordShare);
  }
}

/** A number from 0 to 1 that a case keeps through every run. */
const chance = (code: string, what: string): number =>
  createHash('sha256').update(`${what} ${code}`).digest().readUInt32BE(0) / 2 ** 32;

/** Today, or the day before it was promised where that is past already: a replayed year gets records of that year. */
function issueDay(held: LltpCase): string {
  const today = dayOf(new Date());
  const received = fromDayMonthYear(held.ngayTiepNhan);
  if (!held.ngayHenTra) return toDayMonthYear(today);
  const promised = dayBefore(fromDayMonthYear(held.ngayHenTra));
  const day = promised < today ? promised : today;
  return toDayMonthYear(day < received ? received : day);
}
