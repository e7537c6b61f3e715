import { isFinal } from '#domain';
import { caseSubject, type CaseStatus, type EventType } from '#wire';
import { refusal, type Refusal } from '../admit/refusal.js';
import type { Entered, EntryBatcher } from './entry-batcher.js';
import { toEntryItem, type Checked, type Contracts, type Report } from './to-entry-item.js';

export type Door = 'case' | 'event' | 'batch' | 'inbox' | 'collect' | 'portal' | 'lltp';

/** What a sender is told of something that the hub has. 202: written just now; 200: known already. */
export interface EntryAnswer {
  outcome: 'accepted' | 'repeated' | 'unchanged';
  subject: string;
  /** The event's id, its place in the case's stream and its body's hash; the same again for a repeat. */
  eventId?: string;
  sequence?: number;
  hash?: string;
  /** Statuses that were left out on the way. */
  skipped?: CaseStatus[];
}

export type Outcome =
  | { kind: 'held'; status: 200 | 202; answer: EntryAnswer }
  /** `isOver`: the case stands at a status that nothing follows. `isOvertaken`: compared with what is no longer so. */
  | { kind: 'refused'; refusal: Refusal; isOver?: true; isOvertaken?: true };

/** Every door's way to the ledger: check, enter with others, say what became of it, count it. */
export class EnterReport {
  constructor(
    private readonly batcher: EntryBatcher,
    private readonly contracts: Contracts,
    private readonly count: (door: Door, outcome: string) => void,
  ) {}

  /** Items of one case that are given in order are entered in order. */
  async run(report: Report, door: Door): Promise<Outcome> {
    const checked = toEntryItem(report, this.contracts);
    const outcome =
      checked.kind === 'refused' ? checked : outcomeOf(report, checked, await this.batcher.enter(checked.item));
    this.count(door, outcome.kind === 'held' ? outcome.answer.outcome : outcome.refusal.code);
    return outcome;
  }

  /** Asked ahead by a door that makes several reports of one message: all of them, or none. Undefined: nothing is wrong. */
  check(report: Report): Refusal | undefined {
    const checked = toEntryItem(report, this.contracts);
    return checked.kind === 'refused' ? checked.refusal : undefined;
  }

  maySend(sender: string, type: EventType, day?: string): boolean {
    return this.contracts.maySend(sender, type, day);
  }

  /** Before `run`, for doors whose senders can be made to wait. */
  room(): Promise<void> {
    return this.batcher.room();
  }
}

const refused = (r: Refusal): Outcome => ({ kind: 'refused', refusal: r });

/** Total over Entered: a new outcome of the ledger doesn't compile until it is decided here what its sender is told. */
function outcomeOf(report: Report, checked: Extract<Checked, { kind: 'item' }>, entered: Entered): Outcome {
  const { at } = report;
  const subject = caseSubject(checked.item.caseCode);
  switch (entered.outcome) {
    case 'accepted': {
      const { outcome, eventId, sequence, bodyHash: hash, skipped } = entered;
      const answer: EntryAnswer = {
        outcome,
        eventId,
        subject,
        sequence,
        hash,
        ...(skipped.length > 0 ? { skipped } : {}),
      };
      return { kind: 'held', status: 202, answer };
    }
    case 'repeated': {
      const { outcome, eventId, sequence, bodyHash: hash } = entered;
      return { kind: 'held', status: 200, answer: { outcome, eventId, subject, sequence, hash } };
    }
    case 'unchanged':
      return { kind: 'held', status: 200, answer: { outcome: 'unchanged', subject } };
    case 'conflict': {
      const { held, received } = entered;
      return refused({ ...refusal('conflicting-body', at.data, 'same-as-before'), hashes: { held, received } });
    }
    case 'unknown-case':
      return refused(refusal('unknown-case', at.code, 'known'));
    case 'not-your-case':
      return refused(refusal('not-your-case', at.code, 'party'));
    case 'overtaken':
      return { kind: 'refused', refusal: { code: 'unavailable' }, isOvertaken: true };
    case 'status-cannot-follow':
      return {
        ...refused(refusal('status-cannot-follow', `${at.data}/status`, `follows:${entered.from ?? 'start'}`)),
        ...(entered.from !== null && isFinal(entered.from) ? { isOver: true } : {}),
      };
    case 'unavailable':
      return refused({ code: 'unavailable' });
    case 'failed':
      return refused({ code: 'internal' });
  }
}
