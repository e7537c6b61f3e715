import { dayOf, toDayMonthYear } from '../stand-in/real-dates.js';
import type { DecStatus, FirstLltpCase, FirstLltpCases, FirstLltpRecorder, Processing } from './cases.js';

/** Moves each case by the partner's own clock: 3 received, 4 in process, 5 its record is ready. */
export class ProcessFirstCases {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly cases: FirstLltpCases,
    private readonly record: FirstLltpRecorder,
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

  expect(held: FirstLltpCase): void {
    clearTimeout(this.timers.get(held.code));
    this.timers.delete(held.code);
    const { toInProgressMs, toDoneMs } = this.cases.processing;
    const after = held.status === 3 ? toInProgressMs : held.status === 4 ? toDoneMs : null;
    if (after === null || held.handedOver) return;
    const wait = Math.max(0, held.movedAt + after - Date.now());
    this.timers.set(
      held.code,
      setTimeout(() => this.move(held.code, held.status === 3 ? 4 : 5), wait),
    );
  }

  /** `day`: on which the record was approved and issued; dd/MM/yyyy, today if not said. */
  move(code: string, status: DecStatus, day = toDayMonthYear(dayOf(new Date()))): void {
    this.record.acted('status', code, { status, ...(status === 5 ? { kept: { approved: day, issued: day } } : {}) });
    const held = this.cases.get(code);
    if (held) this.expect(held);
  }
}
