import type { Fault } from '#wire';
import { printable } from '../terminal/columns.js';

/** By the rule's name, the part before its colon. What isn't here is said by the rule itself. */
const words: Record<string, string> = {
  additionalProperties: 'không ai đọc mục này · nobody reads this member',
  required: 'còn thiếu · is missing',
  after: 'trùng ngày hoặc sớm hơn phiên bản đứng trước · not after the version before it',
  enum: 'không phải giá trị được biết · not a known value',
  pattern: 'không đúng dạng · not of the form',
  format: 'không đúng dạng · not of the form',
  type: 'không đúng kiểu · not of the type',
  secret: 'không có mật khẩu này · there is no such secret',
  accepted: 'không dòng nào nghĩa là đã nhận · no row means accepted',
  credentials: 'địa chỉ chứa tên hay mật khẩu · credentials in an address',
  protocol: 'giao thức không dùng được như vậy · its protocol can’t be spoken like this',
  todo: 'bản nháp chưa quyết định · a draft left it open',
  placeholder: 'biến môi trường · environment variable',
};

/** Place in the document, in words, and the rule for those who look it up. */
export function faultWords({ path, rule, detail }: Fault): string {
  const said = words[rule.split(':')[0]!];
  return printable([path || '/', said, `[${rule}]`, detail ? `(${detail})` : ''].filter(Boolean).join(' '));
}
