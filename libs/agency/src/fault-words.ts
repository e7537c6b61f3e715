import type { Fault, Language } from '#wire';

/** By the rule's name, the part before its colon. What isn't here is said by the rule itself. */
const words: Record<string, Record<Language, string>> = {
  additionalProperties: { vi: 'không ai đọc mục này', en: 'nobody reads this member' },
  required: { vi: 'còn thiếu', en: 'is missing' },
  after: { vi: 'trùng ngày hoặc sớm hơn phiên bản đứng trước', en: 'not after the version before it' },
  enum: { vi: 'không phải giá trị được biết', en: 'not a known value' },
  pattern: { vi: 'không đúng dạng', en: 'not of the form' },
  format: { vi: 'không đúng dạng', en: 'not of the form' },
  type: { vi: 'không đúng kiểu', en: 'not of the type' },
  maxLength: { vi: 'quá dài', en: 'too long' },
  notBefore: { vi: 'sớm hơn mục được nêu', en: 'earlier than the member named' },
  nfc: { vi: 'chữ không ở dạng dựng sẵn NFC', en: 'text isn’t in NFC' },
  json: { vi: 'không phải JSON', en: 'not JSON' },
  form: { vi: 'không phải dạng mã hồ sơ nào', en: 'no form of a case code' },
  'same-as': { vi: 'khác mục được nêu', en: 'differs from the member named' },
  until: { vi: 'bản sự kiện này đã hết hạn', en: 'this version of events has ended' },
  secret: { vi: 'không có mật khẩu này', en: 'there is no such secret' },
  accepted: { vi: 'không dòng nào nghĩa là đã nhận', en: 'no row means accepted' },
  credentials: { vi: 'địa chỉ chứa tên hay mật khẩu', en: 'credentials in an address' },
  private: { vi: 'tên dẫn tới địa chỉ nội bộ', en: 'the name leads to a private address' },
  protocol: { vi: 'giao thức không dùng được như vậy', en: 'its protocol can’t be spoken like this' },
  todo: { vi: 'bản nháp chưa quyết định', en: 'a draft left it open' },
  placeholder: { vi: 'biến môi trường', en: 'environment variable' },
  applied: {
    vi: 'chưa được áp dụng cho cơ quan này: áp dụng trước, hoặc gửi thử bằng CLI',
    en: 'isn’t applied for this agency: apply it first, or try it by the CLI',
  },
  taken: { vi: 'đã có ở trên', en: 'is there already' },
  'unknown-unit': { vi: 'không có đơn vị này', en: 'there is no such unit' },
  'unknown-agency': { vi: 'không có cơ quan này', en: 'there is no such agency' },
  cycle: { vi: 'kế thừa vòng quanh', en: 'successors go round in a circle' },
  'in-force-on': { vi: 'chưa hoặc không còn hoạt động vào ngày ấy', en: 'isn’t there on that day' },
  needs: { vi: 'còn thiếu mục kia', en: 'needs that member' },
  level: { vi: 'không ở cấp trên', en: 'isn’t of a level above' },
  'last-takes-the-rest': { vi: 'dòng cuối phải nhận mọi hồ sơ còn lại', en: 'the last one takes all the rest' },
  'only-the-last-takes-all': { vi: 'chỉ dòng cuối được nhận tất cả', en: 'only the last one takes all' },
  'shares-add-up-to': { vi: 'các phần cộng lại không đúng', en: 'the shares don’t add up' },
  'share-or-hours': { vi: 'cần đúng một trong hai', en: 'one of the two is needed' },
  'all-shares-or-all-hours': {
    vi: 'mọi bước cùng theo phần, hoặc cùng theo giờ',
    en: 'all by shares, or all by hours',
  },
  digits: { vi: 'quá nhiều chữ số', en: 'has too many digits' },
  'no-unit-receives-it': { vi: 'không đơn vị nào tiếp nhận', en: 'no unit receives such cases' },
  'no-unit-at-this-step': {
    vi: 'có đơn vị tiếp nhận mà bước này không có ai',
    en: 'for some unit nobody is at this step',
  },
  'no-agency-serves': {
    vi: 'không hệ thống nào phục vụ đơn vị này cho thủ tục ấy',
    en: 'no agency serves this unit for the procedure',
  },
  'route-form': { vi: 'các bước không đúng dạng tuyến', en: 'the steps are of another form' },
  outside: { vi: 'ngoài khoảng ngày của lịch', en: 'outside the days of the calendar' },
  years: { vi: 'lịch quá dài', en: 'the calendar is too long' },
  covers: {
    vi: 'không tuần nào có hiệu lực từ ngày đầu của lịch',
    en: 'no week is in force from the calendar’s first day',
  },
  'hours-in-order': { vi: 'giờ không theo thứ tự hoặc chồng nhau', en: 'hours overlap or aren’t in order' },
  'works-anyway': {
    vi: 'ngày này vốn đã làm việc, không thể là ngày làm bù',
    en: 'is a working day anyway: it makes up for nothing',
  },
  'no-day-off': { vi: 'không có ngày nghỉ ấy để làm bù', en: 'there is no such day off to make up for' },
  'of-a-working-day': { vi: 'chỉ dành cho ngày làm việc', en: 'is for a working day only' },
  'unknown-calendar': { vi: 'không phải lịch này', en: 'is another calendar' },
  'old-answers': {
    vi: 'đổi hạn của hồ sơ tiếp nhận đến hết ngày ấy: ghi knownFrom là một ngày sau đó, hoặc --restate',
    en: 'changes what cases received up to that day were told: give it a later knownFrom, or say --restate',
  },
  'in-use': {
    vi: 'bảng mã mất một mã còn được dùng: giữ mã ấy, thêm bảng mới với validFrom muộn hơn, hoặc ghi unmapped',
    en: 'the table loses a code still in use: keep it, add a table with a later validFrom, or say what stands in (unmapped)',
  },
};

/** What a rule means to whoever writes agency files; undefined: the rule says it itself. */
export const faultSays = ({ rule }: Fault): Record<Language, string> | undefined => words[rule.split(':')[0]!];
