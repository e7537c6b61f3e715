/** Texts and habits of this stand-in. The guide prints the members and DEC_STATUS_ID; the texts are inferred. */
export const firstLltpWording = () => ({
  accepted: 'Tiếp nhận hồ sơ thành công',
  duplicate: 'Mã tiếp nhận hồ sơ đã tồn tại',
  missing: 'Thiếu thông tin bắt buộc: {field}',
  malformed: 'Thông tin không hợp lệ: {field}',
  unknownCase: 'Không tìm thấy hồ sơ',
  taken: 'Đã đánh dấu',
  unauthorizedCode: 'invalid_token' as string | number,
  unauthorized: 'Token hết hạn',
  busy: 'Hệ thống đang bận, vui lòng thử lại sau',
  /** Holds a case under its date and number only: two agencies collide on the same day. */
  dropsPrefix: false,
  statusNames: { 3: 'Đã tiếp nhận', 4: 'Đang xử lý', 5: 'Hồ sơ đã có phiếu' } as Record<number, string>,
});

export type FirstLltpWording = ReturnType<typeof firstLltpWording>;
