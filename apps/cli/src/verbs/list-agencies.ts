import { listAgencies as listed } from '#agency';
import { timeOf } from '../operate/words.js';
import { ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const listAgencies: Verb = {
  words: 'agency ls',
  usage: '[--json]',
  vi: 'Các cơ quan: phiên bản đang có hiệu lực, giao thức, lần áp dụng cuối.',
  en: 'The agencies: version in force, protocol, what was applied last.',
  options: { json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agencies = await listed(db);
      const rows = agencies.map((a) => [
        `${a.id}${a.paused ? ' (tạm dừng · paused)' : ''}`,
        a.name.vi,
        a.owner ?? '–',
        a.inForce ?? '–',
        a.protocol ?? '–',
        String(a.versions.length),
        String(a.serial ?? '–'),
        timeOf(a.appliedAt),
        a.author ?? '–',
      ]);
      const head = ['cơ quan', 'tên', 'mã', 'hiệu lực từ', 'giao thức', 'phiên bản', 'lần', 'áp dụng lúc', 'ai'];
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ agencies }, null, 2));
      else for (const line of columns([head, ...rows])) say(terminal.stdout, line);
      return 0;
    });
  },
};
