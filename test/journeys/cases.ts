/** Invented people and cases, in the shape that a one-stop system sends to POST /v1/cases. */
let serial = 0;

/** A case code of its own, received on 31 May 2021. */
export const nextCode = (): string => `000.00.30.H49-210531-${String(++serial).padStart(4, '0')}`;

export function judicialRecordCase(code: string): Record<string, unknown> {
  return {
    code,
    procedure: { code: '2.000488', name: 'Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam' },
    field: { code: 'G15-TP10', name: 'Lý lịch tư pháp' },
    channel: 'counter',
    province: { code: '22', name: 'Quảng Ninh' },
    unit: { code: '000.00.30.H49', name: 'Trung tâm Hành chính công thành phố Mẫu' },
    submittedAt: '2021-05-31T08:00:00+07:00',
    receivedAt: '2021-05-31T08:05:00+07:00',
    dueAt: '2021-06-14T17:00:00+07:00',
    summary: 'Đề nghị cấp Phiếu lý lịch tư pháp số 1',
    applicant: { name: 'Nguyễn Thị Mẫu Đơn', kind: 'citizen', idNumber: '079200000123', phone: '0900000123' },
    returnBy: 'counter',
    fees: [
      { code: 'PHI-MAU-1', name: 'Phí cung cấp thông tin lý lịch tư pháp', amount: 200_000, method: '1', kind: '1' },
    ],
    declaration: {
      recordNumber: 1,
      banFromOffice: false,
      purpose: { code: '01', name: 'Xin việc làm' },
      copies: 1,
      name: 'NGUYỄN THỊ MẪU ĐƠN',
      sex: 'female',
      born: '1990-08-15',
      birthPlace: { province: { code: '22', name: 'Quảng Ninh' }, country: 'Việt Nam' },
      nationality: { code: 'VN', name: 'Việt Nam' },
      ethnicity: { code: '01', name: 'Kinh' },
      permanentResidence: {
        province: { code: '22', name: 'Quảng Ninh' },
        commune: { code: '14758', name: 'Phường Thử Nghiệm' },
        detail: 'Số 1 đường Mẫu',
        country: 'Việt Nam',
      },
      identityPaper: {
        type: { code: '3', name: 'Căn cước công dân' },
        number: '079200000123',
        issuedOn: '2021-02-01',
        issuedBy: 'Cục Cảnh sát QLHC về TTXH',
      },
      phone: '0900000123',
      father: { name: 'Nguyễn Văn Cha', born: '1960' },
      mother: { name: 'Trần Thị Mẹ', born: '1963' },
      residences: [
        { from: '2004-09', to: '2012-08', place: 'Xã Giả Định, tỉnh Quảng Ninh', occupation: 'Học sinh' },
        {
          from: '2012-09',
          to: '2021-05',
          place: 'Phường Thử Nghiệm, tỉnh Quảng Ninh',
          occupation: 'Kế toán',
          workplace: 'Công ty TNHH Ví Dụ',
        },
      ],
      payerClass: { code: '1', name: 'Đối tượng thông thường' },
    },
  };
}

/** A procedure that only the portal must know. */
export function otherCase(code: string): Record<string, unknown> {
  const { declaration: _, ...rest } = judicialRecordCase(code);
  return { ...rest, procedure: { code: '1.001193', name: 'Đăng ký khai sinh' }, summary: 'Đăng ký khai sinh' };
}

/** A progress row, as a CloudEvent of the one-stop. */
export function statusChanged(
  code: string,
  status: number,
  key: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: key,
    source: 'urn:mot-cua',
    type: 'vn.lienthong.case.status-changed.v1',
    subject: `case/${code}`,
    time: '2021-06-01T08:00:00+07:00',
    datacontenttype: 'application/json',
    data: { status, at: '2021-06-01T08:00:00+07:00', note: 'Đang xác minh', ...more },
  };
}
