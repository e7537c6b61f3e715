import type { Form } from './lane.js';

/**
 * Fixed by what the event is; only the rest is the contract's to declare. A result, its revocation and a withdrawal change
 * what a citizen holds, a merge whose case it is, and what a counter is asked nobody else answers: no newer state makes them
 * needless.
 */
export function formOf(shortType: string, fullStates: readonly string[] = []): Form {
  if (shortType === 'case.result-revoked') return 'revocation';
  if (shortType === 'case.result-issued') return 'result';
  if (barriers.includes(shortType)) return 'barrier';
  return fullStates.includes(shortType) ? 'full' : 'delta';
}

const barriers = ['case.withdrawn', 'case.merged', 'case.correction-asked'];
