import { earlierRouting, routingHistory, type By } from '#ledger';
import { applyRoutingFiles, readRoutingFiles } from '../routing/routing-folder.js';
import { timeOf } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const routeApply: Verb = {
  words: 'route apply',
  usage: 'FILE|DIR [--note TEXT]',
  vi: 'Áp dụng tệp đơn vị và tệp tuyến (units.yaml, routes.yaml); có hiệu lực sau hai giây. Tệp có lỗi: không đổi gì, nói rõ dòng và cột.',
  en: 'Applies files of units and routes; in force within two seconds. A faulty one: nothing changes, and it says line and column.',
  options: { note: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const files = await readRoutingFiles(given.operands[0]!, terminal.env);
    const by: By = { author: authorOf(terminal.env), note: textOf(given, 'note') ?? null };
    await withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      for (const line of await applyRoutingFiles(db, files, by)) say(terminal.stdout, line);
    });
    return 0;
  },
};

export const routeHistory: Verb = {
  words: 'route history',
  usage: '[--json]',
  vi: 'Các lần áp dụng tệp đơn vị và tệp tuyến: ai, khi nào, ghi chú.',
  en: 'Every file of units and routes that was applied: who, when, why.',
  options: { json: { type: 'boolean' } },
  run: (given, terminal) =>
    withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const applied = await routingHistory(db.pool);
      const head = ['tệp', 'lần', 'lúc', 'ai', 'ghi chú'];
      const rows = applied.map((a) => [
        a.kind,
        String(a.serial),
        timeOf(a.appliedAt),
        a.author,
        [a.rolledBackTo === null ? '' : `như lần · as serial ${a.rolledBackTo}`, a.note ?? '']
          .filter(Boolean)
          .join('; '),
      ]);
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ applied }, null, 2));
      else for (const line of columns([head, ...rows])) say(terminal.stdout, line);
      return 0;
    }),
};

export const routeRollback: Verb = {
  words: 'route rollback',
  usage: 'units|routes --to SERIAL --reason TEXT',
  vi: 'Áp dụng lại tệp của một lần trước, thành một lần mới, sau cùng những kiểm tra ấy.',
  en: 'Applies an earlier serial’s file again, as a new serial, after the same checks.',
  options: { to: { type: 'string' }, reason: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const kind = { units: 'Units', routes: 'Routes' }[given.operands[0]!] as 'Units' | 'Routes' | undefined;
    const serial = Number(textOf(given, 'to'));
    const reason = textOf(given, 'reason');
    if (!kind) throw new Trouble('Chỉ có units hay routes', 'it is units or routes');
    if (!Number.isInteger(serial) || serial < 1 || !reason)
      throw new Trouble('Thiếu --to LẦN hoặc --reason', '--to SERIAL or --reason is missing');
    await withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const file = await earlierRouting(db.pool, kind, serial);
      if (!file) throw new Trouble(`Không có lần áp dụng ${serial}`, `there is no serial ${serial}`);
      const by = { author: authorOf(terminal.env), note: reason, rolledBackTo: serial };
      const read = {
        name: `${kind} ${serial}`,
        read: { file, located: (faults: readonly object[]) => faults as never[] },
      };
      for (const line of await applyRoutingFiles(db, [read], by)) say(terminal.stdout, line);
    });
    return 0;
  },
};
