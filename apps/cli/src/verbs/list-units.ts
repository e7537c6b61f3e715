import { Units } from '#domain';
import { readRouting, today } from '#ledger';
import { dayIn } from '../routing/day-in.js';
import { ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const listUnits: Verb = {
  words: 'unit ls',
  usage: '[--on DATE] [--json]',
  vi: 'Các đơn vị vào một ngày (mặc định: hôm nay): cấp, hệ thống phục vụ, ngày kết thúc và đơn vị kế thừa.',
  en: 'The units on a day (today unless told): level, the system that serves it, its last day and who succeeds it.',
  options: { on: { type: 'string' }, json: { type: 'boolean' } },
  run: (given, terminal) =>
    withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const day = dayIn(given, 'on') ?? today();
      const all = (await readRouting(db.pool)).Units?.units ?? [];
      const units = all.filter(({ validFrom }) => validFrom <= day);
      if (given.options.json === true) {
        say(terminal.stdout, JSON.stringify({ on: day, units }, null, 2));
        return 0;
      }
      const names = new Units(all);
      const rows = units.map((u) => [
        u.validUntil !== undefined && u.validUntil < day ? `${u.code} (đã kết thúc · ended)` : u.code,
        u.name,
        u.level,
        u.within ?? '–',
        u.agency ?? '–',
        u.validUntil ?? '–',
        (u.succeededBy ?? [])
          .map((s) => [names.get(s.unit)?.code ?? s.unit, ...(s.procedures ?? []), ...(s.fields ?? [])].join(' '))
          .join('; ') || '–',
      ]);
      const head = ['mã', 'tên', 'cấp', 'thuộc', 'hệ thống', 'ngày cuối', 'kế thừa'];
      for (const line of columns([head, ...rows])) say(terminal.stdout, line);
      return 0;
    }),
};
