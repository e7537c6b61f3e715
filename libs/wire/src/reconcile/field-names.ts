import type { ComparedField } from './line.js';

/** What is compared, as a counter's officer calls it. */
export const fieldNames: Readonly<Record<ComparedField, { vi: string; en: string }>> = {
  status: { vi: 'trạng thái', en: 'status' },
  procedure: { vi: 'thủ tục', en: 'procedure' },
  receivedOn: { vi: 'ngày tiếp nhận', en: 'day of receipt' },
  dueOn: { vi: 'ngày hẹn trả', en: 'due day' },
  finishedOn: { vi: 'ngày kết thúc xử lý', en: 'day of the end' },
  judged: { vi: 'đánh giá thời hạn', en: 'verdict on the term' },
  resultNumber: { vi: 'số kết quả', en: 'number of the result' },
  resultFile: { vi: 'tệp kết quả', en: 'file of the result' },
  resultStands: { vi: 'hiệu lực của kết quả', en: 'whether the result stands' },
  progressRows: { vi: 'số dòng tiến trình', en: 'number of progress rows' },
  progress: { vi: 'các dòng tiến trình', en: 'progress rows' },
  applicantName: { vi: 'họ tên người nộp', en: 'applicant’s name' },
  applicantId: { vi: 'số định danh người nộp', en: 'applicant’s identity number' },
};
