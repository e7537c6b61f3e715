/**
 * The portal's codes and texts. Read in a source: "thành công", "đã tồn tại", the values 0, 3, -3 and the procedure's
 * refusal; all else is inferred, and stands nowhere but here.
 */
export const words = {
  takenCode: '0',
  taken: 'Đồng bộ hồ sơ thành công',
  progressTaken: 'Cập nhật tiến độ thành công',
  knownCode: '-3',
  known: 'Mã hồ sơ {code} đã tồn tại',
  refusedCode: '3',
  unknownCase: 'Mã hồ sơ {code} không tồn tại',
  badProcedure: 'Mã thủ tục hành chính không hợp lệ (MaTTHC)',
  missing: 'Thiếu trường {field}',
  malformed: 'Trường {field} không hợp lệ',
  cannotFollow: 'Trường {field} không hợp lệ: trạng thái này không thể nối tiếp trạng thái hiện tại của hồ sơ',
  notYourEvent: 'Hợp đồng kết nối không cho đơn vị gửi nội dung này ({field})',
  noFile: 'Không tải được tệp ở trường {field}',
  tooManyRows: 'Mỗi lần gửi tối đa {most} dòng',
  row: 'Dòng {n}: {reason}',
  moreRows: 'và {n} dòng khác',
  unknownService: 'Dịch vụ không được hỗ trợ',
  wrongUnit: 'Mã đơn vị không hợp lệ (madonvi)',
  notOpen: 'Đơn vị chưa được mở cửa kết nối theo giao thức của Cổng',
  badLoginCode: '-1',
  badLogin: 'Sai tên đăng nhập hoặc mật khẩu',
  sessionEndedCode: '-1',
  sessionEnded: 'Phiên làm việc không hợp lệ hoặc đã hết hạn',
  busyCode: '503',
  busy: 'Hệ thống đang bận, hãy gửi lại',
} as const;

/** Of a form that was filed on the portal. Read in a source: the codes -1, 0 and 1; the texts are inferred. */
export const filedWords = {
  created: 'đã tạo hồ sơ',
  known: 'mã tham chiếu đã có',
  other: 'mã tham chiếu đã có với nội dung khác',
  supplemented: 'đã nhận bổ sung',
  over: 'Hồ sơ đã kết thúc hoặc không ở trạng thái nhận bổ sung',
} as const;

export const filled = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
