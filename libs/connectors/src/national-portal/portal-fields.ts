/** Where each of our members stands in the portal's item: an application's, a file's, a progress row's. */
const ofCase: Readonly<Record<string, string>> = {
  '/code': 'MaHoSo',
  '/status': 'TrangThaiHoSo',
  '/procedure/code': 'MaTTHC',
  '/procedure/name': 'TenTTHC',
  '/field/code': 'MaLinhVuc',
  '/field/name': 'TenLinhVuc',
  '/channel': 'KenhThucHien',
  '/unit': 'DonViXuLy',
  '/submittedAt': 'NgayNopHoSo',
  '/receivedAt': 'NgayTiepNhan',
  '/dueAt': 'NgayHenTra',
  '/summary': 'TrichYeuHoSo',
  '/applicant/name': 'ChuHoSo',
  '/applicant/idNumber': 'SoGiayToChuHoSo',
  '/applicant/phone': 'SoDienThoai',
  '/applicant/email': 'Email',
  '/applicant/portalAccount': 'MaDoiTuong',
  '/fees/code': 'MaPhiLePhi',
  '/fees/name': 'TenPhiLePhi',
  '/fees/amount': 'Gia',
  '/fees/method': 'HinhThucThu',
  '/fees/kind': 'LoaiPhiLePhi',
  '/documents/name': 'TenTepDinhKem',
  '/documents/componentCode': 'MaThanhPhanHoSo',
  '/note': 'GhiChu',
  '/reason': 'GhiChu',
  '/supplement/request': 'NoiDungBoSung',
  '/supplement/requestedAt': 'NgayBoSung',
  '/supplement/receivedAt': 'NgayTiepNhanBoSung',
  '/supplement/note': 'ThongTinTiepNhan',
  '/supplement/previousDueAt': 'NgayHenTraTruoc',
};
const ofResult: Readonly<Record<string, string>> = {
  '/documents/name': 'TenGiayTo',
  '/documents/componentCode': 'MaGiayToKetQua',
  '/at': 'NgayKetThucXuLy',
};
const ofProgress: Readonly<Record<string, string>> = {
  '/code': 'MaHoSo',
  '/status': 'TrangThai',
  '/at': 'ThoiDiemXuLy',
  '/officer/name': 'NguoiXuLy',
  '/officer/position': 'ChucDanh',
  '/officer/department': 'PhongBanXuLy',
  '/note': 'NoiDungXuLy',
  '/reason': 'NoiDungXuLy',
  '/startedAt': 'NgayBatDau',
  '/dueAt': 'NgayKetThucTheoQuyDinh',
};
const tables = { case: ofCase, result: { ...ofCase, ...ofResult }, progress: ofProgress } as const;

/** The portal's name of a place in one of our payloads (a JSON Pointer); the nearest that has one, else `data`. */
export function portalFieldOf(what: keyof typeof tables, pointer: string): string {
  const table: Readonly<Record<string, string>> = tables[what];
  for (let path = pointer.replace(/\/\d+(?=\/|$)/g, ''); path !== ''; path = path.slice(0, path.lastIndexOf('/')))
    if (Object.hasOwn(table, path)) return table[path] ?? 'data';
  return 'data';
}
