/** The ten statuses between provinces and the national portal. Structurally the wire's CaseStatus: domain imports nothing. */
export type CaseStatus = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

export interface CaseStatusEntry {
  readonly code: CaseStatus;
  readonly vi: string;
  readonly en: string;
}

/** Names as the national portal writes them. */
export const caseStatuses = [
  { code: 1, vi: 'Mới đăng ký', en: 'Registered' },
  { code: 2, vi: 'Được tiếp nhận', en: 'Received' },
  { code: 3, vi: 'Không được tiếp nhận', en: 'Not received' },
  { code: 4, vi: 'Đang xử lý', en: 'In process' },
  { code: 5, vi: 'Yêu cầu bổ sung giấy tờ', en: 'Supplement requested' },
  { code: 6, vi: 'Yêu cầu thực hiện nghĩa vụ tài chính', en: 'Payment requested' },
  { code: 7, vi: 'Công dân yêu cầu rút hồ sơ', en: 'Withdrawn by the citizen' },
  { code: 8, vi: 'Dừng xử lý', en: 'Stopped' },
  { code: 9, vi: 'Đã xử lý xong', en: 'Processed' },
  { code: 10, vi: 'Đã trả kết quả', en: 'Result returned' },
] as const satisfies readonly CaseStatusEntry[];

/** Who makes a move: the citizen, the counter that received the case, or the agency that works on it. */
export type Mover = 'citizen' | 'counter' | 'agency';

export interface CaseTransition {
  /** null: the case enters here. */
  readonly from: CaseStatus | null;
  readonly to: CaseStatus;
  readonly by: readonly Mover[];
}

/**
 * Every move that needs no remark. 3, 7 and 10 are final. 8 is a pause: case systems count it with 5 and 6 as
 * still in time, and 7 as resolved (domain.md, statutory counting), so work may go on from 8 but not from 7.
 */
export const caseTransitions = [
  { from: null, to: 1, by: ['citizen'] },
  { from: null, to: 2, by: ['counter'] },
  { from: 1, to: 2, by: ['counter'] },
  { from: 1, to: 3, by: ['counter'] },
  { from: 1, to: 5, by: ['counter'] },
  { from: 1, to: 7, by: ['citizen'] },
  // LLTP answers 3 (with lyDoTuChoi) for what the counter has already received.
  { from: 2, to: 3, by: ['agency'] },
  { from: 2, to: 4, by: ['agency'] },
  { from: 2, to: 5, by: ['counter', 'agency'] },
  { from: 2, to: 6, by: ['counter', 'agency'] },
  { from: 2, to: 7, by: ['citizen'] },
  { from: 2, to: 8, by: ['agency'] },
  { from: 4, to: 5, by: ['agency'] },
  { from: 4, to: 6, by: ['agency'] },
  { from: 4, to: 7, by: ['citizen'] },
  { from: 4, to: 8, by: ['agency'] },
  { from: 4, to: 9, by: ['agency'] },
  { from: 5, to: 2, by: ['counter'] },
  { from: 5, to: 3, by: ['counter', 'agency'] },
  { from: 5, to: 4, by: ['agency'] },
  { from: 5, to: 7, by: ['citizen'] },
  { from: 5, to: 8, by: ['agency'] },
  { from: 6, to: 4, by: ['agency'] },
  { from: 6, to: 7, by: ['citizen'] },
  { from: 6, to: 8, by: ['agency'] },
  { from: 8, to: 4, by: ['agency'] },
  { from: 8, to: 7, by: ['citizen'] },
  { from: 9, to: 10, by: ['counter'] },
] as const satisfies readonly CaseTransition[];

/** The normal course, in order. Only its inner steps can be left out: a supplement or a payment isn't skipped, it didn't happen. */
const skippable: readonly CaseStatus[] = [2, 4, 9];

export type Following =
  | { kind: 'follows' }
  /** Accepted, sent and flagged: real one-stops leave out 4. `over` is what was left out, in order. */
  | { kind: 'skips'; over: CaseStatus[] }
  /** The same status again: a further progress row, nothing moves. */
  | { kind: 'repeats' }
  | { kind: 'refused' };

/** Whether `to` may be reported for a case that stands at `from` (null: not yet entered). */
export function canFollow(from: CaseStatus | null, to: CaseStatus): Following {
  if (from === to) return { kind: 'repeats' };
  if (moves(from, to)) return { kind: 'follows' };
  // What a case never went through can't be skipped on its way in: it enters at 1 or 2.
  const over = from === null ? undefined : skipped(from, to, skippable);
  return over ? { kind: 'skips', over } : { kind: 'refused' };
}

/** 3, 7 and 10: no other status follows. */
export function isFinal(status: CaseStatus): boolean {
  return caseStatuses.every(({ code }) => code === status || canFollow(status, code).kind === 'refused');
}

const table: readonly CaseTransition[] = caseTransitions;

const moves = (from: CaseStatus | null, to: CaseStatus): boolean => table.some((t) => t.from === from && t.to === to);

/** The fewest steps of the course that lead from `from` to `to`, in the course's order; of equals, the later ones. */
function skipped(from: CaseStatus, to: CaseStatus, course: readonly CaseStatus[]): CaseStatus[] | undefined {
  let fewest: CaseStatus[] | undefined;
  course.forEach((step, place) => {
    if (step === to || !moves(from, step)) return;
    const rest = moves(step, to) ? [] : skipped(step, to, course.slice(place + 1));
    if (rest && (!fewest || rest.length + 1 <= fewest.length)) fewest = [step, ...rest];
  });
  return fewest;
}
