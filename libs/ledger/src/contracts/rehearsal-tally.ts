import type { MemberDifference } from './differing-members.js';
import type { PastEvent } from './past-events.js';

/** `failing` is new; `still-failing` and `repaired` failed by the contract in force, too. */
export type Finding =
  'same' | 'changed' | 'failing' | 'still-failing' | 'repaired' | 'newly-received' | 'no-longer-received';

/** Names members and causes, never a value. */
export interface RehearsalExample {
  code: string;
  sequence: number;
  members?: MemberDifference[];
  reason?: string;
}

export interface FindingCount {
  events: number;
  /** Members that differ, causes, or types, each with the number of its events; what is beyond the first names is `…`. */
  reasons: Record<string, number>;
  examples: RehearsalExample[];
}

export interface ContractRehearsal {
  agency: string;
  /** Events recorded from then on. */
  since: string;
  /** The day of sending. */
  on: string;
  /** That the agency gets by either contract. */
  events: number;
  findings: Record<Finding, FindingCount>;
}

const MOST_EXAMPLES = 5;
const MOST_REASONS = 50;
const MOST_MEMBERS = 10;
const FINDINGS: readonly Finding[] = [
  'same',
  'changed',
  'failing',
  'still-failing',
  'repaired',
  'newly-received',
  'no-longer-received',
];

export const emptyRehearsal = (agency: string, since: Date, on: string): ContractRehearsal => ({
  agency,
  since: since.toISOString(),
  on,
  events: 0,
  findings: Object.fromEntries(FINDINGS.map((f) => [f, { events: 0, reasons: {}, examples: [] }])) as unknown as Record<
    Finding,
    FindingCount
  >,
});

/** Counts in bounded memory, however many events there are. */
export class Tally {
  looked = 0;

  constructor(readonly result: ContractRehearsal) {}

  add(
    finding: Finding,
    event: PastEvent,
    reasons: readonly string[],
    more: Pick<RehearsalExample, 'members' | 'reason'> = {},
  ): void {
    const count = this.result.findings[finding];
    this.result.events++;
    count.events++;
    for (const reason of reasons) {
      const name = reason in count.reasons || Object.keys(count.reasons).length < MOST_REASONS ? reason : '…';
      count.reasons[name] = (count.reasons[name] ?? 0) + 1;
    }
    if (finding === 'same' || count.examples.length >= MOST_EXAMPLES) return;
    const members = more.members?.slice(0, MOST_MEMBERS);
    count.examples.push({
      code: event.caseCode,
      sequence: event.sequence,
      ...more,
      ...(members ? { members } : {}),
    });
  }
}
