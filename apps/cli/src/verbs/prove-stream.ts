import { writeFile } from 'node:fs/promises';
import { proveStream, statementBundle } from '#ledger';
import { grouped } from '#wire';
import { ledgerSettings } from '../settings.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { Misunderstood, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';
import { noStatement, placeOf } from './statements.js';

export const proveCase: Verb = {
  words: 'statement proof',
  usage: '--agency AGENCY --day DAY --case CODE [--out FILE]',
  vi: 'Chứng minh chuỗi sự kiện của một hồ sơ nằm trong biên bản ngày ấy; người khác kiểm bằng statement verify, không cần hỏi trục.',
  en: 'Proves that a case’s chain of events is in that day’s statement; anybody verifies it with statement verify.',
  options: { agency: { type: 'string' }, day: { type: 'string' }, case: { type: 'string' }, out: { type: 'string' } },
  async run(given, terminal) {
    const [code, out] = [textOf(given, 'case'), textOf(given, 'out')];
    if (code === undefined) throw new Misunderstood('Cần --case MÃ', '--case CODE is needed');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const at = await placeOf(db, given);
      const bundle = await statementBundle(db, at.agency, at.day);
      if (!bundle) throw noStatement();
      const bar = new ProgressBar(terminal.stderr);
      const all = bundle.statement.chainHeads.streams;
      const proof = await proveStream(db, at.agency, at.day, code, (read) =>
        bar.show(read / all, `${grouped(read)} / ${grouped(all)}`),
      ).finally(() => bar.end());
      if (!proof)
        throw new Trouble(`Đến hết ngày ấy cơ quan chưa được chuyển gì của hồ sơ "${code}"`, `by that day the agency had no delivery of "${code}"`); // prettier-ignore
      const text = `${JSON.stringify({ ...bundle, proof }, null, 2)}\n`;
      if (out === undefined) terminal.stdout.write(text);
      else await writeFile(out, text);
      return 0;
    });
  },
};
