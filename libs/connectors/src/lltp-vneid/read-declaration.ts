import type { Coded, JudicialRecordDeclaration, Kin } from '#wire';

import { given } from '../national-portal/read-case.js';
import type { PortalItem } from '../national-portal/portal-item.js';
import { addressOf, coded } from './coded.js';

const recordNumbers = { 1: 1, 2: 2 } as const;
const sexes = { 1: 'male', 2: 'female' } as const;
const yesNo = { 0: false, 1: true } as const;
const vietnam: Coded = { code: 'VN', name: 'Việt Nam' };

/** toKhai of flow (a) → the declaration; flow (b) is written from it. */
export function readDeclaration(item: PortalItem): JudicialRecordDeclaration {
  const isMandated = item.optional('uyQuyen') !== undefined && item.oneOf('uyQuyen', yesNo);
  return {
    recordNumber: item.oneOf('loaiPhieu', recordNumbers),
    banFromOffice: item.optional('yeuCauCDNCV') !== undefined && item.oneOf('yeuCauCDNCV', yesNo),
    purpose: required(item, 'maMucDich', 'tenMucDich'),
    copies: item.amount('soLuongCap'),
    name: item.text('nycHoTen'),
    sex: item.oneOf('nycGioiTinh', sexes),
    born: item.partialDate('nycNgaySinh'),
    birthPlace: addressOf(item.inner('nycNoiSinh')),
    nationality: coded(item, 'nycQuocTich', 'nycTenQuocTich') ?? vietnam,
    ethnicity: required(item, 'nycDanToc', 'nycTenDanToc'),
    permanentResidence: addressOf(item.inner('nycThuongTru')),
    identityPaper: {
      type: required(item, 'nycLoaiGiayTo', 'nycTenLoaiGiayTo'),
      number: item.text('nycSoGiayTo'),
      issuedOn: item.partialDate('nycNgayCapGiayTo'),
      issuedBy: item.text('nycNoiCapGiayTo'),
    },
    residences: item.rows('quaTrinhCTNNNLV').map(residence),
    payerClass: required(item, 'nycDoiTuongNopPhi', 'nycTenDoiTuongNopPhi'),
    ...given({
      otherPurpose: item.optional('mucDichKhac'),
      otherName: item.optional('nycTenGoiKhac'),
      temporaryResidence: item.has('nycTamTru') ? addressOf(item.inner('nycTamTru')) : undefined,
      phone: item.optional('nycDienThoai'),
      email: item.optional('nycEmail'),
      father: kin(item, 'nycHoTenCha', 'chaNamSinh'),
      mother: kin(item, 'nycHoTenMe', 'meNamSinh'),
      spouse: kin(item, 'nycHoTenVoChong', 'voChongNamSinh'),
      convictions: item.optional('thongTinAnTich'),
      mandate: isMandated ? mandate(item.inner('thongTinUyQuyen')) : undefined,
    }),
  };
}

function required(item: PortalItem, code: string, name: string): Coded {
  item.text(code);
  return coded(item, code, name) ?? { code: '', name: '' };
}

function kin(item: PortalItem, name: string, born: string): Kin | undefined {
  const known = item.optional(name);
  return known === undefined ? undefined : { name: known, ...given({ born: item.optionalPartialDate(born) }) };
}

/** `loaiCuTru` has no place: flow (b)'s sample shows the address alone. */
function residence(row: PortalItem): JudicialRecordDeclaration['residences'][number] {
  return {
    from: row.month('tuThangNam'),
    to: row.month('denThangNam'),
    place: row.text('diaChiCuTru'),
    ...given({ occupation: row.optional('ngheNghiep'), workplace: row.optional('noiLamViec') }),
  };
}

function mandate(item: PortalItem): NonNullable<JudicialRecordDeclaration['mandate']> {
  const type = coded(item, 'nuqLoaiGiayTo', 'nuqTenLoaiGiayTo');
  const number = item.optional('nuqSoGiayTo');
  const relation = item.inner('nuqQuanHe');
  return {
    name: item.text('nuqHoTen'),
    ...given({
      sex: item.optional('nuqGioiTinh') === undefined ? undefined : item.oneOf('nuqGioiTinh', sexes),
      born: item.optionalPartialDate('nuqNgaySinh'),
      phone: item.optional('nuqDienThoai'),
      identityPaper:
        type && number !== undefined
          ? {
              type,
              number,
              ...given({
                issuedOn: item.optionalPartialDate('nuqNgayCapGiayTo'),
                issuedBy: item.optional('nuqNoiCapGiayTo'),
              }),
            }
          : undefined,
      relation: coded(relation, 'ma', 'ten'),
      residence: item.optional('nuqNoiOHienTai') ?? item.optional('nuqNoiDKKS'),
      signedOn: item.has('nuqNgayKyVanBanUyQuyen') ? item.date('nuqNgayKyVanBanUyQuyen') : undefined,
    }),
  };
}
