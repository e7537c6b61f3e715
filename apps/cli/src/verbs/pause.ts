import { pauseAgency, resumeAgency } from '#ledger';
import { ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';
import { authorOf, mustExist } from '../operate/ask.js';

export const pause: Verb = {
  words: 'pause',
  usage: 'AGENCY --reason TEXT [--until TIME] [--author NAME]',
  vi: 'Tạm dừng gửi đến một cơ quan; hồ sơ giữ lượt, thời hạn thử lại đứng yên. TIME: 2026-12-01T08:00:00+07:00.',
  en: 'Stops sending to an agency; its lanes keep their turn, retry windows stand still. TIME: RFC 3339.',
  options: { reason: { type: 'string' }, until: { type: 'string' }, author: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const [agency = ''] = given.operands;
    const reason = textOf(given, 'reason');
    if (reason === undefined || reason.trim() === '') throw new Trouble('Cần --reason', '--reason is needed');
    const asked = textOf(given, 'until');
    const until = asked === undefined ? null : new Date(asked);
    if (until !== null && !(until.getTime() > Date.now()))
      throw new Trouble('--until không phải một lúc sắp tới', '--until is no time to come');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      await mustExist(db, agency);
      await pauseAgency(db, agency, reason, until, authorOf(given));
      say(terminal.stdout, `Đã tạm dừng ${agency} · paused`);
      return 0;
    });
  },
};

export const resume: Verb = {
  words: 'resume',
  usage: 'AGENCY [--author NAME]',
  vi: 'Gửi tiếp đến một cơ quan đang tạm dừng.',
  en: 'Sends on to a paused agency.',
  options: { author: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const [agency = ''] = given.operands;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      await mustExist(db, agency);
      const was = await resumeAgency(db, agency, authorOf(given));
      say(terminal.stdout, was ? `Đã gửi tiếp đến ${agency} · resumed` : `${agency} không tạm dừng · was not paused`);
      return 0;
    });
  },
};
