/** Texts of this stand-in. Read in a source: done, ahead, interrupted and the bad code; the rest is made up. */
export const vneidWording = () => ({
  done: 'Thành công',
  ahead: 'Không thể cập nhật lên trạng thái',
  interrupted: 'Yêu cầu bị gián đoạn. Vui lòng thử lại.',
  badCode: 'Mã hồ sơ không hợp lệ',
  badData: 'Dữ liệu không hợp lệ',
});

export type VneidWording = ReturnType<typeof vneidWording>;
