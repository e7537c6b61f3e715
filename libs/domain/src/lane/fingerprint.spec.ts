import { describe, expect, it } from '@jest/globals';
import { fingerprint } from './fingerprint.js';

describe('the fingerprint of a parked delivery', () => {
  it('groups one cause over many cases: codes, numbers and quoted text differ, the words don’t', () => {
    const one = fingerprint('lltp', 'data', 'Hồ sơ 000.17.22.H53-210531-0001: trường "ngày cấp" sai, 12 ký tự');
    const other = fingerprint(
      'lltp',
      'data',
      'hồ sơ H53.14-241112-0009: trường "nơi cấp" sai,  7 ký tự'.normalize('NFD'),
    );
    expect(other).toBe(one);
  });

  it('keeps apart agencies, owners and causes', () => {
    const all = [
      fingerprint('lltp', 'data', 'thiếu ngày cấp'),
      fingerprint('cong-dvc', 'data', 'thiếu ngày cấp'),
      fingerprint('lltp', 'theirs', 'thiếu ngày cấp'),
      fingerprint('lltp', 'data', 'thiếu nơi cấp'),
    ];
    expect(new Set(all).size).toBe(4);
    expect(all.every((f) => /^[0-9a-f]{12}$/.test(f))).toBe(true);
  });
});
