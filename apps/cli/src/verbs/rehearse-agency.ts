import { MOST_DAYS, rehearseAgency as rehearse, USUAL_DAYS } from '#agency';
import { readAgencyFile } from '../agency/agency-folder.js';
import { rehearsalWords } from '../agency/rehearsal-words.js';
import { dayOf, wholeOf } from '../operate/named.js';
import { ledgerSettings } from '../settings.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { say, Trouble, type Given, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const rehearseAgency: Verb = {
  words: 'agency rehearse',
  usage: 'FILE [--days N] [--on DATE] [--json]',
  vi: 'Diễn tập: lập lại bản gửi của N ngày qua (30) theo hợp đồng đang có và theo tệp này, so từng bản; không gửi gì.',
  en: 'Rehearses: maps the last N days’ events (30) by the contract in force and by this file, item against item; sends nothing.',
  options: { days: { type: 'string' }, on: { type: 'string' }, json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    const days = daysOf(given);
    const on = dayOf(given, 'on');
    const file = await readAgencyFile(given.operands[0]!, terminal.env);
    const bar = new ProgressBar(terminal.stderr);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      try {
        const rehearsal = await rehearse(db, file, { days, on }, (done, total) =>
          bar.show(done / total, `${done}/${total} sự kiện · events`),
        );
        bar.end();
        const text =
          given.options.json === true ? JSON.stringify(rehearsal, null, 2) : rehearsalWords(rehearsal).join('\n');
        say(terminal.stdout, text);
        return rehearsal.findings.failing.events > 0 ? 1 : 0;
      } finally {
        bar.end();
      }
    });
  },
};

/** How far back is looked. */
export function daysOf(given: Given): number {
  const days = wholeOf(given, 'days') ?? USUAL_DAYS;
  if (days > MOST_DAYS) throw new Trouble(`--days: nhiều nhất ${MOST_DAYS}`, `--days: at most ${MOST_DAYS}`);
  return days;
}
