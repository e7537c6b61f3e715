import { isDayMonthYear, isPartialDate } from '../stand-in/real-dates.js';

type Members = Record<string, unknown>;
/** The first thing wrong with an application, as the partner words it; undefined where it can be taken. */
export type Wrong = string | undefined;

const missing = (field: string): string => `thiếu ${field}`;
const malformed = (field: string): string => `${field} không đúng định dạng`;

const required = ['maTinh', 'tenTinh', 'maHoSoMCDT', 'nguonDangKy', 'tenNguonDangKy', 'ngayTiepNhan'] as const;
const requiredOfDeclaration = [
  'loaiPhieu',
  'yeuCauCDNCV',
  'maMucDich',
  'soLuongCap',
  'nycHoTen',
  'nycGioiTinh',
  'nycNgaySinh',
  'nycLoaiGiayTo',
  'nycSoGiayTo',
  'nycQuocTich',
  'uyQuyen',
] as const;

const codes: Readonly<Record<string, readonly string[]>> = {
  loaiPhieu: ['1', '2'],
  yeuCauCDNCV: ['0', '1'],
  nycGioiTinh: ['1', '2'],
  nycNoiSinhNuocNgoai: ['1', '2', ''],
  uyQuyen: ['0', '1'],
};
const days = ['nycNgayCapGiayTo', 'ngayHenTra'] as const;
const partialDates = ['nycNgaySinh', 'chaNgaySinh', 'meNgaySinh', 'voChongNgaySinh'] as const;

/** Case codes of any agency: groups of capitals and digits with dots, then the date and the number. */
export const isCaseCode = (text: string): boolean =>
  text.length <= 50 && /^[A-Z0-9]+(\.[A-Z0-9]+)*-\d{6,8}-\d{4,7}$/.test(text);

/** Cheap on purpose: one walk over the declaration, no schema library. */
export function checkApplication(body: Members): Wrong {
  for (const field of required) {
    const value = body[field];
    if (value === undefined || value === null || value === '') return missing(field);
    if (typeof value !== 'string') return malformed(field);
  }
  if (!isCaseCode(body['maHoSoMCDT'] as string)) return malformed('maHoSoMCDT');
  if (body['nguonDangKy'] !== '1' && body['nguonDangKy'] !== '3') return malformed('nguonDangKy');
  if (!isDayMonthYear(body['ngayTiepNhan'] as string)) return malformed('ngayTiepNhan');
  const declaration = body['toKhai'];
  if (declaration === null || typeof declaration !== 'object' || Array.isArray(declaration)) return missing('toKhai');
  return checkDeclaration(declaration as Members);
}

function checkDeclaration(declaration: Members): Wrong {
  for (const field of requiredOfDeclaration)
    if (declaration[field] === undefined || declaration[field] === '') return missing(field);
  const other = notText(declaration, '');
  if (other !== undefined) return malformed(other);
  const text = declaration as Record<string, string>;
  for (const field in codes) {
    const value = text[field];
    if (value !== undefined && !codes[field]?.includes(value)) return malformed(field);
  }
  if (!/^[1-9]\d?$/.test(text['soLuongCap'] ?? '')) return malformed('soLuongCap');
  for (const field of days) if (text[field] && !isDayMonthYear(text[field])) return malformed(field);
  for (const field of partialDates) if (text[field] && !isPartialDate(text[field])) return malformed(field);
  if (text['uyQuyen'] === '1' && !text['uyQuyenHoTen']) return missing('uyQuyenHoTen');
  return (
    checkAddress(declaration['nycThuongTru'], 'nycThuongTru') ??
    checkResidences(declaration['nycCuTru']) ??
    checkFiles(declaration['fileHoSo'])
  );
}

/** Where a leaf isn't a string, its name. */
function notText(value: unknown, name: string): Wrong {
  if (typeof value === 'string') return undefined;
  if (value === null || typeof value !== 'object') return name;
  if (Array.isArray(value)) {
    for (const item of value) {
      const wrong = notText(item, name);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  const members = value as Members;
  for (const key in members) {
    const wrong = notText(members[key], key);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const checkAddress = (value: unknown, name: string): Wrong =>
  value === undefined ? missing(name) : typeof value !== 'object' || Array.isArray(value) ? malformed(name) : undefined;

function checkResidences(value: unknown): Wrong {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return malformed('nycCuTru');
  for (const { tuNgay, denNgay } of value as Record<string, string>[]) {
    if (!tuNgay || !isPartialDate(tuNgay)) return malformed('tuNgay');
    if (denNgay && !isPartialDate(denNgay)) return malformed('denNgay');
  }
  return undefined;
}

function checkFiles(value: unknown): Wrong {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return malformed('fileHoSo');
  for (const { tenLoaiFile, tenFile, noiDungFile } of value as Record<string, string>[]) {
    if (!tenLoaiFile) return missing('tenLoaiFile');
    if (!tenFile) return missing('tenFile');
    if (!noiDungFile) return missing('noiDungFile');
    if (noiDungFile.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(noiDungFile)) return malformed('noiDungFile');
  }
  return undefined;
}
