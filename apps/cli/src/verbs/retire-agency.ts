import { retireAgency } from '#agency';
import { authorOf, ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const agencyRetire: Verb = {
  words: 'agency retire',
  usage: 'AGENCY --reason TEXT',
  vi: 'Ngừng kết nối một cơ quan: từ nay không lập lần chuyển mới, không nhận báo, không hỏi; những gì đã lập vẫn chuyển nốt. Lịch sử giữ nguyên, agency rollback đưa trở lại.',
  en: 'Retires an agency: nothing new is planned for it, it may report nothing and isn’t asked; what was planned still ends. History stays; agency rollback brings it back.',
  options: { reason: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const reason = textOf(given, 'reason')?.trim();
    if (!reason) throw new Trouble('Cần --reason', '--reason is needed');
    const id = given.operands[0]!;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const retired = await retireAgency(db, id, reason, authorOf(terminal.env));
      if (retired.outcome === 'no-such-agency')
        throw new Trouble(`Không có cơ quan "${id}"`, `there is no agency "${id}"`);
      const { applied, left } = retired;
      say(terminal.stdout, `✓ ${id}: ngừng kết nối, lần áp dụng · retired, serial ${applied.serial}`);
      if (left.open === 0) say(terminal.stdout, '  không còn gì phải chuyển · nothing is left to deliver');
      else
        say(
          terminal.stdout,
          `  còn ${left.open} hồ sơ đang chuyển, trong đó ${left.parked} chờ người xử lý · cases are still on their way, of them parked: ${left.examples.join(' ')}`,
        );
      return 0;
    });
  },
};
