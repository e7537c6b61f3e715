import { durationMs } from '#domain';
import type { DueCollection } from '#ledger';
import type { CaseStatus, ContractVersion } from '#wire';

type Afterwards = { everyMs: number; forMs: number };

const afterwardsOf = ({ collect }: ContractVersion): Afterwards | undefined => {
  const afterwards = collect?.ask === 'per-case' ? collect.afterwards : undefined;
  return afterwards && { everyMs: durationMs(afterwards.every), forMs: durationMs(afterwards.for) };
};

/** How often a case is asked for: seldom, once its final answer is there. */
export function everyOf(contract: ContractVersion, due: DueCollection): number {
  const afterwards = due.afterwardsMs === null ? undefined : afterwardsOf(contract);
  return afterwards?.everyMs ?? durationMs(contract.collect!.every);
}

/** Asked on after the final answer and for long enough, or by a contract that no longer says so. */
export function isOver(contract: ContractVersion, due: DueCollection): boolean {
  return due.afterwardsMs !== null && due.afterwardsMs >= (afterwardsOf(contract)?.forMs ?? 0);
}

/** What follows the final answer. Only what has a result can be revoked: a refusal or a withdrawal ends the asking. */
export function afterFinal(
  contract: ContractVersion,
  due: DueCollection,
  status: CaseStatus | undefined,
): { ended: true } | { ended: false; nextInMs: number; isAfterwards: true } {
  const afterwards = afterwardsOf(contract);
  const hasResult = status === undefined ? due.afterwardsMs !== null : status >= 9;
  if (!afterwards || !hasResult || isOver(contract, due)) return { ended: true };
  return { ended: false, nextInMs: afterwards.everyMs, isAfterwards: true };
}
