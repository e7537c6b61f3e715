import { rollBackAgency as rollBack } from '#agency';
import { contractHistory } from '#ledger';
import { appliedWords } from '../agency/applied-words.js';
import { faultWords } from '../agency/fault-words.js';
import { agencyNamed, wholeOf } from '../operate/named.js';
import { brief, timeOf } from '../operate/words.js';
import { SecretFiles } from '../secret-files.js';
import { authorOf, ledgerSettings, secretSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const agencyHistory: Verb = {
  words: 'agency history',
  usage: 'AGENCY [--json]',
  vi: 'Mọi hợp đồng từng áp dụng cho một cơ quan: ai, khi nào, vì sao.',
  en: 'Every contract that was ever applied for an agency: who, when, why.',
  options: { json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const history = await contractHistory(db, await agencyNamed(db, given.operands[0]!));
      const rows = history.map((kept) => [
        String(kept.serial),
        timeOf(kept.appliedAt),
        kept.author,
        kept.versions.map(({ validFrom }) => validFrom).join(' '),
        kept.rolledBackTo === null ? '–' : `lần · serial ${kept.rolledBackTo}`,
        brief(kept.note ?? '–'),
      ]);
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ history }, null, 2));
      else
        for (const line of columns([['lần', 'lúc', 'ai', 'phiên bản', 'quay lại', 'ghi chú'], ...rows]))
          say(terminal.stdout, line);
      return 0;
    });
  },
};

export const rollBackAgency: Verb = {
  words: 'agency rollback',
  usage: 'AGENCY [--to SERIAL] --reason TEXT [--without-secrets]',
  vi: 'Áp dụng lại hợp đồng trước đó, như một lần áp dụng mới. Không có --to: hợp đồng gần nhất khác hợp đồng đang có.',
  en: 'Applies an earlier contract again, as a new serial. Without --to: the newest that differs from the last one.',
  options: { to: { type: 'string' }, reason: { type: 'string' }, 'without-secrets': { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    const reason = textOf(given, 'reason')?.trim();
    if (!reason) throw new Trouble('Cần --reason', '--reason is needed');
    const to = wholeOf(given, 'to');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = await agencyNamed(db, given.operands[0]!);
      const secrets = new SecretFiles(secretSettings(terminal.env).secretsDir);
      const isAsked = given.options['without-secrets'] !== true;
      const rolled = await rollBack(
        db,
        { agency, to, reason, author: authorOf(terminal.env) },
        isAsked ? (name) => secrets.has(name) : undefined,
      );
      if (rolled.outcome === 'no-such-serial')
        throw new Trouble(
          `${agency} không có hợp đồng nào như vậy để quay lại; xem lienthong agency history ${agency}`,
          'there is no such contract to go back to',
        );
      if (rolled.outcome === 'faulty')
        throw new Trouble(
          `Hợp đồng lần ${rolled.serial} nay không dùng được`,
          `it can't be used any more:${rolled.faults.map((fault) => `\n  ${faultWords(fault)}`).join('')}`,
        );
      for (const line of appliedWords(rolled.applied))
        say(terminal.stdout, `${line} (nội dung của lần · the document of serial ${rolled.serial})`);
      return 0;
    });
  },
};
