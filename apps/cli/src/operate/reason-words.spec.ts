import { describe, expect, it } from '@jest/globals';
import { reasonInVietnamese, reasonWords } from './reason-words.js';

describe('why something waits, for a person', () => {
  it('is said in Vietnamese first where the words are ours, and to the letter', () => {
    expect(reasonWords('out of its window: could not be sent: connection refused')).toBe(
      'quá thời hạn thử lại: không gửi được: máy nhận từ chối kết nối · out of its window: could not be sent: connection refused',
    );
  });

  it('takes whole phrases, not those within others', () => {
    expect(reasonInVietnamese('could not be sent: our certificate expired on 2026-11-25')).toBe(
      'không gửi được: chứng thư của trục hết hạn ngày 2026-11-25',
    );
    expect(reasonInVietnamese('no whole answer in time')).toBe('trả lời không kịp trọn vẹn');
  });

  it('leaves a partner’s words as they came', () => {
    expect(reasonWords('Hồ sơ đã tồn tại')).toBe('Hồ sơ đã tồn tại');
  });
});
