import type { ScriptedReply } from './faults.js';

const page = (title: string, text: string): string =>
  `<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`;

/** What stands in front of a partner answers in its place: pages, also where a machine asks. */
export const pages = {
  maintenance: {
    status: 200,
    html: page('Hệ thống đang bảo trì', 'Hệ thống tạm ngừng để nâng cấp. Vui lòng quay lại sau.'),
  },
  rejectPage: {
    status: 200,
    html: page('Request Rejected', 'The requested URL was rejected. Please consult with your administrator.'),
  },
  unavailable: {
    status: 503,
    html: page('503 Service Temporarily Unavailable', 'nginx'),
  },
  tooLargeOver: {
    status: 413,
    html: page('413 Request Entity Too Large', 'nginx'),
  },
} satisfies Record<string, ScriptedReply>;

/** The words of a failure, in an answer whose code says success. */
export const failureInWords = 'Có lỗi xảy ra trong quá trình xử lý dữ liệu';
