import type { Form } from './lane.js';

/**
 * Fixed by what the event is; only the rest is the contract's to declare. A result, its revocation and a withdrawal change
 * what a citizen holds, a merge whose case it is: no newer state makes them needless.
 */
export function formOf(shortType: string, fullStates: readonly string[] = []): Form {
  if (shortType === 'case.result-revoked') return 'revocation';
  if (shortType === 'case.result-issued') return 'result';
  if (shortType === 'case.withdrawn' || shortType === 'case.merged') return 'barrier';
  return fullStates.includes(shortType) ? 'full' : 'delta';
}
