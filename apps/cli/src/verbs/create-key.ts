import { createKey as create, createOperatorKey, readAgencies, revokeOperatorKeys } from '#ledger';
import { ledgerSettings } from '../settings.js';
import { Misunderstood, say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

/** The key alone is on stdout, so that it can be kept by whoever pipes it. */
const SHOWN_ONCE =
  'Khóa chỉ hiện lần này; lệnh này không ghi tệp nào, sổ cái chỉ giữ mã băm · shown this once: no file is written, the ledger keeps its hash only';

export const createKey: Verb = {
  words: 'key create',
  usage: 'AGENCY [--label TEXT] | --operator NAME',
  vi: 'Cấp một khóa truy cập cho cơ quan, hay cho người vận hành (API ở console). Khóa chỉ hiện một lần, không ghi vào tệp nào; sổ cái giữ mã băm.',
  en: 'Makes a key for an agency, or for an operator (the console’s API). It is shown once and written to no file; the ledger keeps its hash.',
  options: { label: { type: 'string' }, operator: { type: 'string' } },
  operands: [0, 1],
  async run(given, terminal) {
    const [agency] = given.operands;
    const operator = textOf(given, 'operator')?.trim();
    if ((agency === undefined) === (operator === undefined))
      throw new Misunderstood(
        'Cách dùng: cần AGENCY hoặc --operator NAME',
        'usage: AGENCY or --operator NAME is needed',
      );
    if (operator !== undefined) nameOfOperator(operator);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      if (operator !== undefined) say(terminal.stdout, await createOperatorKey(db, operator));
      else {
        const known = (await readAgencies(db)).map(({ id }) => id);
        if (!known.includes(agency!))
          throw new Trouble(
            `Không có cơ quan "${agency}". Có: ${known.join(', ') || '(chưa có)'}`,
            `there is no agency "${agency}"`,
          );
        say(terminal.stdout, await create(db, agency!, textOf(given, 'label') ?? 'lienthong key create'));
      }
      say(terminal.stderr, SHOWN_ONCE);
      return 0;
    });
  },
};

export const revokeKeys: Verb = {
  words: 'key revoke',
  usage: '--operator NAME',
  vi: 'Thu hồi mọi khóa của một người vận hành, có hiệu lực ngay.',
  en: 'Takes back every key of an operator, at once.',
  options: { operator: { type: 'string' } },
  async run(given, terminal) {
    const operator = textOf(given, 'operator')?.trim();
    if (!operator) throw new Misunderstood('Cách dùng: cần --operator NAME', 'usage: --operator NAME is needed');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const revoked = await revokeOperatorKeys(db, operator);
      say(terminal.stdout, `${operator}: đã thu hồi ${revoked} khóa · keys taken back`);
      return revoked > 0 ? 0 : 1;
    });
  },
};

/** It stands in the history of contracts for ever. */
function nameOfOperator(name: string): void {
  if (name === '' || name.length > 80 || /[\p{Cc}\p{Cf}]/u.test(name))
    throw new Trouble('Tên người vận hành: 1 đến 80 ký tự', 'an operator’s name has 1 to 80 characters');
}
