import { showProcedure } from '#ledger';
import { procedureWords } from '../operate/catalogue-words.js';
import { ledgerSettings } from '../settings.js';
import { say, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const showOneProcedure: Verb = {
  words: 'catalogue show',
  usage: 'CODE [--json]',
  vi: 'Một thủ tục trong danh mục, mọi lần thay đổi, mới nhất trước; --json: cả nguyên văn.',
  en: 'A procedure of the catalogue with all its changes, the newest first; --json: with what came, as it came.',
  options: { json: { type: 'boolean' } },
  operands: [1, 1],
  run: (given, terminal) =>
    withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const code = given.operands[0]!;
      const found = await showProcedure(db, code);
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ procedures: found }, null, 2));
      else if (found.length === 0) say(terminal.stderr, `Danh mục không có ${code} · the catalogue doesn’t have it`);
      else say(terminal.stdout, found.map(procedureWords).join('\n\n'));
      return found.length === 0 ? 1 : 0;
    }),
};
