import type { PairDiscrepancy } from './type-of.js';

export type Discrepant =
  PairDiscrepancy | 'missing-there' | 'missing-here' | 'other-code' | 'two-under-one' | 'doubled-there';
export type Settling = 'resend' | 'fetch' | 'adopt-code' | 'correct-here' | 'ask-counter' | 'ask-partner';
export type MustAct = 'ours' | 'theirs' | 'data';

/** What the agency's contract lets it do, as far as it decides who is right. */
export interface Party {
  /** It reports statuses and results itself: of these its books are the first to know. */
  reports: boolean;
  /** We can ask it for a case of ours. */
  canBeAsked: boolean;
  /** It gives a list of what is new there: so a case that nobody entered here may come, too. */
  lists?: boolean;
  /** Types in which its contract says that its books are right, and ours take over what they say. */
  authorityIn?: readonly string[];
}

/** The one action that settles a discrepancy, by its type and the fields that differ. */
export function settlingOf(
  type: Discrepant,
  fields: readonly string[],
  { reports, canBeAsked, lists = false, authorityIn = [] }: Party,
  dueHere = true,
): Settling {
  if (authorityIn.includes(type) && takenOver(type, fields) !== undefined) return 'correct-here';
  switch (type) {
    case 'missing-there':
    case 'revoked-still-there':
    case 'progress-missing':
      return 'resend';
    case 'missing-here':
      // Who is asked case by case is asked for ours, and says how they stand: no answer of his opens a case.
      return lists ? 'fetch' : 'ask-partner';
    case 'other-code':
      return 'adopt-code';
    case 'two-under-one':
    case 'doubled-there':
      return 'ask-partner';
    case 'status-differs':
    case 'file-differs':
      return reports && canBeAsked ? 'fetch' : 'resend';
    case 'deadline-differs':
      if (!dueHere) return 'correct-here';
      return fields.includes('dueOn') ? 'resend' : 'ask-partner';
    case 'field-differs':
      // Rows there that nobody sent: a resend takes none away.
      if (fields.every((field) => field === 'progressRows' || field === 'progress')) return 'ask-partner';
      return fields.some((field) => field === 'applicantName' || field === 'applicantId') ? 'ask-counter' : 'resend';
  }
}

/** The field that correcting a case here takes from the other books; undefined: a discrepancy that isn't corrected so. */
export function takenOver(type: Discrepant, fields: readonly string[]): 'status' | 'dueOn' | undefined {
  if (type === 'status-differs') return 'status';
  return type === 'deadline-differs' && fields.includes('dueOn') ? 'dueOn' : undefined;
}

/** What the hub may do about each; anything else would send what isn't wanted, or double what is there under another code. */
const byTheHub: Readonly<Record<Discrepant, readonly Settling[]>> = {
  'missing-there': ['resend'],
  'revoked-still-there': ['resend'],
  'progress-missing': ['resend'],
  'missing-here': ['fetch'],
  'other-code': ['adopt-code'],
  'two-under-one': [],
  'doubled-there': [],
  'status-differs': ['resend', 'fetch'],
  'file-differs': ['resend', 'fetch'],
  'deadline-differs': ['resend', 'fetch'],
  'field-differs': ['resend', 'fetch'],
};

/** Whether only people can: whoever keeps the other books. */
export const isForPeople = (settling: Settling): boolean => settling === 'ask-partner';

/**
 * Done by the hub where a contract gives it the way, a counter's or the agency's, else noted as done by people. A policy does
 * so only what is the one action of a discrepancy: it neither asks a counter for what a resend mends, nor the other way round.
 */
export const isByContract = (settling: Settling): boolean => settling === 'correct-here' || settling === 'ask-counter';

/** Whether a discrepancy of this type may be settled so, by a person's word or a contract's. */
export const maySettle = (type: Discrepant, settling: Settling): boolean =>
  isForPeople(settling) || isByContract(settling) || byTheHub[type].includes(settling);

/** Who must act follows from what must be done. */
export function ownerOf(settling: Settling): MustAct {
  if (settling === 'ask-partner') return 'theirs';
  return settling === 'correct-here' || settling === 'ask-counter' ? 'data' : 'ours';
}
