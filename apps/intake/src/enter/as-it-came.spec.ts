import { describe, expect, it } from '@jest/globals';
import { asItCame } from './as-it-came.js';

describe('what came, beside what it became', () => {
  it('is kept to the letter where its Unicode form isn’t ours, and not where nothing changes', () => {
    const item = { MaHoSo: '000.17', ChuHoSo: 'Nguyễn Thị Mẫu'.normalize('NFD') };
    expect(JSON.parse(asItCame(item)!)).toEqual(item);
    expect(asItCame({ ...item, ChuHoSo: item.ChuHoSo.normalize('NFC') })).toBeUndefined();
    expect(asItCame(undefined)).toBeUndefined();
  });

  it('names a file within by the hash of its text', () => {
    const item = { name: 'Mẫu'.normalize('NFD'), file: 'A'.repeat(20_000) };
    expect(JSON.parse(asItCame(item)!)).toEqual({
      name: item.name,
      file: 'sha256:c86f210e0efad769d6ade6f924a85200be38917fa99e33b360aa24535716359b',
    });
  });
});
