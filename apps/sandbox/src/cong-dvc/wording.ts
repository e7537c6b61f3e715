/** Texts and codes of this stand-in. Read in a source: "thành công", "đã tồn tại", the values "0", "3", "-3"; the rest is made up. */
export const portalWording = () => ({
  accepted: 'Đồng bộ hồ sơ thành công',
  progressAccepted: 'Cập nhật tiến độ thành công',
  statusAccepted: 'Đồng bộ trạng thái thành công',
  duplicate: 'Mã hồ sơ {code} đã tồn tại',
  duplicateCode: '-3',
  refusedCode: '3',
  unknownCase: 'Mã hồ sơ {code} không tồn tại',
  badProcedure: 'Mã thủ tục hành chính không hợp lệ',
  missing: 'Thiếu trường {field}',
  malformed: 'Trường {field} không hợp lệ',
  tooManyRows: 'Mỗi lần gửi tối đa {most} dòng',
  unknownService: 'Dịch vụ không được hỗ trợ',
  wrongUnit: 'Mã đơn vị không hợp lệ',
  wrongDestination: 'dstcode không hợp lệ',
  badLogin: 'Sai tên đăng nhập hoặc mật khẩu',
  badLoginCode: '-1',
  sessionExpired: 'Phiên làm việc không hợp lệ hoặc đã hết hạn',
  sessionExpiredCode: '-1',
  busy: 'Hệ thống đang bận',
  /** How error_code is written: 'text' "0", 'number' 0, or 'mixed', each other answer a number. */
  codesAs: 'text' as 'text' | 'number' | 'mixed',
  /** LayDanhSachTTHC lists only the first so many; 0: all. */
  shortList: 0,
  /** Answers with rows come as an adapter wraps them. */
  wrapped: false,
  units: [
    { MADONVI: 'H56', TENDONVI: 'UBND tỉnh Thanh Hóa', CAPDONVI: '1' },
    { MADONVI: 'H56.14', TENDONVI: 'Sở Tư pháp', CAPDONVI: '2' },
    { MADONVI: 'H53', TENDONVI: 'UBND tỉnh Tây Ninh', CAPDONVI: '1' },
  ],
});

export type PortalWording = ReturnType<typeof portalWording>;

export const filled = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
