import { dataFaults, judgementReasons, type Appeal, type CaseBehind, type FaultyCase, type JudgedCase } from '#ledger';
import type { Cell, Column } from '../workbook/workbook.js';

/** A column of a list of cases: its key in JSON, its title in files. */
export interface ListColumn<T> {
  key: string;
  title: string;
  kind: Column['kind'];
  width: number;
  of: (one: T) => Cell;
}

/** Cases by their codes; nobody's name stands in any of these. */
export interface List<T> {
  name: string;
  title: string;
  columns: ListColumn<T>[];
  rows: AsyncIterable<T>;
}

const text = <T>(key: string, title: string, width: number, of: (one: T) => string | null): ListColumn<T> => ({
  key,
  title,
  kind: 'text',
  width,
  of,
});
const instant = <T>(key: string, title: string, of: (one: T) => Date | null): ListColumn<T> => ({
  key,
  title,
  kind: 'instant',
  width: 20,
  of,
});
const whole = <T>(key: string, title: string, of: (one: T) => number | null): ListColumn<T> => ({
  key,
  title,
  kind: 'integer',
  width: 10,
  of,
});

const verdicts: Record<string, string> = {
  early: 'Trước hạn',
  'on-time': 'Đúng hạn',
  overdue: 'Quá hạn',
  open: 'Đang giải quyết',
  unknown: 'Không xét được',
};

export const caseColumnsShown: ListColumn<CaseBehind>[] = [
  text('code', 'Mã hồ sơ', 32, ({ code }) => code),
  text('procedure', 'Mã thủ tục', 14, ({ procedure }) => procedure),
  text('row', 'Dòng', 20, ({ row }) => row),
  instant('receivedAt', 'Ngày tiếp nhận', ({ receivedAt }) => receivedAt),
  instant('dueAt', 'Hạn trả', ({ dueAt }) => dueAt),
  instant('endedAt', 'Ngày kết thúc', ({ endedAt }) => endedAt),
  text('verdict', 'Kết quả', 16, ({ verdict }) => (verdict === null ? null : (verdicts[verdict] ?? verdict))),
];

export const judgedColumnsShown: ListColumn<JudgedCase>[] = [
  text('code', 'Mã hồ sơ', 32, ({ code }) => code),
  text('procedure', 'Mã thủ tục', 14, ({ procedure }) => procedure),
  text('row', 'Dòng', 20, ({ row }) => row),
  instant('receivedAt', 'Ngày tiếp nhận', ({ receivedAt }) => receivedAt),
  instant('dueAt', 'Hạn trả', ({ dueAt }) => dueAt),
  instant('portalDueAt', 'Hạn theo quy tắc của Cổng', ({ portalDueAt }) => portalDueAt),
  instant('endedAt', 'Kết thúc ở hệ thống một cửa', ({ endedAt }) => endedAt),
  instant('portalEndedAt', 'Kết thúc theo bản ghi tiến độ', ({ portalEndedAt }) => portalEndedAt),
  instant('acknowledgedAt', 'Cổng nhận trạng thái kết thúc', ({ acknowledgedAt }) => acknowledgedAt),
  text('practice', 'Theo hệ thống một cửa', 18, ({ practice }) => verdicts[practice] ?? practice),
  text('portal', 'Theo quy tắc của Cổng', 18, ({ portal }) => verdicts[portal] ?? portal),
  text('reason', 'Mã lý do', 22, ({ reason }) => reason),
  text('reasonText', 'Lý do', 50, ({ reason }) => (reason === null ? null : judgementReasons[reason].vi)),
];

export const appealColumnsShown: ListColumn<Appeal>[] = [
  text('code', 'Mã hồ sơ', 27, ({ code }) => code),
  text('procedure', 'Mã thủ tục', 14, ({ procedure }) => procedure),
  instant('dueAt', 'Hạn trả', ({ dueAt }) => dueAt),
  instant('endedAt', 'Kết thúc ở hệ thống một cửa', ({ endedAt }) => endedAt),
  instant('acknowledgedAt', 'Cổng nhận trạng thái kết thúc', ({ acknowledgedAt }) => acknowledgedAt),
  whole('daysLate', 'Số ngày Cổng ghi quá hạn', ({ daysLate }) => daysLate),
  whole('daysUnderWay', 'Số ngày từ khi xong đến khi Cổng nhận', ({ daysUnderWay }) => daysUnderWay),
  whole('attempts', 'Số lần gửi', ({ attempts }) => attempts),
  instant('firstAttemptAt', 'Gửi lần đầu', ({ firstAttemptAt }) => firstAttemptAt),
  text('answers', 'Cổng trả lời', 18, ({ answers }) => answers),
  text('reason', 'Mã lý do', 12, ({ reason }) => reason),
  text('reasonText', 'Lý do', 26, ({ reason }) => (reason === null ? null : judgementReasons[reason].vi)),
  text('eventHash', 'Mã băm của sự kiện kết thúc (SHA-256)', 34, ({ eventHash }) => eventHash),
];

export const faultColumnsShown: ListColumn<FaultyCase>[] = [
  text('fault', 'Mã lỗi', 24, ({ fault }) => fault),
  text('faultText', 'Lỗi dữ liệu', 50, ({ fault }) => dataFaults[fault].vi),
  text('code', 'Mã hồ sơ', 32, ({ code }) => code),
  text('procedure', 'Mã thủ tục', 14, ({ procedure }) => procedure),
  text('field', 'Lĩnh vực', 16, ({ field }) => field),
  text('unit', 'Đơn vị', 16, ({ unit }) => unit),
  instant('receivedAt', 'Ngày tiếp nhận', ({ receivedAt }) => receivedAt),
  instant('endedAt', 'Ngày kết thúc', ({ endedAt }) => endedAt),
];
