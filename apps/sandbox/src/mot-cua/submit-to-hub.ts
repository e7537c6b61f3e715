import { connections, type HubAnswer } from './hub-client.js';
import type { Submission } from './submission.js';

const firstPauseMs = 50;
const longestPauseMs = 2_000;

export interface SubmitterPorts {
  submit(submission: Submission): Promise<HubAnswer>;
  /** Written to disk before this returns. */
  taken(submission: Submission, eventId: string, sequence: number): void;
  refused(submission: Submission, answer: HubAnswer & { kind: 'refused' }): void;
}

/**
 * Sends what is pending, for ever, in order per case and up to 64 at once. While the hub turns everyone away, one request
 * after growing pauses asks whether it is back; then the window doubles with each answer.
 */
export class SubmitToHub {
  private readonly lanes = new Map<string, Submission[]>();
  private ready: string[] = [];
  private readonly laneTries = new Map<string, number>();
  private inFlight = 0;
  private waiting = 0;
  private window = connections;
  private pauses = 0;
  private pause: NodeJS.Timeout | undefined;
  private stopped = false;
  private because: string | undefined;

  constructor(private readonly ports: SubmitterPorts) {}

  get pending(): number {
    return this.waiting;
  }

  state(): { pending: number; inFlight: number; waitingBecause?: string } {
    return {
      pending: this.waiting,
      inFlight: this.inFlight,
      ...(this.because === undefined ? {} : { waitingBecause: this.because }),
    };
  }

  add(submission: Submission): void {
    this.waiting += 1;
    const lane = this.lanes.get(submission.code);
    if (lane) {
      lane.push(submission);
      return;
    }
    this.lanes.set(submission.code, [submission]);
    this.ready.push(submission.code);
    this.pump();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.pause);
  }

  private pump(): void {
    while (!this.stopped && this.pause === undefined && this.inFlight < this.window) {
      const code = this.ready.shift();
      if (code === undefined) return;
      void this.send(code);
    }
  }

  private async send(code: string): Promise<void> {
    const lane = this.lanes.get(code);
    const submission = lane?.[0];
    if (!lane || !submission) return;
    this.inFlight += 1;
    const answer = await this.ports.submit(submission);
    this.inFlight -= 1;
    if (this.stopped) return;
    if (answer.kind === 'later') this.again(code, answer);
    else {
      if (answer.kind === 'taken') this.ports.taken(submission, answer.eventId, answer.sequence);
      else this.ports.refused(submission, answer);
      this.settled(code, lane);
    }
    this.pump();
  }

  private settled(code: string, lane: Submission[]): void {
    this.because = undefined;
    this.pauses = 0;
    this.window = Math.min(connections, this.window * 2);
    this.laneTries.delete(code);
    this.waiting -= 1;
    lane.shift();
    if (lane.length === 0) this.lanes.delete(code);
    else this.ready.push(code);
  }

  private again(code: string, answer: HubAnswer & { kind: 'later' }): void {
    this.because = answer.because;
    if (!answer.everyone) {
      const tries = this.laneTries.get(code) ?? 0;
      this.laneTries.set(code, tries + 1);
      setTimeout(
        () => {
          this.ready.push(code);
          this.pump();
        },
        answer.afterMs ?? pauseAfter(tries),
      ).unref();
      return;
    }
    this.ready.unshift(code);
    this.window = 1;
    if (this.pause !== undefined) return;
    this.pause = setTimeout(
      () => {
        this.pause = undefined;
        this.pump();
      },
      answer.afterMs ?? pauseAfter(this.pauses),
    );
    this.pauses += 1;
  }
}

const pauseAfter = (tries: number): number => Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries, 10));
