/**
 * The common workload of hub and peers: cases × 4 events of about 700 bytes, seq 1 of all cases first, then seq 2. Each event
 * says which it is, in members of its own or, where a door checks payloads, as a mark inside a text that every mapping keeps.
 */
export const EVENTS = 4;
export const PROCEDURE = '1.001193';
/** Prefix of events before the clock starts: partners count them apart. */
export const WARM = 'WARM';
export const now = () => performance.timeOrigin + performance.now();

const filler = Array.from(
  { length: 8 },
  (_, i) => `Lần gửi ${i}: hồ sơ đã kiểm tra, đủ giấy tờ, chuyển phòng chuyên môn; tham chiếu `,
);
const statuses = ['received', 'checked', 'decided', 'closed'];

/** Body of one event as peers and the pass-through contract carry it. */
export const bodyOf = (prefix, c, seq) => ({
  eventId: `${prefix}-${c}-${seq}`,
  caseCode: `${prefix === WARM ? WARM : 'CASE'}-${String(c).padStart(6, '0')}`,
  seq,
  sentAt: now(),
  payload: {
    type: 'case.status.changed',
    agency: `agency-${c % 7}`,
    status: statuses[seq - 1],
    subject: { reference: `R-${c * 31 + seq}`, postcode: String(10_000 + ((c * 37) % 89_999)) },
    note: filler[c % 8].repeat(5) + c,
  },
});

/** Every event in the order of entry. */
export function* eventsOf(cases, events = EVENTS) {
  for (let seq = 1; seq <= events; seq++) for (let c = 0; c < cases; c++) yield { c, seq };
}

const RECEIVED = 'vn.lienthong.case.received.v1';
const CHANGED = 'vn.lienthong.case.status-changed.v1';

/** What the ledger takes directly, its data the common body byte for byte. */
export function entryItem(prefix, { c, seq }) {
  const code = codeOf(prefix, c);
  return {
    sender: 'counter',
    key: `${prefix}-${c}-${seq}`,
    type: seq === 1 ? RECEIVED : CHANGED,
    caseCode: code,
    data: bodyOf(prefix, c, seq),
    ...(seq === 1 ? { opens: { procedure: PROCEDURE, openedOn: '2021-05-31', dueAt: null }, status: 2 } : {}),
  };
}

/** A CloudEvent with a payload that intake accepts. */
export function cloudEvent(prefix, { c, seq }) {
  const code = codeOf(prefix, c);
  const mark = markOf(prefix, { c, seq });
  return {
    specversion: '1.0',
    id: `${prefix}-${c}-${seq}`,
    source: '/bench',
    type: seq === 1 ? RECEIVED : CHANGED,
    subject: `case/${code}`,
    data: seq === 1 ? application(code, `${mark} ${filler[c % 8]}`) : change(seq, `${mark} ${filler[c % 8].repeat(5)}`),
  };
}

const application = (code, summary) => ({
  code,
  procedure: { code: PROCEDURE, name: 'Thủ tục mẫu' },
  channel: 'counter',
  province: { code: '22', name: 'Quảng Ninh' },
  unit: { code: 'H49.10', name: 'Trung tâm Hành chính công mẫu' },
  submittedAt: '2021-05-31T08:00:00+07:00',
  receivedAt: '2021-05-31T08:05:00+07:00',
  summary,
  applicant: { name: 'Nguyễn Thị Mẫu', kind: 'citizen' },
  returnBy: 'counter',
});
const change = (seq, note) => ({ status: [4, 4, 9][seq - 2], at: `2021-06-0${seq}T08:00:00+07:00`, note });

/** Found by a partner in whatever a mapping makes of the text that it stands in. */
export const markOf = (prefix, { c, seq }) => `~${prefix}~${c}~${seq}~${now()}~`;

/** A code of the form that QĐ 20/2020 gives; a bench's cases are told apart by their unit. */
export const codeOf = (prefix, c) => `H49.${prefix.toUpperCase()}-210531-${String(c).padStart(7, '0')}`;

const MARK = /~(\w+)~(\d+)~(\d)~([\d.]+)~/;

/** What a partner was sent, whatever its protocol; undefined where it can't be told. */
export function itemsOf(text) {
  const mark = MARK.exec(text);
  if (mark) {
    const [, prefix, c, seq, sentAt] = mark;
    const caseNumber = prefix === WARM ? -1 : Number(c);
    return [{ eventId: `${prefix}-${c}-${seq}`, caseNumber, seq: Number(seq), sentAt: Number(sentAt) }];
  }
  try {
    const items = [JSON.parse(text)].flat();
    return items.map(({ eventId, caseCode, seq, sentAt }) => ({
      eventId,
      caseNumber: numberOf(caseCode),
      seq,
      sentAt,
    }));
  } catch {
    return undefined;
  }
}

const numberOf = (code) => (code.startsWith('CASE-') ? Number(code.slice(5)) : -1);
