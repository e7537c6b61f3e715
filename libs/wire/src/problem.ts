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
  'unknown-case': { status: 404, vi: 'Không có hồ sơ với mã này.', en: 'No case has this code.' },
  'unknown-file': { status: 404, vi: 'Không có tệp với mã băm này.', en: 'No file has this hash.' },
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
  more: Partial<Pick<Problem, 'faults' | 'hashes' | 'detail'>> = {},
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
