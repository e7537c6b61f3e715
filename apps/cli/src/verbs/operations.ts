import { aftermathOf, cancelOperation, findOperation, listOperations, type Operation } from '#ledger';
import { agencyNamed } from '../operate/named.js';
import { brief, operationStates, timeOf } from '../operate/words.js';
import { ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, textOf, Trouble, type Given, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const SHOWN = 50;

export const listOfOperations: Verb = {
  words: 'operation ls',
  usage: '[--agency AGENCY] [--json]',
  vi: 'Các thao tác gần đây: ai, làm gì, đến đâu.',
  en: 'Recent operations: who, what, how far.',
  options: { agency: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const told = textOf(given, 'agency');
      const operations = await listOperations(db, told === undefined ? null : await agencyNamed(db, told), SHOWN);
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ operations }, null, 2));
      else
        for (const line of columns([
          ['số', 'việc', 'cơ quan', 'ai', 'tình trạng', 'xong', 'không được', 'tổng', 'lúc', 'lý do'],
          ...operations.map(row),
        ]))
          say(terminal.stdout, line);
      return 0;
    });
  },
};

const row = (o: Operation): string[] => [
  o.id,
  o.kind,
  o.agencyId,
  o.author,
  operationStates[o.state],
  String(o.done),
  String(o.failed),
  o.total === null ? '–' : String(o.total),
  timeOf(o.createdAt),
  brief(o.reason ?? '–', 40),
];

const idOf = ({ operands: [id = ''] }: Given): string => {
  if (!/^\d{1,18}$/.test(id)) throw new Trouble(`"${id}" không phải số thao tác`, `"${id}" is no operation's number`);
  return id;
};

export const showOperation: Verb = {
  words: 'operation show',
  usage: 'ID [--json]',
  vi: 'Một thao tác: tiến độ, kết quả, và những gì nó gửi lại nay ra sao.',
  en: 'One operation: progress, findings, and what became of what it sent again.',
  options: { json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const operation = await findOperation(db, idOf(given));
      if (!operation) throw new Trouble('Không có thao tác này', 'there is no such operation');
      const aftermath = await aftermathOf(db, operation.id);
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ operation, aftermath }, null, 2));
      else {
        for (const line of columns([row(operation)])) say(terminal.stdout, line);
        say(
          terminal.stdout,
          `Đã nhận · passed ${aftermath.passed}, lại chờ người · parked again ${aftermath.parkedAgain}, đang chuyển · under way ${aftermath.underWay}`,
        );
        if (operation.result) say(terminal.stdout, JSON.stringify(operation.result, null, 2));
      }
      return 0;
    });
  },
};

export const cancelOne: Verb = {
  words: 'operation cancel',
  usage: 'ID',
  vi: 'Dừng một thao tác sau đợt đang làm; những gì đã làm vẫn giữ.',
  en: 'Stops an operation after its present batch; what it has done stays done.',
  operands: [1, 1],
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const cancelled = await cancelOperation(db, idOf(given));
      say(terminal.stdout, cancelled ? '✓ Đã hủy · cancelled' : 'Không còn đang làm · it was not running');
      return cancelled ? 0 : 1;
    });
  },
};
