import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { Book } from '../stand-in/book.js';
import type { FileStore } from './file-store.js';
import { HubClient, type HubAnswer } from './hub-client.js';
import { SubmitToHub } from './submit-to-hub.js';
import { eventSubmission, readSubmission, type AfterResult, type Submission } from './submission.js';
import type { Secret } from '../stand-in/secrets.js';

/** One 202 of the hub. */
interface Accepted {
  code: string;
  key: string;
  eventId: string;
  sequence: number;
  type: string;
}

type JournalLine =
  | { did: 'take'; submission: Submission }
  | { did: 'refused'; key: string; code: string; status: number; problem: string; detail: string };

/** How one submission of a case stands, for the counter's own screen. */
export interface SubmissionState {
  key: string;
  type: string;
  state: 'pending' | 'accepted' | 'refused';
  sequence?: number;
  problem?: string;
  detail?: string;
}

/** The one more that a caller may hand over while this many wait; a bulk is read no faster than the hub takes it. */
const mostPending = 4_000;

/** What the one-stop sends: taken on disk first, then sent until the hub has said yes or no, also after a restart. */
export class Submissions {
  private readonly journal: Book<JournalLine>;
  private readonly submitted: Book<Accepted>;
  private readonly hub: HubClient;
  private readonly sender: SubmitToHub;
  private readonly keys = new Set<string>();
  private readonly states = new Map<string, SubmissionState[]>();
  private readonly plans = new Map<string, AfterResult>();
  private readonly pendingAtStart: Submission[];
  private refusedCount = 0;
  private roomWaiters: (() => void)[] = [];

  constructor(
    settings: { booksDir: string; intakeUrl: string; intakeKey: Secret },
    private readonly files: FileStore,
    /** What the hub took, before it counts as taken here: told once more after a crash in between. */
    private readonly entered: (submission: Submission, eventId: string, sequence: number) => void = () => undefined,
  ) {
    const open = new Map<string, Submission>();
    this.journal = new Book<JournalLine>(join(settings.booksDir, 'submissions.ndjson'), (line) => {
      if (line.did === 'take') {
        this.remember(line.submission);
        open.set(line.submission.key, line.submission);
      } else {
        open.delete(line.key);
        this.refusedCount += 1;
        Object.assign(this.stateOf(line.code, line.key) ?? {}, {
          state: 'refused',
          problem: line.problem,
          detail: line.detail,
        });
      }
    });
    this.submitted = new Book<Accepted>(join(settings.booksDir, 'submitted.ndjson'), (line) => {
      open.delete(line.key);
      Object.assign(this.stateOf(line.code, line.key) ?? {}, { state: 'accepted', sequence: line.sequence });
    });
    this.hub = new HubClient(settings.intakeUrl, settings.intakeKey, files);
    this.sender = new SubmitToHub({
      submit: (submission) => this.hub.submit(submission),
      taken: (submission, eventId, sequence) => this.accepted(submission, eventId, sequence),
      refused: (submission, answer) => this.turnedDown(submission, answer),
    });
    this.pendingAtStart = [...open.values()];
  }

  start(): void {
    for (const submission of this.pendingAtStart.splice(0)) this.sender.add(submission);
  }

  /** taken: on disk. known: this key was taken before. */
  take(body: unknown): { outcome: 'taken' | 'known' } | { outcome: 'invalid'; detail: string } {
    const read = readSubmission(body);
    if (typeof read === 'string') return { outcome: 'invalid', detail: read };
    for (const { sha256, base64 } of read.uploads) {
      if (!this.files.keep(sha256, Buffer.from(base64, 'base64')))
        return { outcome: 'invalid', detail: `file ${sha256} has another hash` };
    }
    return { outcome: this.takeOne(read.submission) };
  }

  /** Resolves when another submission may be handed over. */
  async room(): Promise<void> {
    while (this.sender.pending >= mostPending) await new Promise<void>((resolve) => this.roomWaiters.push(resolve));
  }

  /** The plan of a case that has not been carried out. */
  planAfterResult(code: string): AfterResult | undefined {
    const plan = this.plans.get(code);
    return plan && !this.keys.has(plan.key) ? plan : undefined;
  }

  carryOut(code: string, plan: AfterResult): void {
    this.takeOne(eventSubmission(plan.key, code, plan.event));
  }

  of(code: string): SubmissionState[] {
    return this.states.get(code) ?? [];
  }

  state(): object {
    return { ...this.sender.state(), accepted: this.submitted.length, refused: this.refusedCount };
  }

  acceptedAfter(n: number): Readable {
    return this.submitted.read(n, (_line, text) => text);
  }

  refused(): Readable {
    return this.journal.read(0, (line, text) => (line.did === 'refused' ? text : undefined));
  }

  /** From the own store, else from the hub, kept if its bytes have the hash. */
  async file(sha256: string): Promise<Buffer | undefined> {
    const own = this.files.read(sha256);
    if (own) return own;
    const bytes = await this.hub.download(sha256).catch(() => undefined);
    return bytes && this.files.keep(sha256, bytes) ? bytes : undefined;
  }

  async stop(): Promise<void> {
    this.sender.stop();
    await this.hub.close();
    this.journal.close();
    this.submitted.close();
  }

  private takeOne(submission: Submission): 'taken' | 'known' {
    if (this.keys.has(submission.key)) return 'known';
    this.journal.append({ did: 'take', submission });
    this.remember(submission);
    this.sender.add(submission);
    return 'taken';
  }

  private remember(submission: Submission): void {
    const { key, code, type, afterResult } = submission;
    this.keys.add(key);
    if (afterResult) this.plans.set(code, afterResult);
    const states = this.states.get(code);
    const state: SubmissionState = { key, type, state: 'pending' };
    if (states) states.push(state);
    else this.states.set(code, [state]);
  }

  private stateOf(code: string, key: string): SubmissionState | undefined {
    return this.states.get(code)?.find((state) => state.key === key);
  }

  private accepted(submission: Submission, eventId: string, sequence: number): void {
    this.entered(submission, eventId, sequence);
    this.submitted.append({ code: submission.code, key: submission.key, eventId, sequence, type: submission.type });
    Object.assign(this.stateOf(submission.code, submission.key) ?? {}, { state: 'accepted', sequence });
    this.makeRoom();
  }

  private turnedDown(submission: Submission, { status, code: problem, detail }: HubAnswer & { kind: 'refused' }): void {
    this.journal.append({ did: 'refused', key: submission.key, code: submission.code, status, problem, detail });
    this.refusedCount += 1;
    Object.assign(this.stateOf(submission.code, submission.key) ?? {}, { state: 'refused', problem, detail });
    this.makeRoom();
  }

  private makeRoom(): void {
    for (const resolve of this.roomWaiters.splice(0)) resolve();
  }
}
