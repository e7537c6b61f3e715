/** Texts, names and codes of this stand-in; only the accepted and the duplicate text are read in a source. */
export const lltpWording = () => ({
  accepted: 'Gửi thông tin thành công',
  duplicate: 'Hồ sơ đã được tiếp nhận, không thể cập nhật thông tin',
  refused: 'Gửi thông tin không hợp lệ',
  refusedCode: 'DATA',
  badKey: 'Xác thực không hợp lệ',
  badKeyCode: 'AUTH',
  busy: 'Hệ thống bận, vui lòng thử lại sau',
  unknownCase: 'Không tìm thấy hồ sơ',
  supplementReason: 'Bổ sung ảnh chụp hộ chiếu',
  numberSuffix: 'MAU-LLTP',
  preparedBy: 'Trần Văn Thử',
  signedBy: 'Lê Thị Giả Định',
  signerPosition: 'Phó Giám đốc',
});

export type LltpWording = ReturnType<typeof lltpWording>;
