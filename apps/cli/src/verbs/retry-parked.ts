import { findCase, readAgencies, retryParked as retry } from '#ledger';
import { ledgerSettings } from '../settings.js';
import { say, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const retryParked: Verb = {
  words: 'retry',
  usage: 'AGENCY [CODE]',
  vi: 'Gửi lại những gì đang chờ người xử lý của một cơ quan, hoặc của một hồ sơ.',
  en: 'Sends again what is parked at an agency, or one case of it.',
  operands: [1, 2],
  async run({ operands: [agency = '', code] }, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      if (!(await readAgencies(db)).some(({ id }) => id === agency))
        throw new Trouble(`Không có cơ quan "${agency}"`, `there is no agency "${agency}"`);
      const header = code === undefined ? undefined : await findCase(db, code);
      if (code !== undefined && !header) throw new Trouble(`Không có hồ sơ "${code}"`, `there is no case "${code}"`);
      const lanes = await retry(db, agency, header?.streamId ?? null);
      say(terminal.stdout, `${lanes} hồ sơ được gửi lại đến ${agency} · cases sent again`);
      return 0;
    });
  },
};
