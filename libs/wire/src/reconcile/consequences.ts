import type { LineDiscrepancy } from './discrepancy.js';

/** What a discrepancy means before the law, for a person. Data: a new decree changes a row, no code. */
export interface Consequence {
  vi: string;
  en: string;
  source: string;
}

const index766 = 'QĐ 766/QĐ-TTg';
const oneStop = 'NĐ 118/2025/NĐ-CP';

export const consequences: Readonly<Record<LineDiscrepancy, Consequence>> = {
  'missing-there': {
    vi: 'Hồ sơ chưa đồng bộ: tỷ lệ đồng bộ giảm, và điểm dịch vụ trực tuyến nhân với tỷ lệ đó',
    en: 'not synchronised: the sync rate falls, and the online score is multiplied by it',
    source: index766,
  },
  'missing-here': {
    vi: 'Hồ sơ không có trong hệ thống thông tin giải quyết TTHC: không được theo dõi, không vào báo cáo II.06a',
    en: 'the case isn’t in the one-stop’s system: nobody follows it, and it isn’t in report II.06a',
    source: oneStop,
  },
  'status-differs': {
    vi: 'Hồ sơ đã xong có thể bị tính quá hạn ở phía còn lại (chậm đồng bộ)',
    en: 'a finished case may count as overdue on the other side (late sync)',
    source: index766,
  },
  'field-differs': {
    vi: 'Dữ liệu cá nhân phải chính xác và được cập nhật; hai bên trả lời công dân khác nhau',
    en: 'personal data must be accurate and up to date; the two sides tell the citizen different things',
    source: 'Luật 91/2025/QH15',
  },
  'other-code': {
    vi: 'Một hồ sơ mang hai mã: công dân tra mã trên giấy hẹn không thấy, số liệu đếm hai lần',
    en: 'one case with two codes: the citizen’s code finds nothing, and figures count twice',
    source: 'TT 03/2025/TT-VPCP',
  },
  'two-under-one': {
    vi: 'Hai hồ sơ bị ghi đè thành một: một công dân mất hồ sơ ở phía bên kia',
    en: 'two cases overwrite each other: one citizen has no case on the other side',
    source: 'TT 03/2025/TT-VPCP',
  },
  'doubled-there': {
    vi: 'Hồ sơ bị đếm hai lần trong số tiếp nhận, bản thừa sẽ thành quá hạn',
    en: 'counted twice as received; the surplus one becomes overdue',
    source: index766,
  },
  'deadline-differs': {
    vi: 'Đúng hạn ở bên này, quá hạn ở bên kia: phải giải trình, hoặc khiếu nại số liệu',
    en: 'on time on one side, overdue on the other: it has to be explained, or the figure appealed against',
    source: oneStop,
  },
  'revoked-still-there': {
    vi: 'Kết quả đã thu hồi vẫn được dùng: không còn giá trị pháp lý, phải gỡ ngay',
    en: 'a revoked result is still in use: it has no legal force and must go at once',
    source: 'Luật Lý lịch tư pháp; Luật 91/2025/QH15',
  },
  'file-differs': {
    vi: 'Tệp không phải bản đã ký số: không có giá trị như bản gốc',
    en: 'not the file that was signed: it isn’t worth the original',
    source: 'Luật Giao dịch điện tử 20/2023/QH15',
  },
  'progress-missing': {
    vi: 'Cổng lấy lúc kết thúc từ dòng tiến trình: thiếu dòng, hồ sơ bị tính quá hạn',
    en: 'the portal takes the end from progress rows: without them the case counts as overdue',
    source: index766,
  },
};
