import { reasonInVietnamese } from '../operate/reason-words.js';
import { caseStatuses } from '#domain';
import { shortType } from '#wire';
import { askProcess } from '../ask-process.js';
import { SecretFiles } from '../secret-files.js';
import { intakeUrl, secretSettings } from '../settings.js';
import { columns, localTime, printable } from '../terminal/columns.js';
import { say, textOf, type Verb } from '../verb.js';

interface Case {
  code: string;
  procedure: string;
  enteredBy: string;
  openedOn: string;
  status: number;
  dueAt: string | null;
  sequence: number;
  headHash: string;
  mergedInto?: string;
  merged?: string[];
}
interface Timeline {
  events: {
    sequence: number;
    type: string;
    sender: string;
    status: number;
    skipped?: number[];
    recordedAt: string;
    hash: string;
  }[];
}
interface Deliveries {
  deliveries: {
    agency: string;
    sequence: number;
    state: string;
    wait?: string;
    wakeAt?: string;
    heldFor?: string[];
    inDoubt: boolean;
    attempts: number;
    endedAt?: string;
    owner?: string;
    reason?: string;
  }[];
}

export const showCase: Verb = {
  words: 'case show',
  usage: 'CODE [--agency AGENCY] [--json]',
  vi: 'Diễn biến của một hồ sơ và hồ sơ đã đến đâu, như cơ quan ấy được xem (mặc định: mot-cua).',
  en: 'A case’s timeline and deliveries, as that agency may see them (mot-cua unless told).',
  options: { agency: { type: 'string' }, json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    const key = await new SecretFiles(secretSettings(terminal.env).secretsDir).keyOf(
      textOf(given, 'agency') ?? 'mot-cua',
    );
    const at = `${intakeUrl(terminal.env)}/v1/cases/${encodeURIComponent(given.operands[0] ?? '')}`;
    const [header, timeline, deliveries] = await Promise.all([
      askProcess<Case>(at, { key }),
      askProcess<Timeline>(`${at}/timeline`, { key }),
      askProcess<Deliveries>(`${at}/deliveries`, { key }),
    ]);
    const text =
      given.options.json === true
        ? JSON.stringify({ ...header, ...withoutData(timeline), ...deliveries }, null, 2)
        : shown(header, timeline, deliveries).join('\n');
    say(terminal.stdout, text);
    return 0;
  },
};

/** A terminal's history is no place for what a case says of a person. */
const withoutData = ({ events }: Timeline): Timeline => ({
  events: events.map(({ sequence, type, sender, status, skipped, recordedAt, hash }) => ({
    sequence,
    type,
    sender,
    status,
    ...(skipped ? { skipped } : {}),
    recordedAt,
    hash,
  })),
});

const statusName = (code: number): string => `${code} ${caseStatuses.find((status) => status.code === code)?.vi ?? ''}`;
const stateNames: Record<string, string> = {
  open: 'chưa chuyển',
  parked: 'chờ người xử lý',
  acknowledged: 'đã nhận',
  superseded: 'được thay',
  closed: 'đã đóng',
};
const waitNames: Record<string, string> = { turn: 'chờ lượt', timer: 'hẹn giờ', person: 'chờ người' };
const ownerNames: Record<string, string> = { ours: 'phía trục', theirs: 'phía cơ quan nhận', data: 'dữ liệu hồ sơ' };

function shown(header: Case, { events }: Timeline, { deliveries }: Deliveries): string[] {
  return [
    `Hồ sơ · case ${header.code}`,
    ...columns(
      [
        ['Trạng thái · status', statusName(header.status)],
        ['Thủ tục · procedure', header.procedure],
        ['Nơi nhập · entered by', header.enteredBy],
        ['Ngày tiếp nhận · opened on', header.openedOn.split('-').reverse().join('/')],
        ['Hẹn trả · due', header.dueAt ? localTime(header.dueAt) : '–'],
        ['Đầu chuỗi băm · head hash', header.headHash],
        ...(header.mergedInto === undefined
          ? []
          : [['Đã nhập vào · merged into', `${header.mergedInto} (sự kiện mới ở đó · what is new is there)`]]),
        ...(header.merged === undefined ? [] : [['Gồm cả · includes', header.merged.join(', ')]]),
      ],
      '  ',
    ),
    '',
    'Diễn biến · timeline',
    ...columns(
      [
        ['số', 'lúc', 'sự kiện', 'bên báo', 'trạng thái', 'mã băm'],
        ...events.map((e) => [
          String(e.sequence),
          localTime(e.recordedAt),
          shortType(e.type),
          e.sender,
          statusName(e.status) + (e.skipped && e.skipped.length > 0 ? ` (bỏ qua bước ${e.skipped.join(', ')})` : ''),
          e.hash.slice(0, 12),
        ]),
      ],
      '  ',
    ),
    '',
    'Chuyển đến các cơ quan · deliveries',
    ...(deliveries.length === 0
      ? ['  chưa có · none yet']
      : columns(
          [
            ['cơ quan', 'số', 'tình trạng', 'lần gửi', 'xong lúc', 'vì sao'],
            ...[...deliveries]
              .sort((a, b) => (a.agency < b.agency ? -1 : a.agency > b.agency ? 1 : a.sequence - b.sequence))
              .map((d) => [
                d.agency,
                String(d.sequence),
                stateOf(d),
                String(d.attempts),
                d.endedAt ? localTime(d.endedAt) : '–',
                whyOf(d),
              ]),
          ],
          '  ',
        )),
  ];
}

type Delivery = Deliveries['deliveries'][number];

const stateOf = ({ state, wait, heldFor, inDoubt }: Delivery): string =>
  [
    stateNames[state] ?? state,
    heldFor ? `chờ · waits for ${heldFor.join(', ')}` : state === 'open' && wait ? (waitNames[wait] ?? wait) : '',
    inDoubt ? 'nghi vấn' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');

const whyOf = ({ owner, reason }: Delivery): string =>
  printable(
    [owner ? (ownerNames[owner] ?? owner) : '', reasonInVietnamese(reason ?? '')]
      .filter((part) => part !== '')
      .join(': '),
  ).slice(0, 200);
