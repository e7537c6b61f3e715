import type { LineDiscrepancy, Side } from '../reconcile/discrepancy.js';
import type { Statement, StatementCounts } from './statement.js';

type Words = readonly [vi: string, en: string];

/** What a statement's readable forms call things; Vietnamese first. */
export const countWords: Record<keyof StatementCounts, Words> = {
  opening: ['Chưa xong từ ngày trước', 'open from the day before'],
  planned: ['Phải chuyển thêm trong ngày', 'planned on the day'],
  reopened: ['Mở lại trong ngày', 'opened again on the day'],
  acknowledged: ['Cơ quan đã nhận', 'acknowledged by the agency'],
  superseded: ['Được thay bằng bản mới hơn', 'superseded by a newer state'],
  closed: ['Đóng có lý do', 'closed with a reason'],
  carried: ['Chuyển sang ngày sau', 'carried forward'],
};

export const coverageWords: Record<Statement['coverage'], Words> = {
  both: ['Đối chiếu cả hai sổ', 'both books were compared'],
  'ours only': ['Chỉ đối chiếu những gì trục có', 'only what the hub has was compared'],
  none: ['Không đối chiếu', 'the books were not compared'],
};

export const discrepancyWords: Record<LineDiscrepancy, Words> = {
  'missing-there': ['Bên cơ quan không có', 'missing at the agency'],
  'missing-here': ['Bên trục không có', 'missing at the hub'],
  'status-differs': ['Khác trạng thái', 'status differs'],
  'field-differs': ['Khác nội dung', 'a field differs'],
  'other-code': ['Mang mã khác', 'under another code'],
  'two-under-one': ['Hai hồ sơ chung một mã bên cơ quan', 'two of ours under one of theirs'],
  'doubled-there': ['Bên cơ quan có hai lần', 'twice at the agency'],
  'deadline-differs': ['Xét thời hạn khác nhau', 'the deadline is judged differently'],
  'revoked-still-there': ['Kết quả đã thu hồi vẫn còn', 'a revoked result is still there'],
  'file-differs': ['Khác tệp', 'the file differs'],
  'progress-missing': ['Thiếu tiến độ', 'progress rows are missing'],
};

export const sideWords: Record<Side, Words> = {
  ours: ['phía trục', 'the hub'],
  theirs: ['phía cơ quan', 'the agency'],
  data: ['dữ liệu hồ sơ', 'the data'],
};

export const inBoth = ([vi, en]: Words): string => `${vi} · ${en}`;

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** dd/MM/yyyy HH:mm:ss in Asia/Ho_Chi_Minh; what is no instant stays as it is. */
export const localClock = (iso: string): string =>
  Number.isNaN(Date.parse(iso)) ? iso : clock.format(new Date(iso)).replace(',', '');
export const localDay = (iso: string): string => iso.split('-').reverse().join('/');
/** 1.234.567 */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '.');
