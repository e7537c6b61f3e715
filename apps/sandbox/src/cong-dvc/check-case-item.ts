import { isStamp } from '../stand-in/real-dates.js';
import { filled, type PortalWording } from './wording.js';

type Item = Record<string, unknown>;
/** The first thing wrong with an item, as the portal words it; undefined where it can be taken. */
type Wrong = string | undefined;

const required = [
  'MaHoSo',
  'MaTTHC',
  'TenTTHC',
  'MaLinhVuc',
  'TenLinhVuc',
  'KenhThucHien',
  'LoaiDoiTuong',
  'TrichYeuHoSo',
  'NgayNopHoSo',
  'NgayTiepNhan',
  'NgayHenTra',
  'TrangThaiHoSo',
  'HinhThuc',
  'DonViXuLy',
  'NoiNopHoSo',
] as const;

const optionalStamps = ['NgayTra', 'NgayKetThucXuLy', 'NgayTuChoi'] as const;

const statuses = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'] as const;
const codes: Readonly<Record<string, readonly string[]>> = {
  KenhThucHien: ['1', '2', '3'],
  LoaiDoiTuong: ['1', '2', '3', '4'],
  TrangThaiHoSo: statuses,
  HinhThuc: ['0', '1'],
  HoSoCoThanhPhanSoHoa: ['', '0', '1'],
  TaiKhoanDuocXacThucVoiVNeID: ['', '0', '1'],
};
const longest: Readonly<Record<string, number>> = {
  MaHoSo: 100,
  TrichYeuHoSo: 1_000,
  TenTepDinhKem: 4_000,
  TenGiayTo: 2_000,
};
const lists = [
  'TaiLieuNop',
  'DanhSachLePhi',
  'DanhSachTepDinhKemKhac',
  'DanhSachHoSoBoSung',
  'DanhSachGiayToKetQua',
  'DinhDanhCHS',
  'DSKetNoiCSDL',
] as const;

const progressRequired = ['MaHoSo', 'NguoiXuLy', 'ThoiDiemXuLy', 'NoiDungXuLy', 'TrangThai'] as const;
const progressStamps = ['ThoiDiemXuLy', 'NgayBatDau', 'NgayKetThucTheoQuyDinh'] as const;

export function checkCaseItem(item: Item, wording: PortalWording): Wrong {
  const missing = (field: string): string => filled(wording.missing, { field });
  const malformed = (field: string): string => filled(wording.malformed, { field });
  for (const field of required)
    if (item[field] === undefined || item[field] === '' || item[field] === null) return missing(field);
  const other = notText(item);
  if (other !== undefined) return malformed(other);
  const text = item as Record<string, string>;
  if (!/^\d\.\d{6}(\.\d{3}(\.\d{2}){2}\.[HG]\d{2})?$/.test(text['MaTTHC'] ?? '')) return wording.badProcedure;
  for (const field of ['NgayNopHoSo', 'NgayTiepNhan', 'NgayHenTra'])
    if (!isStamp(text[field] ?? '')) return malformed(field);
  for (const field of optionalStamps) if (text[field] && !isStamp(text[field])) return malformed(field);
  for (const field in codes)
    if (text[field] !== undefined && !codes[field]?.includes(text[field])) return malformed(field);
  for (const field of lists) if (item[field] !== undefined && !Array.isArray(item[field])) return malformed(field);
  return checkLists(item, missing, malformed);
}

function checkLists(item: Item, missing: (field: string) => string, malformed: (field: string) => string): Wrong {
  const rows = (field: string): Record<string, string>[] => (item[field] ?? []) as Record<string, string>[];
  for (const file of rows('TaiLieuNop')) {
    if (!file['TenTepDinhKem']) return missing('TenTepDinhKem');
    if (!file['DuongDanTaiTepTin']) return missing('DuongDanTaiTepTin');
    if (file['IsDeleted'] !== 'True' && file['IsDeleted'] !== 'False') return malformed('IsDeleted');
  }
  for (const fee of rows('DanhSachLePhi')) if (!/^\d+$/.test(fee['Gia'] ?? '')) return malformed('Gia');
  for (const supplement of rows('DanhSachHoSoBoSung')) {
    for (const field of ['NgayBoSung', 'NgayTiepNhanBoSung', 'NgayHenTraTruoc', 'NgayHenTraMoi']) {
      if (supplement[field] && !isStamp(supplement[field])) return malformed(field);
    }
  }
  for (const paper of rows('DanhSachGiayToKetQua')) if (!paper['TenGiayTo']) return missing('TenGiayTo');
  for (const { LoaiDinhDanh, SoDinhDanh } of rows('DinhDanhCHS')) {
    const digits = LoaiDinhDanh === '1' ? 12 : LoaiDinhDanh === '2' ? 9 : undefined;
    if (digits === undefined) return malformed('LoaiDinhDanh');
    if (!new RegExp(`^\\d{${digits}}$`).test(SoDinhDanh ?? '')) return malformed('SoDinhDanh');
  }
  return undefined;
}

export function checkProgressRow(row: Item, wording: PortalWording): Wrong {
  for (const field of progressRequired)
    if (row[field] === undefined || row[field] === '') return filled(wording.missing, { field });
  const other = notText(row);
  if (other !== undefined) return filled(wording.malformed, { field: other });
  const text = row as Record<string, string>;
  for (const field of progressStamps)
    if (text[field] && !isStamp(text[field])) return filled(wording.malformed, { field });
  if (!(statuses as readonly string[]).includes(text['TrangThai'] ?? ''))
    return filled(wording.malformed, { field: 'TrangThai' });
  return (text['NguoiXuLy'] ?? '').length > 50 ? filled(wording.malformed, { field: 'NguoiXuLy' }) : undefined;
}

/** The portal's own cases: here MaHoSo is its code and MaHoSoDonVi the province's. */
export function checkStatusItem(item: Item, wording: PortalWording): Wrong {
  for (const field of ['MaHoSo', 'MaHoSoDonVi', 'NoiDung', 'NgayXuLy', 'TrangThai'])
    if (!item[field]) return filled(wording.missing, { field });
  const other = notText(item);
  if (other !== undefined) return filled(wording.malformed, { field: other });
  if (!isStamp(String(item['NgayXuLy']))) return filled(wording.malformed, { field: 'NgayXuLy' });
  return (statuses as readonly string[]).includes(String(item['TrangThai']))
    ? undefined
    : filled(wording.malformed, { field: 'TrangThai' });
}

/** A leaf that isn't a string, or is longer than its column: its name. */
function notText(members: Item): Wrong {
  for (const key in members) {
    const value = members[key];
    if (typeof value === 'string') {
      if (value.length > (longest[key] ?? 8_000)) return key;
    } else if (Array.isArray(value)) {
      for (const row of value as unknown[]) {
        if (row === null || typeof row !== 'object') return key;
        const wrong = notText(row as Item);
        if (wrong !== undefined) return wrong;
      }
    } else return key;
  }
  return undefined;
}
