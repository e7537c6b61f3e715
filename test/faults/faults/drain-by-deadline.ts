import type { Fault } from '../fault.js';
import { caseByDeadline } from '../load/case-by-deadline.js';

/** Back, the partner takes 40 ms a request: its drain lasts long enough for both processes to take part in it. */
export const drainByDeadline: Fault = {
  name: 'drain-by-deadline',
  vi: 'một cơ quan trả 503 trong 20 s; hồ sơ trễ hạn, sắp hạn, còn hạn dồn lại, rồi thoát ra theo hạn',
  en: 'a partner answers 503 for 20 s; late, urgent and early cases pile up, and drain by deadline',
  touches: ['thue'],
  load: caseByDeadline,
  tries: [17],
  async happen({ partners, forSeconds }) {
    await partners.behave('thue', { kind: 'down' });
    await forSeconds(20, 20);
    await partners.behave('thue', { kind: 'slow', ms: 40 });
    await forSeconds(15, 15);
    await partners.behave('thue', { kind: 'ok' });
  },
};
