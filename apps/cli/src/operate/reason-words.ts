/** Vietnamese for the reasons that are the hub's own words; a partner's words are shown as they came. Longer phrases first. */
const words: readonly (readonly [phrase: string, vi: string])[] = [
  ['already held, and not by our doing', 'đã có ở nơi nhận, không phải do trục gửi'],
  ['the answer says nothing of this item', 'trả lời không nói gì về hồ sơ này'],
  ['the answer is for another case', 'trả lời cho hồ sơ khác'],
  ['redirected, not followed', 'bị chuyển hướng, trục không theo'],
  ['unrecognised answer', 'trả lời không hợp đồng nào giải nghĩa'],
  ['no content type', 'không ghi loại nội dung'],
  ['out of its window', 'quá thời hạn thử lại'],
  ['our side failed', 'lỗi phía trục'],
  ['could not be sent', 'không gửi được'],
  ['look-up', 'tra cứu'],
  ['the session had expired', 'phiên đăng nhập đã hết hạn'],
  ['its name leads to a private address', 'tên máy dẫn đến địa chỉ nội bộ'],
  ['connection refused', 'máy nhận từ chối kết nối'],
  ['unknown host', 'không tìm thấy máy'],
  ['name server does not answer', 'máy chủ tên miền không trả lời'],
  ['host unreachable', 'không tới được máy'],
  ['network unreachable', 'không tới được mạng'],
  ['no connection in time', 'không kết nối kịp'],
  ['it says that our certificate expired', 'bên nhận báo chứng thư của trục hết hạn'],
  ['it turns our certificate away', 'bên nhận không nhận chứng thư của trục'],
  ['it wants a certificate of ours', 'bên nhận đòi chứng thư của trục'],
  ['our certificate and its key don’t belong together', 'chứng thư của trục và khóa của nó không khớp'],
  ['our certificate or its key can’t be read', 'không đọc được chứng thư của trục hay khóa của nó'],
  ['our certificate isn’t valid before', 'chứng thư của trục chưa có hiệu lực trước ngày'],
  ['our certificate expired on', 'chứng thư của trục hết hạn ngày'],
  ['certificate not yet valid', 'chứng thư chưa có hiệu lực'],
  ['certificate is for another host', 'chứng thư của máy khác'],
  ['certificate not trusted', 'chứng thư không được tin cậy'],
  ['certificate expired', 'chứng thư hết hạn'],
  ['certificate revoked', 'chứng thư bị thu hồi'],
  ['connection reset', 'kết nối bị ngắt'],
  ['connection closed', 'kết nối bị đóng'],
  ['answer is not HTTP', 'trả lời không phải HTTP'],
  ['TLS failed', 'không lập được kết nối TLS'],
  ['no whole answer in time', 'trả lời không kịp trọn vẹn'],
  ['no answer in time', 'không trả lời kịp'],
];

/** For a table's cell. */
export const reasonInVietnamese = (reason: string): string =>
  words.reduce((text, [phrase, said]) => text.replace(phrase, said), reason);

/** `vi · en` where some of it is ours, else as it came. */
export function reasonWords(reason: string): string {
  const vi = reasonInVietnamese(reason);
  return vi === reason ? reason : `${vi} · ${reason}`;
}
