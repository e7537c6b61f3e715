/** The declaration as the counter asks it. One table: the page, the checks and the example are made from it. */
export interface Field {
  name: string;
  vi: string;
  en: string;
  kind: 'text' | 'area' | 'select' | 'radio' | 'check' | 'day' | 'partial-date' | 'email' | 'phone' | 'number';
  /** Longest, in characters. */
  most?: number;
  required?: true;
  hint?: string;
  /** The list in CounterOptions that a choice is made from; pairs of code and label where it is the form's own. */
  from?:
    | 'provinces'
    | 'nationalities'
    | 'ethnicities'
    | 'paperTypes'
    | 'purposes'
    | 'relations'
    | 'payerClasses'
    | [string, string][];
  wide?: true;
}

export interface Section {
  id: string;
  vi: string;
  en: string;
  note?: string;
  fields: Field[];
}

const partialHint = 'ngày/tháng/năm; không rõ ngày thì tháng/năm hoặc năm';
const dayHint = 'ngày/tháng/năm';
const sexes: [string, string][] = [
  ['male', 'Nam'],
  ['female', 'Nữ'],
];

export const sections: Section[] = [
  {
    id: 'request',
    vi: 'Nội dung yêu cầu',
    en: 'Request',
    fields: [
      {
        name: 'recordNumber',
        vi: 'Loại phiếu',
        en: 'Record number',
        kind: 'radio',
        required: true,
        from: [
          ['1', 'Phiếu số 1'],
          ['2', 'Phiếu số 2'],
        ],
      },
      { name: 'purpose', vi: 'Mục đích yêu cầu', en: 'Purpose', kind: 'select', from: 'purposes', required: true },
      { name: 'otherPurpose', vi: 'Ghi rõ mục đích khác', en: 'Other purpose', kind: 'text', most: 1_000 },
      { name: 'copies', vi: 'Số lượng bản', en: 'Copies', kind: 'number', required: true },
      {
        name: 'payerClass',
        vi: 'Đối tượng nộp phí',
        en: 'Payer class',
        kind: 'select',
        from: 'payerClasses',
        required: true,
      },
      {
        name: 'banFromOffice',
        vi: 'Yêu cầu xác nhận nội dung về cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp, hợp tác xã',
        en: 'Show bans from office or from managing a company',
        kind: 'check',
        wide: true,
      },
    ],
  },
  {
    id: 'person',
    vi: 'Người được cấp phiếu',
    en: 'Person',
    fields: [
      { name: 'name', vi: 'Họ và tên', en: 'Full name', kind: 'text', most: 200, required: true },
      { name: 'otherName', vi: 'Tên gọi khác', en: 'Other names', kind: 'text', most: 200 },
      { name: 'sex', vi: 'Giới tính', en: 'Sex', kind: 'radio', from: sexes, required: true },
      { name: 'born', vi: 'Ngày sinh', en: 'Date of birth', kind: 'partial-date', required: true, hint: partialHint },
      {
        name: 'birthProvince',
        vi: 'Tỉnh, thành phố nơi sinh',
        en: 'Place of birth',
        kind: 'select',
        from: 'provinces',
        hint: 'Để trống nếu sinh ở nước ngoài',
      },
      {
        name: 'birthDetail',
        vi: 'Chi tiết nơi sinh, hoặc tên nước',
        en: 'Detail, or country',
        kind: 'text',
        most: 100,
      },
      {
        name: 'nationality',
        vi: 'Quốc tịch',
        en: 'Nationality',
        kind: 'select',
        from: 'nationalities',
        required: true,
      },
      { name: 'ethnicity', vi: 'Dân tộc', en: 'Ethnicity', kind: 'select', from: 'ethnicities', required: true },
      { name: 'phone', vi: 'Điện thoại', en: 'Phone', kind: 'phone', most: 50 },
      { name: 'email', vi: 'Thư điện tử', en: 'E-mail', kind: 'email', most: 254 },
    ],
  },
  {
    id: 'paper',
    vi: 'Giấy tờ tùy thân',
    en: 'Identity paper',
    fields: [
      { name: 'paperType', vi: 'Loại giấy tờ', en: 'Type', kind: 'select', from: 'paperTypes', required: true },
      { name: 'paperNumber', vi: 'Số giấy tờ', en: 'Number', kind: 'text', most: 30, required: true },
      { name: 'paperIssuedOn', vi: 'Ngày cấp', en: 'Issued on', kind: 'day', required: true, hint: dayHint },
      { name: 'paperIssuedBy', vi: 'Nơi cấp', en: 'Issued by', kind: 'text', most: 300, required: true },
    ],
  },
  {
    id: 'residence',
    vi: 'Nơi cư trú hiện nay',
    en: 'Present residence',
    fields: [
      {
        name: 'permanentProvince',
        vi: 'Tỉnh, thành phố thường trú',
        en: 'Permanent: province',
        kind: 'select',
        from: 'provinces',
        required: true,
      },
      { name: 'permanentCommune', vi: 'Xã, phường thường trú', en: 'Commune', kind: 'text', most: 150, required: true },
      {
        name: 'permanentDetail',
        vi: 'Số nhà, đường, ấp nơi thường trú',
        en: 'House, street',
        kind: 'text',
        most: 300,
        required: true,
        wide: true,
      },
      {
        name: 'temporaryProvince',
        vi: 'Tỉnh, thành phố tạm trú',
        en: 'Temporary: province',
        kind: 'select',
        from: 'provinces',
      },
      { name: 'temporaryCommune', vi: 'Xã, phường tạm trú', en: 'Commune', kind: 'text', most: 150 },
      {
        name: 'temporaryDetail',
        vi: 'Số nhà, đường, ấp nơi tạm trú',
        en: 'House, street',
        kind: 'text',
        most: 300,
        wide: true,
      },
    ],
  },
  {
    id: 'family',
    vi: 'Cha, mẹ, vợ hoặc chồng',
    en: 'Family',
    fields: [
      { name: 'fatherName', vi: 'Họ tên cha', en: 'Father', kind: 'text', most: 200 },
      { name: 'fatherBorn', vi: 'Năm sinh của cha', en: 'Born', kind: 'partial-date' },
      { name: 'motherName', vi: 'Họ tên mẹ', en: 'Mother', kind: 'text', most: 200 },
      { name: 'motherBorn', vi: 'Năm sinh của mẹ', en: 'Born', kind: 'partial-date' },
      { name: 'spouseName', vi: 'Họ tên vợ hoặc chồng', en: 'Spouse', kind: 'text', most: 200 },
      { name: 'spouseBorn', vi: 'Năm sinh của vợ hoặc chồng', en: 'Born', kind: 'partial-date' },
    ],
  },
];

