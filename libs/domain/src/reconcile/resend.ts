import type { LaneDelivery } from '../lane/lane.js';
import { isRevoked, type Reopened } from '../lane/replay.js';
import type { Discrepant } from './settling.js';

export interface Resendable extends LaneDelivery {
  /** A row of progress: it says nothing of the case but its status. */
  isRow: boolean;
  /** Which one (`progressRow`). */
  row?: string;
}

/**
 * What of a lane goes once more to put a discrepancy right, in order. A partner that lacks the case gets all that it had
 * acknowledged, and its lane leaves out what a newer state replaces; one that shows an older state gets the newest and what followed.
 * Where no full state is told, whatever says something of the case goes, and the last row, so that the status ends where it was.
 * Of rows only those go that the partner's books were read to lack, and one that the status must end with; where the books don't
 * say which they have (`lacking` undefined), every one: they go under their own keys, and one that stands twice counts once. A
 * revoked result never goes again.
 */
export function resendOf(type: Discrepant, deliveries: readonly Resendable[], lacking?: readonly string[]): Reopened[] {
  const had = deliveries.filter((d) => d.state === 'acknowledged' && !isRevoked(d, deliveries));
  const isThere = ({ isRow, row = '' }: Resendable): boolean =>
    isRow && lacking !== undefined && !lacking.includes(row);
  const isLacking = ({ row }: Resendable): boolean => row !== undefined && lacking?.includes(row) === true;
  const isWanted = (one: Resendable, i: number): boolean => isLacking(one) || endsIt(had, i, one.isRow);
  const newestFull = had.findLast(({ form }) => form === 'full')?.sequence ?? 0;
  const anew = (ones: readonly LaneDelivery[]): Reopened[] =>
    ones.map(({ sequence }) => ({ sequence, as: 'new-revision' }));
  switch (type) {
    case 'missing-there':
      return anew(had);
    case 'revoked-still-there':
      return anew(had.filter(({ form }) => form === 'revocation').slice(-1));
    case 'file-differs': {
      const from = had.findLast(({ form }) => form === 'result')?.sequence ?? Infinity;
      return anew(
        had.filter((one, i) => one.sequence === from || isLacking(one) || (one.sequence > from && isWanted(one, i))),
      );
    }
    case 'progress-missing':
      return had.filter((one) => one.isRow && !isThere(one)).map(({ sequence }) => ({ sequence, as: 'same-key' }));
    default:
      if (newestFull > 0)
        return anew(
          had.filter((one, i) => isLacking(one) || (one.sequence >= newestFull && (isWanted(one, i) || !isThere(one)))),
        );
      if (type === 'status-differs') return anew(had.slice(-1));
      return anew(had.filter(isWanted));
  }
}

const endsIt = (had: readonly Resendable[], i: number, isRow: boolean): boolean => !isRow || i === had.length - 1;
