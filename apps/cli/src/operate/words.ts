import type { Acted, Operation, Refusal } from '#ledger';
import { localTime, printable } from '../terminal/columns.js';

export const ownerNames: Record<string, string> = {
  ours: 'phía trục',
  theirs: 'phía cơ quan nhận',
  data: 'dữ liệu hồ sơ',
};
export const stateNames: Record<string, string> = {
  open: 'chưa chuyển',
  parked: 'chờ người xử lý',
  acknowledged: 'đã nhận',
  superseded: 'được thay',
  closed: 'đã đóng',
};
export const operationStates: Record<Operation['state'], string> = {
  running: 'đang làm · running',
  done: 'xong · done',
  cancelled: 'đã hủy · cancelled',
  failed: 'không làm được · failed',
};

const refusals: Record<Refusal, string> = {
  'not-there': 'Không có gì đang chờ như vậy · nothing like that is waiting',
  'under-way': 'Đang gửi, hãy thử lại sau · a request is under way, try again later',
  'in-doubt':
    'Còn nghi vấn: hãy hỏi cơ quan nhận rồi dùng lienthong parked settle · in doubt: settle that first (parked settle)',
  tainted:
    'Tiến trình đã dừng giữa chừng khi gửi bản này: chỉ được gửi lại đúng bản này · its worker died over it: only the same key may go again (parked retry)',
  'copy-out': 'Một bản gửi trước có thể còn trên đường · an earlier copy may still arrive',
  revocation: 'Thu hồi kết quả phải được báo, không đóng được · a revocation has to be told, it can’t be closed',
  'no-doubt': 'Không có nghi vấn nào · nothing is in doubt',
  'covers-older':
    'Còn bản cũ hơn chưa chuyển sẽ đi sau bản này: hãy ghi --held hoặc --not-held · older ones would follow it: record --held or --not-held',
};

export function actedWords(acted: Acted, well: string): { text: string; code: number } {
  if (acted.outcome === 'done')
    return { text: `✓ ${well}, số thứ tự ${acted.sequence} · done, operation ${acted.operation}`, code: 0 };
  const until = acted.until ? ` (đến · until ${localTime(acted.until.toISOString())})` : '';
  return { text: `✗ ${refusals[acted.outcome]}${until}`, code: 1 };
}

export const timeOf = (instant: Date | null): string => (instant === null ? '–' : localTime(instant.toISOString()));

/** Text from outside, on one line and no longer than so much. */
export const brief = (text: string, most = 80): string => {
  const clean = printable(text.replace(/\s+/g, ' ')).trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
};
