import { pauseAgency, resumeAgency, standingAgencies } from '#ledger';
import { agencyNamed, instantOf } from '../operate/named.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';
import { standingWords } from './list-parked.js';

export const pause: Verb = {
  words: 'pause',
  usage: 'AGENCY --reason TEXT [--until DAY|INSTANT]',
  vi: 'Tạm dừng gửi đến một cơ quan: hồ sơ vẫn nhận, vẫn xếp hàng, thời hạn gửi lại đứng yên. --until: tự gửi tiếp từ đó.',
  en: 'Sends nothing to an agency for now: cases queue, retry windows stand still. --until: goes on by itself then.',
  options: { reason: { type: 'string' }, until: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const reason = textOf(given, 'reason')?.trim();
    if (!reason) throw new Trouble('Cần --reason', '--reason is needed');
    const until = instantOf(given, 'until') ?? null;
    if (until !== null && until.getTime() <= Date.now())
      throw new Trouble('--until phải ở tương lai', '--until must be in the future');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = await agencyNamed(db, given.operands[0] ?? '');
      await pauseAgency(db, agency, reason, until, authorOf(terminal.env));
      const standing = (await standingAgencies(db)).filter((one) => one.agencyId === agency);
      say(terminal.stdout, standingWords(standing).join('\n').trimEnd());
      return 0;
    });
  },
};

export const resume: Verb = {
  words: 'resume',
  usage: 'AGENCY [--reason TEXT]',
  vi: 'Gửi tiếp đến một cơ quan đang tạm dừng.',
  en: 'Goes on sending to a paused agency.',
  options: { reason: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const reason = textOf(given, 'reason')?.trim() || null;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = await agencyNamed(db, given.operands[0] ?? '');
      const resumed = await resumeAgency(db, agency, authorOf(terminal.env), reason);
      say(terminal.stdout, resumed ? `✓ ${agency}: gửi tiếp · goes on` : `${agency} không tạm dừng · it wasn't paused`);
      return 0;
    });
  },
};

export const agencyPause: Verb = { ...pause, words: 'agency pause', vi: 'Như pause.', en: 'The same as pause.' };
export const agencyResume: Verb = { ...resume, words: 'agency resume', vi: 'Như resume.', en: 'The same as resume.' };
