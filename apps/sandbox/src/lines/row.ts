import type { Compared, ComparedField } from '#wire';

import type { Standing } from './standing.js';

/** How this partner names what it lists: the member of a row, and the text of a head in a file. */
export const columns = {
  key: { member: 'maHoSo', head: 'Mã hồ sơ' },
  receivedOn: { member: 'ngayTiepNhan', head: 'Ngày tiếp nhận' },
  status: { member: 'trangThai', head: 'Trạng thái' },
  procedure: { member: 'maTTHC', head: 'Mã thủ tục' },
  dueOn: { member: 'ngayHenTra', head: 'Ngày hẹn trả' },
  finishedOn: { member: 'ngayKetThuc', head: 'Ngày kết thúc' },
  judged: { member: 'danhGia', head: 'Đánh giá hạn' },
  resultNumber: { member: 'soKetQua', head: 'Số kết quả' },
  resultFile: { member: 'hashTep', head: 'SHA-256 tệp kết quả' },
  resultStands: { member: 'ketQua', head: 'Kết quả còn hiệu lực' },
  progressRows: { member: 'soTienTrinh', head: 'Số dòng tiến trình' },
  progress: { member: 'tienTrinh', head: 'Tiến trình' },
  applicantName: { member: 'chuHoSo', head: 'Chủ hồ sơ' },
  applicantId: { member: 'soDinhDanh', head: 'Số định danh' },
} satisfies Record<'key' | ComparedField, { member: string; head: string }>;

type Column = keyof typeof columns;
export const columnNames = Object.keys(columns) as Column[];

export const cellOf = ({ key, receivedOn, fields }: Standing, name: Column): string | null => {
  if (name === 'key') return key;
  return (name === 'receivedOn' ? (fields.receivedOn ?? receivedOn) : fields[name as keyof Compared]) ?? null;
};

export const rowOf = (line: Standing): Record<string, string | null> =>
  Object.fromEntries(columnNames.map((name) => [columns[name].member, cellOf(line, name)]));
