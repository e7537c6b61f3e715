import type { CaseApplication } from '#wire';

import { pdf, pdfHash } from '../case.fixture.js';

/** The hub's words for the case that the ministry's samples show. */
export const ministryCase: CaseApplication = {
  code: 'H56.20-260609-0003',
  procedure: { code: '1.014201', name: 'Thủ tục mẫu' },
  channel: 'online',
  province: { code: '38', name: 'Thanh Hóa' },
  unit: { code: 'H56.20', name: 'Sở Nội vụ' },
  submittedAt: '2026-06-09T01:00:00Z',
  receivedAt: '2026-06-09T08:30:00+07:00',
  dueAt: '2026-06-16T17:00:00+07:00',
  summary: 'Hồ sơ mẫu',
  applicant: { name: 'Công ty TNHH Ví Dụ', kind: 'business', idNumber: '0000000001' },
  returnBy: 'counter',
  fees: [{ code: 'PHI-MAU-2', name: 'Lệ phí mẫu', amount: 400_000, method: '1', kind: '2' }],
  documents: [
    {
      sha256: pdfHash,
      name: 'Văn bản đề nghị.pdf',
      mediaType: 'application/pdf',
      size: pdf.length,
      componentCode: 'TP-MAU-1',
      label: 'Văn bản đề nghị',
    },
  ],
};
