import type { StandInsClient } from './stand-ins-client.js';

export interface Step {
  state: 'done' | 'now' | 'waiting' | 'bad';
  vi: string;
  en: string;
  fact: string;
}

export interface CaseView {
  code: string;
  /** Whether the counter knows this case at all. */
  known: boolean;
  steps: Step[];
  result?: { number: string; issuedOn: string; conviction: string; file?: { sha256: string; name: string } };
  /** The result is here and hasn't been handed over. */
  toHandOver: boolean;
  finished: boolean;
}

/** Ten statuses between provinces and the portal, in their own words. */
const statusNames = [
  '',
  'Mới đăng ký',
  'Được tiếp nhận',
  'Không được tiếp nhận',
  'Đang xử lý',
  'Yêu cầu bổ sung giấy tờ',
  'Yêu cầu thực hiện nghĩa vụ tài chính',
  'Công dân yêu cầu rút hồ sơ',
  'Dừng xử lý',
  'Đã xử lý xong',
  'Đã trả kết quả',
] as const;

const statusName = (status: number): string => `${statusNames[status] ?? '?'} (${status})`;
const issued = 'vn.lienthong.case.result-issued.v1';

/** Where a case is, asked of each system itself: nobody's word is taken for another's. */
export async function followCase(code: string, standIns: StandInsClient): Promise<CaseView> {
  const [counter, lltp, portal] = await Promise.all([
    standIns.atCounter(code),
    standIns.held('lltp', code),
    standIns.held('cong-dvc', code),
  ]);
  const submissions = counter?.submissions ?? [];
  const refused = submissions.find(({ state }) => state === 'refused');
  const entered = submissions[0];
  const inHub = entered?.state === 'accepted';
  const resultData = counter?.events.findLast(({ type }) => type === issued)?.data;
  const record = resultData?.judicialRecord;
  const file = resultData?.documents?.[0];
  const handedOver = submissions.some(
    ({ type, state }, i) => i > 0 && type.includes('status-changed') && state !== 'refused',
  );
  const unreachable = 'Hệ thống này không trả lời lúc này; hồ sơ sẽ tự đến khi nó hoạt động lại';
  const place = (held: { status: number } | null | undefined, name: string, en: string, more = ''): Step =>
    held
      ? { state: 'done', vi: `${name} đã có hồ sơ`, en, fact: `Trạng thái: ${statusName(held.status)}${more}` }
      : { state: inHub ? 'now' : 'waiting', vi: name, en, fact: held === null ? unreachable : 'Chưa đến' };
  const steps: Step[] = [
    entered
      ? { state: 'done', vi: 'Đã nhập tại một cửa', en: 'Entered once', fact: `Mã hồ sơ ${code}` }
      : {
          state: counter === null ? 'now' : 'bad',
          vi: 'Nhập tại một cửa',
          en: 'Entered once',
          fact: counter === null ? unreachable : 'Không có hồ sơ này',
        },
    refused
      ? {
          state: 'bad',
          vi: 'Trục liên thông từ chối',
          en: 'Refused by the hub',
          fact: refused.detail || refused.problem || '',
        }
      : {
          state: inHub ? 'done' : entered ? 'now' : 'waiting',
          vi: 'Trục liên thông đã ghi nhận',
          en: 'Recorded by the hub',
          fact: inHub ? 'Đã xác nhận' : 'Đang chờ xác nhận; tự gửi lại nếu trục bận',
        },
    place(lltp, 'Phần mềm lý lịch tư pháp', 'Judicial records', lltp?.reason ? ` – ${lltp.reason}` : ''),
    place(
      portal,
      'Cổng Dịch vụ công quốc gia',
      'National portal',
      portal ? `, ${portal.progress ?? 0} lần cập nhật tiến độ` : '',
    ),
    record
      ? {
          state: 'done',
          vi: 'Kết quả đã về một cửa',
          en: 'The result has come back',
          fact: `Phiếu số ${record.number}`,
        }
      : {
          state: lltp ? 'now' : 'waiting',
          vi: 'Kết quả về một cửa',
          en: 'The result comes back',
          fact: counter?.status ? `Một cửa được báo: ${statusName(counter.status)}` : 'Chưa có',
        },
  ];
  return {
    code,
    known: entered !== undefined || counter === null,
    steps,
    ...(record
      ? {
          result: {
            number: record.number,
            issuedOn: record.issuedOn,
            conviction: record.convictionStatus.name,
            ...(file ? { file: { sha256: file.sha256, name: file.name } } : {}),
          },
        }
      : {}),
    toHandOver: record !== undefined && !handedOver,
    finished: handedOver && portal?.status === 10,
  };
}
