/** RFC 9457 problem details, with our `code` and `faults`. Content type application/problem+json. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  /** What is wrong where: a JSON Pointer into the body (or header:/query: names) and the rule it breaks. */
  faults?: Fault[];
  /** With `conflicting-body`: sha-256 of what is held and of what came. */
  hashes?: { held: string; received: string };
  /** With `feed-cleared`: the smallest `after` that still leaves nothing out. */
  oldest?: number;
}

export interface Fault {
  path: string;
  rule: string;
  detail?: string;
}

type Entry = { status: number; vi: string; en: string };

/** Every problem a caller can get. Codes are stable; texts may improve. */
export const problems = {
  'malformed-json': { status: 400, vi: 'Nội dung không phải JSON hợp lệ.', en: 'The body is not valid JSON.' },
  'invalid-utf8': { status: 400, vi: 'Nội dung không phải UTF-8 hợp lệ.', en: 'The body is not valid UTF-8.' },
  'text-not-nfc': {
    status: 422,
    vi: 'Chữ tiếng Việt phải ở dạng Unicode dựng sẵn (NFC).',
    en: 'Text must be in Unicode normalisation form C.',
  },
  'invalid-envelope': {
    status: 400,
    vi: 'Phong bì của yêu cầu không hợp lệ.',
    en: 'The request envelope is not valid.',
  },
  'invalid-payload': { status: 422, vi: 'Dữ liệu hồ sơ không hợp lệ.', en: 'The case data are not valid.' },
  'invalid-case-code': {
    status: 422,
    vi: 'Mã hồ sơ không đúng quy định.',
    en: 'The case code is not of a form in force.',
  },
  'undeclared-procedure': {
    status: 422,
    vi: 'Không cơ quan nào khai báo nhận thủ tục này.',
    en: 'No agency is declared to receive this procedure.',
  },
  'unknown-event-type': { status: 422, vi: 'Loại sự kiện không được biết.', en: 'The event type is not known.' },
  'missing-credentials': { status: 401, vi: 'Thiếu khóa truy cập.', en: 'Credentials are missing.' },
  'wrong-credentials': { status: 401, vi: 'Khóa truy cập không đúng.', en: 'The credentials are wrong.' },
  'not-your-event': {
    status: 403,
    vi: 'Hợp đồng kết nối không cho cơ quan này gửi loại sự kiện này.',
    en: 'This agency’s contract does not let it send this event type.',
  },
  'not-your-case': { status: 403, vi: 'Hồ sơ thuộc cơ quan khác.', en: 'The case belongs to another agency.' },
  'not-your-book': {
    status: 403,
    vi: 'Đây là sổ của cơ quan khác.',
    en: 'This is another agency’s book.',
  },
  'not-your-feed': {
    status: 403,
    vi: 'Đây là luồng sự kiện của cơ quan khác.',
    en: 'This is another agency’s feed.',
  },
  'no-feed': {
    status: 404,
    vi: 'Hợp đồng của cơ quan này không giao sự kiện qua luồng để đọc.',
    en: 'This agency’s contract does not deliver to a feed.',
  },
  'beyond-feed': {
    status: 422,
    vi: 'Luồng sự kiện chưa đến vị trí này.',
    en: 'The feed has not come to this position.',
  },
  'feed-cleared': {
    status: 410,
    vi: 'Luồng không còn giữ những sự kiện ngay sau vị trí này; `oldest` là vị trí đọc tiếp được.',
    en: 'The feed no longer holds the events right after this position; reading can go on from `oldest`.',
  },
  'unknown-case': { status: 404, vi: 'Không có hồ sơ với mã này.', en: 'No case has this code.' },
  'unknown-file': { status: 404, vi: 'Không có tệp với mã băm này.', en: 'No file has this hash.' },
  'revoked-file': {
    status: 410,
    vi: 'Tệp thuộc kết quả đã bị thu hồi.',
    en: 'The file belongs to a result that was revoked.',
  },
  'not-found': { status: 404, vi: 'Không có địa chỉ này.', en: 'There is nothing at this address.' },
  'method-not-allowed': {
    status: 405,
    vi: 'Địa chỉ này không nhận phương thức đó.',
    en: 'This address does not take that method.',
  },
  'wrong-file-hash': { status: 422, vi: 'Mã băm không khớp nội dung tệp.', en: 'The hash does not match the bytes.' },
  'conflicting-body': {
    status: 409,
    vi: 'Cùng một khóa nhưng nội dung khác với lần gửi trước.',
    en: 'The same key came with another body before.',
  },
  'status-cannot-follow': {
    status: 409,
    vi: 'Trạng thái này không thể nối tiếp trạng thái hiện tại.',
    en: 'This status cannot follow the current one.',
  },
  'too-large': { status: 413, vi: 'Nội dung quá lớn.', en: 'The body is too large.' },
  'unsupported-media-type': { status: 415, vi: 'Kiểu nội dung không được nhận.', en: 'The content type is not taken.' },
  'invalid-agency-file': {
    status: 422,
    vi: 'Tệp cơ quan có lỗi; hợp đồng đang chạy không đổi.',
    en: 'The agency file has faults; the contract in force stays.',
  },
  'code-still-in-use': {
    status: 409,
    vi: 'Bảng mã mất một mã còn được dùng; hợp đồng đang chạy không đổi.',
    en: 'A code table loses a code still in use; the contract in force stays.',
  },
  'version-still-needed': {
    status: 409,
    vi: 'Phiên bản mà tệp không còn có vẫn đang được dùng; hợp đồng đang chạy không đổi.',
    en: 'A version that the file no longer has is still needed; the contract in force stays.',
  },
  'unknown-agency': { status: 404, vi: 'Không có cơ quan này.', en: 'There is no such agency.' },
  'unknown-discrepancy': { status: 404, vi: 'Không có chênh lệch này.', en: 'There is no such discrepancy.' },
  'no-way-to-compare': {
    status: 422,
    vi: 'Hợp đồng đang có hiệu lực không cho cách đối soát dòng này.',
    en: 'The contract in force has no such way of comparing lines.',
  },
  'comparison-open': {
    status: 409,
    vi: 'Một lần đối soát của cơ quan này chưa xong.',
    en: 'A comparison of this agency isn’t over yet.',
  },
  'unknown-contract': {
    status: 404,
    vi: 'Không có hợp đồng nào như vậy để quay lại.',
    en: 'There is no such contract to go back to.',
  },
  'no-version-in-force': {
    status: 422,
    vi: 'Ngày ấy chưa có phiên bản nào.',
    en: 'No version is in force on that day.',
  },
  'unknown-event': { status: 404, vi: 'Hồ sơ không có sự kiện như vậy.', en: 'The case has no such event.' },
  'invalid-sample': {
    status: 422,
    vi: 'Mẫu không dùng được: không phải sự kiện của trục, hoặc giao thức này cần cả hồ sơ.',
    en: 'The sample can’t be used: it is no event of the hub, or this protocol maps the case in full.',
  },
  'not-sendable': {
    status: 422,
    vi: 'Giao thức này không gửi thử được.',
    en: 'This protocol can’t be sent to by way of trial.',
  },
  'not-applied': {
    status: 409,
    vi: 'Qua giao diện này chỉ gửi thử tới địa chỉ và bằng mật khẩu mà hợp đồng đã áp dụng của cơ quan có.',
    en: 'By this interface only what an applied contract of the agency names is sent to, with its secrets.',
  },
  'unknown-statement': {
    status: 404,
    vi: 'Chưa có biên bản của ngày này.',
    en: 'There is no statement of this day.',
  },
  'not-your-statement': {
    status: 403,
    vi: 'Đây là biên bản của cơ quan khác.',
    en: 'This is another agency’s statement.',
  },
  'unknown-statement-key': {
    status: 422,
    vi: 'Khóa ký này chưa được đăng ký cho cơ quan.',
    en: 'This key is not registered for the agency.',
  },
  'key-not-named': {
    status: 422,
    vi: 'Biên bản được lập khi khóa này chưa có hiệu lực, nên không nêu khóa này.',
    en: 'The statement does not name this key: it was not in use when the statement was made.',
  },
  'wrong-signature': {
    status: 422,
    vi: 'Chữ ký không đúng với nội dung biên bản; lần nộp này đã được ghi lại.',
    en: 'The signature does not fit the statement’s bytes; this was noted.',
  },
  'no-hub-key': {
    status: 503,
    vi: 'Trục chưa có khóa để xác nhận đã nhận; hãy gửi lại sau.',
    en: 'The hub has no key to give a receipt with; send it again later.',
  },
  'too-many-at-once': {
    status: 429,
    vi: 'Đang có quá nhiều lần diễn tập; hãy thử lại sau.',
    en: 'Too many rehearsals are under way; try again later.',
  },
  'facts-refused': {
    status: 422,
    vi: 'Có dữ kiện không được nhận; các dữ kiện khác đã được ghi. Gửi lại cả lô không ghi hai lần.',
    en: 'Some facts were not taken; the others were. Sending all of them again enters nothing twice.',
  },
  'book-unreadable': {
    status: 502,
    vi: 'Không đọc được sổ của một cơ quan.',
    en: 'A book could not be read.',
  },
  'invalid-day': { status: 400, vi: 'Ngày sai.', en: 'Not a day.' },
  'invalid-limit': { status: 400, vi: 'Giới hạn sai.', en: 'Not a limit.' },
  'unknown-day': {
    status: 404,
    vi: 'Sổ cái không có ngày này.',
    en: 'The ledger has no such day.',
  },
  'invalid-parameter': { status: 400, vi: 'Tham số không hợp lệ.', en: 'A parameter is not valid.' },
  'unknown-report': {
    status: 404,
    vi: 'Không có báo cáo này; xem lienthong report ls.',
    en: 'There is no such report.',
  },
  'no-definition-then': {
    status: 404,
    vi: 'Kỳ này chưa có quy tắc.',
    en: 'No rules were in force then.',
  },
  unavailable: {
    status: 503,
    vi: 'Hệ thống tạm thời chưa ghi nhận được; hãy gửi lại.',
    en: 'The hub cannot record this just now; send it again.',
  },
  internal: { status: 500, vi: 'Lỗi ngoài dự kiến.', en: 'An unexpected error.' },
} as const satisfies Record<string, Entry>;

export type ProblemCode = keyof typeof problems;
export type Language = 'vi' | 'en';

/** Vietnamese unless the caller prefers English (first of the two in Accept-Language by weight). */
export function languageOf(acceptLanguage: string | undefined): Language {
  if (!acceptLanguage) return 'vi';
  let best: { language: Language; weight: number } = { language: 'vi', weight: 0 };
  for (const part of acceptLanguage.split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const language = tag.startsWith('en') ? 'en' : tag.startsWith('vi') ? 'vi' : undefined;
    const weight = Number(
      parameters
        .find((p) => p.trim().startsWith('q='))
        ?.trim()
        .slice(2) ?? '1',
    );
    if (language && weight > best.weight) best = { language, weight };
  }
  return best.language;
}

export function problem(
  code: ProblemCode,
  language: Language,
  more: Partial<Pick<Problem, 'faults' | 'hashes' | 'oldest' | 'detail'>> = {},
): Problem {
  const entry = problems[code];
  return {
    type: `urn:lienthong:problem:${code}`,
    title: entry[language],
    status: entry.status,
    code,
    detail: entry[language],
    ...more,
  };
}
