import { cancelOperation, readOperations } from '#ledger';
import { ledgerSettings } from '../settings.js';
import { columns, localTime } from '../terminal/columns.js';
import { say, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const SHOWN = 50;
const states = {
  running: 'đang chạy · running',
  done: 'xong · done',
  cancelled: 'đã hủy · cancelled',
  failed: 'hỏng · failed',
};

export const listOperations: Verb = {
  words: 'operations ls',
  usage: '[--json]',
  vi: 'Các lệnh gửi lại: ai ra lệnh, đến đâu, bao nhiêu đã nhận, bao nhiêu lại hỏng.',
  en: 'Retries that were ordered: by whom, how far, how many were acknowledged, how many parked again.',
  options: { json: { type: 'boolean' } },
  async run({ options }, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const operations = await readOperations(db, SHOWN);
      if (options.json === true) {
        say(terminal.stdout, JSON.stringify(operations, null, 2));
        return 0;
      }
      for (const line of columns([
        [
          'số · id',
          'cơ quan · agency',
          'nhóm · group',
          'tình trạng · state',
          'mở · opened',
          'đã nhận · acknowledged',
          'lại hỏng · again',
          'người · author',
          'lúc · at',
        ],
        ...operations.map((o) => [
          o.id,
          o.agencyId,
          o.fingerprint,
          states[o.state],
          o.total === null ? String(o.done) : `${o.done}/${o.total}`,
          String(o.acknowledged),
          String(o.failedAgain),
          o.author,
          localTime(o.createdAt.toISOString()),
        ]),
      ]))
        say(terminal.stdout, line);
      return 0;
    });
  },
};

export const stopOperation: Verb = {
  words: 'operations cancel',
  usage: 'ID',
  vi: 'Dừng một lệnh đang chạy; những gì đã mở thì vẫn được gửi.',
  en: 'Stops a running operation; what it has opened is sent all the same.',
  operands: [1, 1],
  async run({ operands: [id = ''] }, terminal) {
    if (!/^\d{1,18}$/.test(id)) throw new Trouble('Số lệnh là một số', 'the id is a number');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      if (!(await cancelOperation(db, id)))
        throw new Trouble(`Lệnh ${id} không đang chạy`, `operation ${id} isn't running`);
      say(terminal.stdout, `Đã dừng lệnh ${id} · operation ${id} is stopped`);
      return 0;
    });
  },
};
