import type { PartnerAnswer, Reply, ReplyRow } from './reply.js';

/** For specs: answers as the public record has them (wording of partners' systems), and a reply table for each. */
export interface SampleAnswer {
  name: string;
  operation: string;
  answer: PartnerAnswer;
  means: Reply['kind'];
}

export const json = (body: unknown, status = 200): PartnerAnswer => {
  const text = JSON.stringify(body, null, 2);
  return { kind: 'answered', status, contentType: 'application/json; charset=utf-8', text, json: body };
};

/** As systems write it that escape everything beyond ASCII. */
const escaped = (body: unknown): PartnerAnswer => {
  const text = JSON.stringify(body).replace(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { kind: 'answered', status: 200, contentType: 'application/json', text, json: body };
};

export const page = (text: string, status: number): PartnerAnswer => ({
  kind: 'answered',
  status,
  contentType: 'text/html',
  text,
});

/** Judicial records, second interface, flow b. A duplicate says status 0 like a refusal: its text row stands first. */
export const lltpReplies: readonly ReplyRow[] = [
  { when: { text: 'đã được tiếp nhận, không thể cập nhật' }, means: 'already-held' },
  { when: { status: '2xx', json: { status: '1' } }, means: 'accepted' },
  { when: { json: { errorCode: 'AUTH' } }, means: 'busy' },
  {
    when: { status: '2xx', json: { status: '0' } },
    means: 'refused',
    reason: ['statusDescription', 'errorDescription'],
  },
  { when: { status: [404, 429, 503] }, means: 'busy' },
];

const lltp = { status: '0', statusDescription: 'Gửi thông tin không hợp lệ', errorCode: 'DATA', errorDescription: '' };
const taken = { ...lltp, status: '1', statusDescription: 'Gửi thông tin thành công', errorCode: '' };
const held = { ...lltp, statusDescription: 'Hồ sơ đã được tiếp nhận, không thể cập nhật thông tin', errorCode: '' };

export const lltpAnswers: readonly SampleAnswer[] = [
  { name: 'b-gui-ho-so.success', operation: 'gui-ho-so', answer: json(taken), means: 'accepted' },
  { name: 'the same with a number', operation: 'gui-ho-so', answer: json({ ...taken, status: 1 }), means: 'accepted' },
  { name: 'b-gui-ho-so.duplicate', operation: 'gui-ho-so', answer: json(held), means: 'already-held' },
  { name: 'the same, escaped', operation: 'gui-ho-so', answer: escaped(held), means: 'already-held' },
  {
    name: 'the same in capitals and NFD',
    operation: 'gui-ho-so',
    answer: json({ ...held, statusDescription: held.statusDescription.toUpperCase().normalize('NFD') }),
    means: 'already-held',
  },
  {
    name: 'b-gui-ho-so.refused.inferred',
    operation: 'gui-ho-so',
    answer: json({ ...lltp, errorDescription: 'nycNgaySinh không đúng định dạng' }),
    means: 'refused',
  },
  { name: 'status 1 with HTTP 500', operation: 'gui-ho-so', answer: json(taken, 500), means: 'doubt' },
  { name: 'a status nobody knows', operation: 'gui-ho-so', answer: json({ ...lltp, status: '2' }), means: 'doubt' },
  { name: 'an HTML page with 200', operation: 'gui-ho-so', answer: page('<html>OK</html>', 200), means: 'doubt' },
  // The gateway doesn't know what the system behind it did.
  { name: 'a gateway’s 502', operation: 'gui-ho-so', answer: page('<h1>Bad gateway</h1>', 502), means: 'doubt' },
  { name: 'HTTP 503', operation: 'gui-ho-so', answer: page('', 503), means: 'busy' },
  {
    name: 'b-gui-ho-so.bad-key.inferred',
    operation: 'gui-ho-so',
    answer: json({
      ...lltp,
      statusDescription: 'Xác thực không hợp lệ',
      errorCode: 'AUTH',
      errorDescription: 'authKey',
    }),
    means: 'busy',
  },
  { name: 'an empty 200', operation: 'gui-ho-so', answer: page('', 200), means: 'doubt' },
  {
    name: 'a refused connection',
    operation: 'gui-ho-so',
    answer: { kind: 'unsent', reason: 'ECONNREFUSED' },
    means: 'busy',
  },
  { name: 'a time-out', operation: 'gui-ho-so', answer: { kind: 'no-answer', reason: 'time-out' }, means: 'doubt' },
];

/** National portal. Codes are strings or numbers; what each is paired with differs, so texts come first. */
export const portalReplies: readonly ReplyRow[] = [
  { when: { text: 'đã tồn tại' }, means: 'already-held' },
  { when: { json: { error_code: -1 }, text: 'phiên làm việc' }, means: 'session-expired' },
  { when: { status: '2xx', json: { error_code: 0 } }, means: 'accepted' },
  { when: { status: '2xx', json: { error_code: '3' } }, means: 'refused', reason: ['message'] },
  { when: { status: '2xx', json: { error_code: '-3' } }, means: 'refused', reason: ['message'] },
  { when: { status: [404, 429, 503] }, means: 'busy' },
];

const sync = 'DongBoHoSoMC';
const duplicate = { error_code: '-3', message: 'Mã hồ sơ H56.14-250812-0007 đã tồn tại' };
const expired = { error_code: '-1', message: 'Phiên làm việc không hợp lệ hoặc đã hết hạn' };

export const portalAnswers: readonly SampleAnswer[] = [
  {
    name: 'answer.success',
    operation: sync,
    answer: json({ error_code: '0', message: 'Đồng bộ hồ sơ thành công' }),
    means: 'accepted',
  },
  {
    name: 'login.answer (a number)',
    operation: sync,
    answer: json({ session: 'S', error_code: 0 }),
    means: 'accepted',
  },
  { name: 'answer.duplicate', operation: sync, answer: json(duplicate), means: 'already-held' },
  { name: 'the same, escaped', operation: sync, answer: escaped(duplicate), means: 'already-held' },
  {
    name: 'answer.refused',
    operation: sync,
    answer: json({ error_code: '3', message: 'Mã thủ tục hành chính không hợp lệ' }),
    means: 'refused',
  },
  { name: 'answer.session-expired.inferred', operation: sync, answer: json(expired), means: 'session-expired' },
  {
    name: 'the same code with another text',
    operation: sync,
    answer: json({ error_code: -1, message: 'lỗi' }),
    means: 'doubt',
  },
  { name: 'code 0 as "00"', operation: sync, answer: json({ error_code: '00', message: '' }), means: 'doubt' },
  { name: 'a JSON list', operation: sync, answer: json([{ error_code: '0' }]), means: 'doubt' },
  { name: 'JSON null', operation: sync, answer: json(null), means: 'doubt' },
  { name: 'a rejection page', operation: sync, answer: page('<html>Request Rejected</html>', 200), means: 'doubt' },
  { name: 'HTTP 503', operation: sync, answer: page('', 503), means: 'busy' },
  { name: 'HTTP 404', operation: sync, answer: page('', 404), means: 'busy' },
  { name: 'HTTP 504', operation: sync, answer: page('', 504), means: 'doubt' },
];
