type Members = Record<string, unknown>;

export const paper = Buffer.from('%PDF-1.4\n  synthetic sample\n%%EOF\n');
let serial = 0;

/** A code of the portal's own, received on 12 August 2025. */
export const nextPortalCode = (): string => `G22.99-250812-${String(++serial).padStart(7, '0')}`;

/** A citizen's case, in the shape that the portal sends where the province is the server. */
export const filedForm = (MaHoSo: string, more: Members = {}): Members => ({
  MaHoSo,
  MaTTHC: '1.001193',
  SoVanBan: '',
  NgayNopHoSo: '20250812073000',
  TenThuongNhan: 'Phạm Văn Ví Dụ',
  DiaChiDoanhNghiep: { MaTinh: '22', MaHuyen: '', MaXa: '14758', DiaChiChiTiet: 'Số 1 đường Mẫu' },
  DienThoai: '0900000456',
  Fax: '',
  Email: 'vidu@example.invalid',
  MaSoThue: '',
  NguoiLienHe: 'Phạm Văn Ví Dụ',
  TenTepDonDangKy: 'don.pdf',
  TepDonDangKy: paper.toString('base64'),
  TaiLieuNop: [{ TenTepDinhKem: 'giay-chung-sinh.pdf', Base64: paper.toString('base64') }],
  ...more,
});
