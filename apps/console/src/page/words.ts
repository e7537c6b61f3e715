import { caseStatuses } from '#domain';
import { shortType } from '#wire';

export interface Words {
  vi: string;
  en: string;
}

const byCode = new Map<number, Words>(caseStatuses.map((status) => [status.code, status]));
const types: Record<string, Words> = {
  'case.received': { vi: 'Tiếp nhận hồ sơ', en: 'received' },
  'case.supplemented': { vi: 'Bổ sung hồ sơ', en: 'supplemented' },
  'case.status-changed': { vi: 'Chuyển trạng thái', en: 'status changed' },
  'case.result-issued': { vi: 'Có kết quả', en: 'result issued' },
  'case.result-revoked': { vi: 'Thu hồi kết quả', en: 'result revoked' },
  'case.withdrawn': { vi: 'Rút hồ sơ', en: 'withdrawn' },
  'case.merged': { vi: 'Nhập hồ sơ trùng', en: 'merged' },
  'case.correction-asked': { vi: 'Đề nghị kiểm tra, sửa', en: 'correction asked' },
};
const deliveryStates: Record<string, Words> = {
  open: { vi: 'chưa chuyển', en: 'open' },
  parked: { vi: 'chờ người xử lý', en: 'parked' },
  acknowledged: { vi: 'đã nhận', en: 'acknowledged' },
  superseded: { vi: 'được thay bằng bản mới', en: 'superseded' },
  closed: { vi: 'đã đóng', en: 'closed' },
};
const waits: Record<string, Words> = {
  turn: { vi: 'chờ đến lượt', en: 'waits its turn' },
  timer: { vi: 'hẹn giờ gửi lại', en: 'on a timer' },
  person: { vi: 'chờ người xử lý', en: 'waits for a person' },
};
const owners: Record<string, Words> = {
  ours: { vi: 'phía trục', en: 'ours' },
  theirs: { vi: 'phía cơ quan nhận', en: 'theirs' },
  data: { vi: 'dữ liệu hồ sơ', en: 'the data' },
};
const unknown = (word: string): Words => ({ vi: word, en: word });

export const statusWords = (code: number): Words => byCode.get(code) ?? unknown(String(code));
export const typeWords = (type: string): Words => types[shortType(type)] ?? unknown(shortType(type));
export const deliveryWords = (state: string): Words => deliveryStates[state] ?? unknown(state);
export const waitWords = (wait: string): Words => waits[wait] ?? unknown(wait);
export const ownerWords = (owner: string): Words => owners[owner] ?? unknown(owner);

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
/** dd/MM/yyyy HH:mm:ss in Asia/Ho_Chi_Minh. */
export const localTime = (instant: Date): string => clock.format(instant).replace(',', '');

/** Thousands with dots, as Vietnamese writes them. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '.');
