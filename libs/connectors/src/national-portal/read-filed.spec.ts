import { describe, expect, it } from '@jest/globals';

import { filedTermsOf, readFiled } from './read-filed.js';

const settings = {
  'door.province': '38; Thanh Hóa',
  'filed.unit': 'H56.14; Trung tâm',
  'filed.procedure.1.001193': 'Đăng ký khai sinh',
};
const terms = filedTermsOf({ settings })!;
const form = {
  MaHoSo: 'G22.99-250812-0000321',
  MaTTHC: '1.001193',
  NgayNopHoSo: '20250812073000',
  TenThuongNhan: 'Phạm Văn Ví Dụ',
};
const read = (members: unknown) => readFiled(members, terms);

describe('a form that was filed on the portal', () => {
  it('is taken only where the contract says of which province and unit it is', () => {
    expect(filedTermsOf({})).toBeUndefined();
    expect(filedTermsOf({ settings: { 'door.province': '38; Thanh Hóa' } })).toBeUndefined();
    expect(filedTermsOf({ settings: { ...settings, 'filed.unit': 'H56.14' } })).toBeUndefined();
  });

  it('names its procedure as the contract does, by its code where that says nothing', () => {
    expect(read(form)).toMatchObject({ value: { application: { procedure: { name: 'Đăng ký khai sinh' } } } });
    expect(read({ ...form, MaTTHC: '2.000488' })).toMatchObject({
      value: { application: { procedure: { code: '2.000488', name: '2.000488' }, summary: '2.000488' } },
    });
  });

  it('is a business’s where it has a tax code, whose zeros stay', () => {
    expect(read({ ...form, MaSoThue: '0012345678' })).toMatchObject({
      value: { application: { applicant: { kind: 'business', idNumber: '0012345678' } } },
    });
  });

  it('has its text in NFC, whatever form it came in', () => {
    expect(read({ ...form, TenThuongNhan: 'Phạm'.normalize('NFD') })).toMatchObject({
      value: { application: { applicant: { name: 'Phạm'.normalize('NFC') } } },
    });
  });

  it('keeps the order of its files: the form first, then the papers', () => {
    const files = {
      TenTepDonDangKy: 'don.pdf',
      TepDonDangKy: 'QQ==',
      TaiLieuNop: [{ TenTepDinhKem: 'a.pdf', Base64: 'QUE=' }],
    };
    expect(read({ ...form, ...files })).toMatchObject({
      value: {
        files: [
          { name: 'don.pdf', base64: 'QQ==' },
          { name: 'a.pdf', base64: 'QUE=' },
        ],
      },
    });
  });

  it('of a supplement names the case MaHoSoQG and stands at work again', () => {
    const { MaHoSo, ...rest } = form;
    expect(read({ service: 'x', isUpdating: 'True', data: { ...rest, MaHoSoQG: MaHoSo } })).toMatchObject({
      value: { isSupplement: true, application: { code: MaHoSo, status: 4, supplement: {} } },
    });
    expect(read({ data: rest })).toEqual({ kind: 'faults', faults: [{ field: 'MaHoSoQG', rule: 'missing' }] });
  });

  it('tells all that is wrong at once, by the portal’s names', () => {
    expect(read({ MaHoSo: 'x', NgayNopHoSo: '20250230000000' })).toEqual({
      kind: 'faults',
      faults: [
        { field: 'MaHoSo', rule: 'malformed' },
        { field: 'NgayNopHoSo', rule: 'malformed' },
        { field: 'MaTTHC', rule: 'missing' },
        { field: 'TenThuongNhan', rule: 'missing' },
      ],
    });
  });
});
