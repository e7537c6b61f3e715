import { MOST_OPEN, readConsumers, type Consumer } from '#ledger';
import { ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const listConsumers: Verb = {
  words: 'consumer ls',
  usage: '[--json]',
  vi: 'Các cơ quan nhận sự kiện qua topic, webhook, feed: còn gì chưa giao, cũ nhất bao lâu; feed: đã xác nhận đến đâu, chậm bao nhiêu.',
  en: 'Agencies that get events by topic, webhook or feed: what is open and for how long; of feeds what is acknowledged, and the lag.',
  options: { json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const consumers = await readConsumers(db);
      say(terminal.stdout, given.options.json === true ? JSON.stringify({ consumers }, null, 2) : words(consumers));
      return 0;
    });
  },
};

function words(consumers: readonly Consumer[]): string {
  if (consumers.length === 0) return 'Chưa có cơ quan nào nhận theo cách này · no agency gets events so';
  return columns([
    ['cơ quan', 'cách nhận', 'chưa giao', 'cũ nhất (giây)', 'feed đến', 'đã xác nhận', 'chưa xác nhận', 'chậm (giây)'],
    ...consumers.map(({ agency, way, open, oldestSeconds, feed }) => [
      agency,
      way,
      `${open >= MOST_OPEN ? '≥ ' : ''}${open}`,
      oldestSeconds === null ? '–' : String(oldestSeconds),
      ...(feed ? [feed.last, feed.acknowledged, feed.lag.events, feed.lag.seconds].map(String) : ['–', '–', '–', '–']),
    ]),
  ]).join('\n');
}
