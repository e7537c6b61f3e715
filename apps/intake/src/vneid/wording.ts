/**
 * Codes and texts of the interface's flow (a). Read in a source: 00, 01 and the refusal outside status 5; 03 is flow (d)'s
 * "again", which says here that nothing is known to be written. All else is inferred, and stands nowhere but here.
 */
export const words = {
  takenCode: '00',
  refusedCode: '01',
  busyCode: '03',
  busy: 'Yêu cầu bị gián đoạn. Vui lòng thử lại.',
  notWaiting: 'Hồ sơ không ở trạng thái bổ sung, không thể thực hiện cập nhật',
  unchanged: 'Hồ sơ bổ sung không có gì khác với lần gửi trước',
  notIssued: 'Mã hồ sơ không do hệ thống này cấp (maHoSoMCDT)',
  badCode: 'Mã hồ sơ không đúng quy định, hoặc ngày trong mã sau ngày tiếp nhận (maHoSoMCDT, ngayTiepNhan)',
  notYours: 'Hồ sơ thuộc cơ quan khác',
  badKey: 'Khóa truy cập không đúng (CodeGet)',
  notOpen: 'Đơn vị chưa được mở cửa nhận hồ sơ lý lịch tư pháp',
  missing: 'Thiếu trường {field}',
  malformed: 'Trường {field} không hợp lệ',
  badProcedure: 'Không cơ quan nào nhận thủ tục này (maTTHC)',
  tooLarge: 'Nội dung quá lớn',
} as const;
