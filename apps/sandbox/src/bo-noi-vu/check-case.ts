import { isStamp } from '../stand-in/real-dates.js';
import { textAt } from '../stand-in/text-at.js';
import type { MinistryCases } from './cases.js';
import type { MinistryWording } from './wording.js';

export type Members = Record<string, unknown>;
/** The first thing wrong, as the ministry words it; undefined where it can be taken. */
type Wrong = string | undefined;

const required = ['MaHoSo', 'MaTTHC', 'ChuHoSo', 'MaDonViTiepNhan', 'NgayNop', 'NgayTiepNhan'] as const;
const progressRequired = ['MaHoSo', 'NguoiXuLy', 'ThoiDiemXuLy', 'PhongBanXuLy', 'NoiDungXuLy'] as const;
/** Supplement wanted, payment wanted, result there: only then lists of fees and papers may come. */
const withLists = [5, 6, 9];

export interface Papers {
  cases: MinistryCases;
  wording: MinistryWording;
}

export const filled = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

export function checkCase(item: Members, { cases, wording }: Papers): Wrong {
  const malformed = (field: string): string => filled(wording.malformed, { field });
  for (const field of required)
    if (item[field] === undefined || item[field] === '') return filled(wording.missing, { field });
  for (const field of ['NgayNop', 'NgayTiepNhan']) if (!isSpaced(textAt(item, field))) return malformed(field);
  const submitter = membersOf(item['ThongTinNguoiNop']);
  for (const kind of [item['LoaiDoiTuong'], submitter['LoaiDoiTuong']])
    if (kind !== 0 && kind !== 1 && kind !== 2) return malformed('LoaiDoiTuong');
  const details = membersOf(submitter['ThongTinChiTiet']);
  for (const field of ['NgayCapDinhDanh', 'NgaySinh'])
    if (textAt(details, field) !== '' && !isStamp(textAt(details, field))) return malformed(field);
  const components = rowsOf(item['ThanhPhanHoSo']);
  if (components.some(({ LoaiBan }) => LoaiBan !== 0 && LoaiBan !== 1 && LoaiBan !== 2)) return malformed('LoaiBan');
  const codes = [textAt(item, 'MaTTHC'), ...components.map((row) => textAt(row, 'MaThanhPhanHoSo'))];
  const retired = codes.find((code) => wording.retired.includes(code));
  if (retired !== undefined) return filled(wording.notInCatalogue, { code: retired });
  return checkPapers(
    components.flatMap((row) => rowsOf(row['GiayToDinhKem'])),
    { cases, wording },
  );
}

function checkPapers(papers: Members[], { cases, wording }: Papers): Wrong {
  for (const paper of papers) {
    const id = textAt(paper, 'IdGiayTo');
    const hash = cases.fileHash(id);
    if (hash === undefined) return filled(wording.unknownFile, { id });
    if (hash !== paper['HashTepTin']) return filled(wording.otherHash, { id });
    if (!/^KQ\.DVC\./.test(textAt(paper, 'MaKetQua')) || wording.retired.includes(textAt(paper, 'MaKetQua')))
      return filled(wording.notInCatalogue, { code: textAt(paper, 'MaKetQua') });
  }
  return undefined;
}

export function checkProgress(row: Members, { wording }: Papers): Wrong {
  for (const field of progressRequired) if (textAt(row, field) === '') return filled(wording.missing, { field });
  for (const field of ['ThoiDiemXuLy', 'NgayBatDau', 'NgayKetThucTheoQuyDinh'])
    if (textAt(row, field) !== '' && !isIsoTime(textAt(row, field))) return filled(wording.malformed, { field });
  return isStatus(row['TrangThai']) ? undefined : filled(wording.malformed, { field: 'TrangThai' });
}

export function checkStatus(row: Members, papers: Papers): Wrong {
  const malformed = (field: string): string => filled(papers.wording.malformed, { field });
  const status = row['TrangThai'];
  if (!isStatus(status)) return malformed('TrangThai');
  for (const list of ['DanhSachLePhi', 'DanhSachGiayToKetQua'])
    if (list in row && !withLists.includes(status)) return malformed(list);
  return checkPapers(rowsOf(row['DanhSachGiayToKetQua']), papers);
}

const isStatus = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10;
const isSpaced = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text) && isStamp(text.replace(/\D/g, ''));
const isIsoTime = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text) && isStamp(text.slice(0, 19).replace(/\D/g, ''));

export const membersOf = (value: unknown): Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Members) : {};
export const rowsOf = (value: unknown): Members[] => (Array.isArray(value) ? value.map(membersOf) : []);
