import { aftermathOf, cancelOperation, findOperation, listOperations } from '#ledger';
import { ledgerSettings } from '../settings.js';
import { columns, localTime } from '../terminal/columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const SHOWN = 50;
const states = {
  running: 'đang chạy · running',
  done: 'xong · done',
  cancelled: 'đã hủy · cancelled',
  failed: 'hỏng · failed',
};

export const listOrders: Verb = {
  words: 'operations ls',
  usage: '[--agency AGENCY] [--json]',
  vi: 'Các lệnh của người vận hành, mới nhất trước.',
  en: 'What operators ordered, newest first.',
  options: { agency: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const operations = await listOperations(db, textOf(given, 'agency') ?? null, SHOWN);
      if (given.options.json === true) say(terminal.stdout, JSON.stringify(operations, null, 2));
      else
        for (const line of columns([
          [
            'số · id',
            'lệnh · kind',
            'cơ quan · agency',
            'tình trạng · state',
            'xong · done',
            'người · author',
            'lúc · at',
          ],
          ...operations.map((o) => [
            o.id,
            o.kind,
            o.agencyId,
            states[o.state],
            o.total === null ? String(o.done) : `${o.done}/${o.total}`,
            o.author,
            localTime(o.createdAt.toISOString()),
          ]),
        ]))
          say(terminal.stdout, line);
      return 0;
    });
  },
};

export const showOrder: Verb = {
  words: 'operations show',
  usage: 'ID',
  vi: 'Một lệnh: đến đâu, tìm thấy gì; bao nhiêu đã được nhận, lại hỏng, đang gửi. JSON.',
  en: 'One operation: how far, what it found; how many passed, parked again, are under way. JSON.',
  operands: [1, 1],
  async run({ operands: [id = ''] }, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const operation = await findOperation(db, idOf(id));
      if (!operation) throw new Trouble(`Không có lệnh ${id}`, `there is no operation ${id}`);
      say(terminal.stdout, JSON.stringify({ ...operation, since: await aftermathOf(db, id) }, null, 2));
      return 0;
    });
  },
};

export const stopOrder: Verb = {
  words: 'operations cancel',
  usage: 'ID',
  vi: 'Dừng một lệnh đang chạy; những gì đã làm thì giữ nguyên.',
  en: 'Stops a running operation; what it has done stays done.',
  operands: [1, 1],
  async run({ operands: [id = ''] }, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      if (!(await cancelOperation(db, idOf(id))))
        throw new Trouble(`Lệnh ${id} không đang chạy`, `operation ${id} isn't running`);
      say(terminal.stdout, `Đã dừng lệnh ${id} · operation ${id} is stopped`);
      return 0;
    });
  },
};

function idOf(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new Trouble('Số lệnh là một số', 'the id is a number');
  return text;
}
