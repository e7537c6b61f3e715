import type { Fault } from './hub.js';

interface Passing {
  what: string;
  at: 'portal' | 'lltp';
  fault: Fault | Fault[];
  /** How often it has struck before it is taken away; absent: it ends by itself. */
  until?: number;
  /** Outcomes that the attempts must show. */
  shows: string[];
  /** Words that one of them must have kept before the fault is taken away. */
  says?: string;
}

const doubtFirst = 'doubt';
/** What goes by itself: nobody has to do anything, and afterwards both sides hold the same, once. */
export const passing: Passing[] = [
  {
    what: 'an answer that comes after the time-out',
    at: 'portal',
    fault: { slowAnswerMs: 1_500, times: 2, when: { operation: 'DongBoHoSoMC' } },
    shows: [doubtFirst],
  },
  {
    what: 'an answer in drops',
    at: 'portal',
    fault: { dripMs: 3_000, times: 2, when: { operation: 'DongBoHoSoMC' } },
    shows: [doubtFirst],
  },
  {
    what: 'a connection cut before booking',
    at: 'lltp',
    fault: { cutBefore: 2, when: { operation: 'gui-ho-so' } },
    shows: [doubtFirst, 'look-up: not-held'],
  },
  {
    what: 'a connection cut after booking',
    at: 'lltp',
    fault: { loseAnswer: 2, when: { operation: 'gui-ho-so' } },
    shows: [doubtFirst, 'look-up: held'],
  },
  {
    what: 'a request that is never answered',
    at: 'lltp',
    fault: { hang: 2, when: { operation: 'gui-ho-so' } },
    shows: [doubtFirst],
  },
  { what: '503 pages', at: 'lltp', fault: { unavailable: true }, until: 4, shows: ['wait'] },
  {
    what: 'maintenance pages with HTTP 200',
    at: 'portal',
    fault: { maintenance: true, when: { operation: 'DongBoHoSoMC' } },
    until: 3,
    shows: [doubtFirst],
  },
  {
    what: 'a firewall’s page with HTTP 200',
    at: 'lltp',
    fault: { rejectPage: 2, when: { operation: 'gui-ho-so' } },
    shows: [doubtFirst, 'look-up: not-held'],
  },
  {
    what: 'a certificate that ran out',
    at: 'portal',
    fault: { certificate: 'expired' },
    until: 1,
    shows: ['wait'],
    says: 'certificate expired',
  },
  {
    what: 'a key that is refused',
    at: 'lltp',
    fault: { loginRefused: 3, when: { operation: 'gui-ho-so' } },
    shows: ['wait'],
  },
  {
    what: 'a session that ends in the middle',
    at: 'portal',
    fault: { sessionEndsAfter: 1 },
    shows: ['log-in-and-resend'],
  },
  {
    what: 'a session that ends, and log-ins that are refused',
    at: 'portal',
    fault: [{ sessionEndsAfter: 0 }, { loginRefused: 2 }],
    shows: ['wait'],
  },
  {
    what: 'codes as text and as numbers',
    at: 'portal',
    fault: { codesAs: 'mixed' },
    until: 3,
    shows: ['acknowledged'],
  },
  {
    what: 'the code of an error with the words of success',
    at: 'portal',
    fault: { errorCodeButDone: 2, when: { operation: 'DongBoHoSoMC' } },
    shows: [doubtFirst],
  },
  {
    what: 'the code of success with the words of an error',
    at: 'portal',
    fault: { successButNot: 2, when: { operation: 'DongBoHoSoMC' } },
    shows: [doubtFirst],
  },
  {
    what: '“already there” on an add',
    at: 'portal',
    fault: { enteredBefore: 2, when: { operation: 'DongBoHoSoMC' } },
    shows: ['send-as-update'],
  },
];

interface Parking {
  what: string;
  at: 'portal' | 'lltp';
  fault: Fault;
  /** In the partner's words, where it has some that say more than ours. */
  reason: RegExp;
}

export const parking: Parking[] = [
  {
    what: 'a code that left the catalogue',
    at: 'portal',
    fault: { retiredCode: '1.001193' },
    reason: /không còn trong danh mục/,
  },
  {
    what: 'a request that is too large',
    at: 'portal',
    fault: { tooLargeOver: 500, when: { operation: 'DongBoHoSoMC' } },
    reason: /413/,
  },
  {
    what: 'a case that somebody entered by hand where it can’t be updated',
    at: 'lltp',
    fault: { enteredBefore: 2 },
    reason: /already held, and not by our doing/,
  },
];
