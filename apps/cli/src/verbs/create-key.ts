import { createKey as create, readAgencies } from '#ledger';
import { ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const createKey: Verb = {
  words: 'key create',
  usage: 'AGENCY [--label TEXT]',
  vi: 'Cấp một khóa truy cập. Khóa chỉ hiện một lần; sổ cái giữ mã băm.',
  en: 'Makes an API key. It is shown once; the ledger keeps its hash.',
  options: { label: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const [agency = ''] = given.operands;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const known = (await readAgencies(db)).map(({ id }) => id);
      if (!known.includes(agency))
        throw new Trouble(
          `Không có cơ quan "${agency}". Có: ${known.join(', ') || '(chưa có)'}`,
          `there is no agency "${agency}"`,
        );
      say(terminal.stdout, await create(db, agency, textOf(given, 'label') ?? 'lienthong key create'));
      return 0;
    });
  },
};
