import { closeUntaken, listUntaken, type ShownUntaken } from '#ledger';
import { timeOf } from '../operate/words.js';
import { ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const listCollected: Verb = {
  words: 'collected ls',
  usage: '[--agency AGENCY] [--json]',
  vi: 'Các dòng mà trục lấy về từ danh sách của cơ quan nhưng chưa ghi được: hồ sơ nào, vì sao, bao nhiêu lần. Trục tự thử lại.',
  en: 'Rows of partners’ lists that the ledger hasn’t taken: which case, why, how often. They are tried again by themselves.',
  options: { agency: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const untaken = await listUntaken(db, textOf(given, 'agency'));
      say(terminal.stdout, given.options.json === true ? JSON.stringify({ untaken }, null, 2) : words(untaken));
      return 0;
    });
  },
};

export const closeCollected: Verb = {
  words: 'collected close',
  usage: 'ID --reason TEXT',
  vi: 'Đóng một dòng mà người đã xem: không thử ghi nữa.',
  en: 'Closes a row that a person has looked at: it isn’t tried any more.',
  options: { reason: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const [id = ''] = given.operands;
    const reason = textOf(given, 'reason');
    if (!/^\d{1,18}$/.test(id)) throw new Trouble('Cần số của dòng (collected ls)', 'the row’s number is needed');
    if (!reason) throw new Trouble('Cần --reason', '--reason is needed');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const isClosed = await closeUntaken(db, id, reason);
      if (isClosed) say(terminal.stdout, `Đã đóng dòng ${id} · closed`);
      else say(terminal.stderr, `Không có dòng ${id} đang mở · there is no such open row`);
      return isClosed ? 0 : 1;
    });
  },
};

function words(untaken: readonly ShownUntaken[]): string {
  if (untaken.length === 0) return 'Không có dòng nào chưa ghi được · every row was taken';
  return columns([
    ['số', 'cơ quan', 'hồ sơ', 'loại', 'vì sao', 'số lần', 'từ', 'lần cuối'],
    ...untaken.map(({ id, agency, caseCode, type, reason, faults, times, firstAt, lastAt }) => [
      id,
      agency,
      caseCode === '' ? '–' : caseCode,
      type.split('.').slice(2, -1).join('.'),
      [reason, ...faults.map(({ path, rule }) => `${path} ${rule}`)].join('; '),
      String(times),
      timeOf(firstAt),
      timeOf(lastAt),
    ]),
  ]).join('\n');
}
