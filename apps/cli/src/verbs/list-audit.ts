import { readLooks } from '#ledger';
import { timeOf } from '../operate/words.js';
import { ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const listAudit: Verb = {
  words: 'audit ls',
  usage: '[--agency AGENCY] [--operator NAME] [--case CODE] [--limit N] [--json]',
  vi: 'Ai đã xem hay gửi thử dữ liệu của hồ sơ nào, lúc nào, qua cửa nào; mới nhất trước (mặc định 100 dòng).',
  en: 'Who looked at or sent by way of trial which case’s data, when and by which door; newest first (100 unless told).',
  options: {
    agency: { type: 'string' },
    operator: { type: 'string' },
    case: { type: 'string' },
    limit: { type: 'string', default: '100' },
    json: { type: 'boolean' },
  },
  async run(given, terminal) {
    const limit = Number(textOf(given, 'limit'));
    if (!Number.isInteger(limit) || limit < 1 || limit > 100_000)
      throw new Trouble('--limit cần một số nguyên từ 1 đến 100.000', '--limit needs a whole number, 1 to 100,000');
    const [agency, operator, caseCode] = [textOf(given, 'agency'), textOf(given, 'operator'), textOf(given, 'case')];
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const looks = await readLooks(db, { agency, operator, caseCode, limit });
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ looks }, null, 2));
      else if (looks.length === 0) say(terminal.stdout, 'Chưa ai xem gì · nobody has looked at anything');
      else
        for (const line of columns([
          ['lúc', 'người', 'cửa', 'việc', 'cơ quan', 'hồ sơ'],
          ...looks.map((l) => [
            timeOf(l.at),
            l.operator,
            l.door,
            l.action,
            l.agency,
            l.caseCode ?? 'mẫu tự đem · sample',
          ]),
        ]))
          say(terminal.stdout, line);
      return 0;
    });
  },
};
