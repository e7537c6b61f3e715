import { SourceRefused } from '../lines/line-source.js';

const rules = {
  away: ['không lấy được dữ liệu từ phía đối tác', 'the partner could not be read'],
  'digest-lies': [
    'tóm tắt không khớp với các dòng mà chính hệ thống này đưa ra',
    'the digest doesn’t match the lines that the same system gives',
  ],
  'hash-lies': ['mã băm của một dòng không khớp với các trường của nó', 'a line’s hash doesn’t match its own fields'],
  'not-a-digest': ['câu trả lời không phải tóm tắt', 'the answer holds no digests'],
  'not-a-line': ['không phải một dòng', 'it is no line'],
  'out-of-range': ['dòng nằm ngoài khoảng đã hỏi', 'the line is outside the range that was asked for'],
  'out-of-order': ['các dòng không theo thứ tự byte của mã', 'lines aren’t in the byte order of their keys'],
  'list-moved': [
    'danh sách thay đổi trong lúc đọc, cả khi đọc lại',
    'the list moved while it was read, and again when it was read once more',
  ],
  'goes-round': ['các trang lặp lại, danh sách không bao giờ hết', 'its pages go round and never end'],
  'not-asked': ['câu trả lời nói về hồ sơ không được hỏi', 'the answer tells of a case that wasn’t asked for'],
  'no-file': ['tệp của ngày này chưa có', 'the file of this day isn’t there'],
  'too-big': ['tệp lớn quá mức đọc được', 'the file is larger than what can be read'],
  'too-slow': [
    'phía đối tác trả lời nhỏ giọt, không biết bao giờ hết',
    'the partner’s answer trickles and may never end',
  ],
  bomb: ['tệp nén bung ra lớn bất thường, không đọc', 'the file unfolds to far more than it should; it isn’t read'],
  'not-xlsx': [
    'không phải tệp XLSX (tệp .xls cũ, tệp có mật khẩu hoặc tệp hỏng)',
    'it is no XLSX file (an old .xls, one with a password, or a broken one)',
  ],
  'no-sheet': ['không có trang tính mà hợp đồng nêu', 'the sheet that the contract names isn’t there'],
  'merged-cells': ['ô bị gộp trong phần dữ liệu; hãy bỏ gộp ô', 'cells are merged below the head; unmerge them'],
  'mixed-dates': [
    'cột có cả ô ngày tháng lẫn ô chữ: bảng tính có thể đã đảo ngày và tháng; hãy định dạng cả cột là văn bản',
    'the column holds both dates and texts: a spreadsheet may have swapped day and month; make the whole column text',
  ],
  'error-cell': ['ô chứa lỗi công thức', 'the cell holds a formula’s error'],
  'no-result': [
    'ô có công thức chưa được tính; hãy mở tệp bằng chương trình bảng tính và lưu lại',
    'the cell’s formula was never worked out; open the file in a spreadsheet and save it',
  ],
  'long-number': [
    'số quá 15 chữ số: bảng tính đã làm mất các chữ số cuối; hãy định dạng cột là văn bản',
    'the number has more than 15 digits: the spreadsheet lost the last ones; make the column text',
  ],
  'long-cell': ['ô dài hơn mức một bảng tính chứa được', 'the cell holds more than a spreadsheet’s cell can'],
  'still-written': [
    'tệp đang được ghi, hoặc thay đổi trong lúc đọc; chạy lại sau',
    'the file is still being written, or changed while it was read; run it again later',
  ],
  'no-end': [
    'không có dòng cuối mà hợp đồng nêu: tệp bị cắt ngang hoặc chưa ghi xong',
    'the last row that the contract names isn’t there: the file was cut short, or isn’t finished',
  ],
  'after-end': [
    'sau dòng cuối mà hợp đồng nêu vẫn còn hồ sơ',
    'there are cases after the last row that the contract names',
  ],
  csv: ['CSV sai cú pháp (dấu nháy chưa đóng?)', 'the CSV is broken (a quote that isn’t closed?)'],
  charset: [
    'bảng mã chữ không phải như hợp đồng nêu (mặc định UTF-8)',
    'the charset isn’t the one that the contract names (UTF-8 unless said)',
  ],
  delimiter: [
    'không rõ dấu phân cột; hãy ghi delimiter trong hợp đồng',
    'its delimiter can’t be told from the head; say delimiter in the contract',
  ],
  columns: [
    'số cột khác với dòng tiêu đề (dấu phẩy thập phân không có nháy?)',
    'it has another number of columns than the head (a decimal comma without quotes?)',
  ],
} as const;

export type RefusedBy = keyof typeof rules;

/** `at`: where, in both languages alike (a day, a column's name); `row` as a person counts, the head included. */
export function refused(rule: RefusedBy, { row, at }: { row?: number | undefined; at?: string } = {}): SourceRefused {
  const [vi, en] = rules[rule];
  const place = at === undefined ? '' : `${at}: `;
  return new SourceRefused(rule, `${place}${vi}`, `${place}${en}`, row);
}

/** Head cells are the contract's words, not the file's. */
export const lacksColumns = (heads: readonly string[]): SourceRefused => {
  const named = heads.map((head) => `“${head}”`).join(', ');
  return new SourceRefused(
    'no-column',
    `không tìm thấy dòng tiêu đề có đủ cột: thiếu ${named} (sai trang tính, hoặc cột đã đổi tên)`,
    `no head has all columns: ${named} missing (another sheet, or a renamed column)`,
  );
};
export const columnTwice = (head: string, row: number): SourceRefused =>
  new SourceRefused('column-twice', `cột “${head}” có hai lần`, `the column “${head}” is there twice`, row);