/** One row of the residence history; its inputs are named `residences.<n>.<name>`. */
export const residenceFields: Field[] = [
  { name: 'from', vi: 'Từ tháng', en: 'From', kind: 'partial-date', required: true, hint: 'tháng/năm' },
  { name: 'to', vi: 'Đến tháng', en: 'To', kind: 'partial-date', required: true, hint: 'tháng/năm' },
  { name: 'place', vi: 'Nơi thường trú, tạm trú', en: 'Place', kind: 'text', most: 500, required: true },
  { name: 'occupation', vi: 'Nghề nghiệp', en: 'Occupation', kind: 'text', most: 500 },
  { name: 'workplace', vi: 'Nơi làm việc', en: 'Workplace', kind: 'text', most: 500 },
];

/** Asked after the residence history. */
export const laterSections: Section[] = [
  {
    id: 'convictions',
    vi: 'Phần khai về án tích',
    en: 'Convictions',
    fields: [
      {
        name: 'convictions',
        vi: 'Án tích, nội dung bị cấm (nếu có)',
        en: 'What to declare',
        kind: 'area',
        most: 10_000,
        wide: true,
      },
    ],
  },
  {
    id: 'mandate',
    vi: 'Người được ủy quyền',
    en: 'By mandate',
    note: 'Chỉ điền khi người khác nộp thay.',
    fields: [
      { name: 'mandated', vi: 'Nộp hồ sơ theo ủy quyền', en: 'Filed by a mandated person', kind: 'check', wide: true },
      { name: 'mandateName', vi: 'Họ và tên người được ủy quyền', en: 'Name', kind: 'text', most: 200 },
      { name: 'mandateSex', vi: 'Giới tính', en: 'Sex', kind: 'radio', from: sexes },
      { name: 'mandateBorn', vi: 'Ngày sinh', en: 'Date of birth', kind: 'partial-date' },
      { name: 'mandatePhone', vi: 'Điện thoại', en: 'Phone', kind: 'phone', most: 50 },
      { name: 'mandatePaperType', vi: 'Loại giấy tờ', en: 'Identity paper', kind: 'select', from: 'paperTypes' },
      { name: 'mandatePaperNumber', vi: 'Số giấy tờ', en: 'Number', kind: 'text', most: 30 },
      { name: 'mandatePaperIssuedOn', vi: 'Ngày cấp', en: 'Issued on', kind: 'day', hint: dayHint },
      { name: 'mandatePaperIssuedBy', vi: 'Nơi cấp', en: 'Issued by', kind: 'text', most: 300 },
      { name: 'mandateRelation', vi: 'Quan hệ với người được cấp', en: 'Relation', kind: 'select', from: 'relations' },
      { name: 'mandateSignedOn', vi: 'Ngày ký văn bản ủy quyền', en: 'Signed on', kind: 'day', hint: dayHint },
      { name: 'mandateResidence', vi: 'Nơi cư trú', en: 'Residence', kind: 'text', most: 500, wide: true },
    ],
  },
  {
    id: 'return',
    vi: 'Nhận kết quả',
    en: 'Result',
    fields: [
      {
        name: 'returnBy',
        vi: 'Hình thức nhận kết quả',
        en: 'How the result is delivered',
        kind: 'radio',
        required: true,
        from: [
          ['counter', 'Nhận tại bộ phận một cửa'],
          ['post', 'Qua bưu chính công ích'],
        ],
      },
      {
        name: 'returnAddress',
        vi: 'Địa chỉ nhận qua bưu chính',
        en: 'Postal address',
        kind: 'text',
        most: 500,
        wide: true,
      },
    ],
  },
];

export const allFields: readonly Field[] = [...sections, ...laterSections].flatMap(({ fields }) => fields);
