import { readFile } from 'node:fs/promises';
import { closeDelivery, editDelivery, orderOperation, settleDoubt, type Database } from '#ledger';
import { canonicalJson, textHash } from '#wire';
import { actedOn, agencyOf, authorOf, countOf, dayOf, mustExist, streamOf } from '../operate/ask.js';
import { ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Given, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const named = { agency: { type: 'string' }, sequence: { type: 'string' }, author: { type: 'string' } } as const;

/** One delivery of the case that is typed first. */
const onOne = (
  given: Given,
  terminal: Terminal,
  work: (db: Database) => Promise<{ operation: string; sequence: number }>,
): Promise<number> =>
  withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
    const { operation, sequence } = await work(db);
    say(terminal.stdout, `Xong, lệnh ${operation} · done: ${given.operands[0]} #${sequence}, operation ${operation}`);
    return 0;
  });

export const editParked: Verb = {
  words: 'parked edit',
  usage: 'CODE --agency AGENCY --file ITEM.json --reason TEXT [--sequence N] [--author NAME]',
  vi: 'Thay nội dung gửi bằng một bản mới, dưới khóa mới; bản cũ không bao giờ được gửi nữa.',
  en: 'Replaces the item by a new revision under a new key; the earlier is never sent again.',
  options: { ...named, file: { type: 'string' }, reason: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const file = textOf(given, 'file');
    if (file === undefined) throw new Trouble('Cần --file', '--file is needed');
    const reason = reasonOf(given);
    const text = canonicalJson(parsed(await readFile(file, 'utf8'), file));
    return onOne(given, terminal, async (db) => {
      const who = { agency: await agencyOf(db, given), stream: await streamOf(db, given.operands[0] ?? '') };
      const one = { ...who, sequence: countOf(given, 'sequence') ?? null, author: authorOf(given), reason };
      return actedOn(await editDelivery(db, one, { text, hash: textHash(text) }));
    });
  },
};

export const closeParked: Verb = {
  words: 'parked close',
  usage: '(CODE | --group GROUP) --agency AGENCY --reason TEXT [--until DAY] [--sequence N] [--author NAME]',
  vi: 'Kết thúc một lần gửi (hoặc cả nhóm) mà không gửi; có --until thì sau ngày ấy được nhắc lại.',
  en: 'Ends a delivery (or a whole group) unsent; with --until it is listed again after that day.',
  options: { ...named, group: { type: 'string' }, reason: { type: 'string' }, until: { type: 'string' } },
  operands: [0, 1],
  async run(given, terminal) {
    const reason = reasonOf(given);
    const until = dayOf(given, 'until') ?? null;
    const group = textOf(given, 'group');
    if ((group === undefined) === (given.operands[0] === undefined))
      throw new Trouble('Cần mã hồ sơ hoặc --group', 'a case or --group is needed');
    if (group !== undefined)
      return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
        const selection = { fingerprint: group, ...(until === null ? {} : { until }) };
        const order = {
          kind: 'close',
          agency: await agencyOf(db, given),
          author: authorOf(given),
          reason,
          selection,
        } as const;
        const { id, total } = await orderOperation(db, order);
        say(terminal.stdout, `Đã ghi lệnh ${id}, ${total ?? '?'} hồ sơ · operation ${id} is ordered`);
        return 0;
      });
    return onOne(given, terminal, async (db) => {
      const who = { agency: await agencyOf(db, given), stream: await streamOf(db, given.operands[0] ?? '') };
      const one = { ...who, sequence: countOf(given, 'sequence') ?? null, author: authorOf(given), reason };
      return actedOn(await closeDelivery(db, one, until));
    });
  },
};

export const settleParked: Verb = {
  words: 'parked settle',
  usage: 'CODE --agency AGENCY (--held | --not-held | --closed-in-doubt) --reason TEXT [--author NAME]',
  vi: 'Ghi điều cơ quan nói về một lần gửi còn nghi vấn: đã có, chưa có, hay đóng trong nghi vấn.',
  en: 'Records what the partner says of a doubted delivery: held, not held, or closed in doubt.',
  options: {
    agency: { type: 'string' },
    held: { type: 'boolean' },
    'not-held': { type: 'boolean' },
    'closed-in-doubt': { type: 'boolean' },
    reason: { type: 'string' },
    author: { type: 'string' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const chosen = (['held', 'not-held', 'closed-in-doubt'] as const).filter((name) => given.options[name] === true);
    const [recorded] = chosen;
    if (recorded === undefined || chosen.length > 1)
      throw new Trouble(
        'Cần đúng một: --held, --not-held, --closed-in-doubt',
        'one of --held, --not-held, --closed-in-doubt',
      );
    const reason = reasonOf(given);
    return onOne(given, terminal, async (db) => {
      const who = { agency: await agencyOf(db, given), stream: await streamOf(db, given.operands[0] ?? '') };
      return actedOn(await settleDoubt(db, { ...who, author: authorOf(given), reason }, recorded));
    });
  },
};

export const replay: Verb = {
  words: 'replay',
  usage: 'AGENCY --from DAY --to DAY [--rehearse] [--author NAME]',
  vi: 'Gửi lại một khoảng thời gian cho một cơ quan: trạng thái đầy đủ thì gửi bản hiện tại, còn lại chỉ gửi phần thiếu, với khóa cũ.',
  en: 'A period again for one agency: full states send the current one, the rest only what is missing, under the original keys. `--to` is not included.',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    rehearse: { type: 'boolean' },
    author: { type: 'string' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const [from, to] = [dayOf(given, 'from'), dayOf(given, 'to')];
    if (from === undefined || to === undefined || from >= to)
      throw new Trouble('Cần --from trước --to', '--from before --to is needed');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = await mustExist(db, given.operands[0] ?? '');
      const kind = given.options.rehearse === true ? 'rehearse-replay' : 'replay';
      const selection = { from: `${from}T00:00:00+07:00`, to: `${to}T00:00:00+07:00` };
      const { id } = await orderOperation(db, { kind, agency, author: authorOf(given), selection });
      say(terminal.stdout, `Đã ghi lệnh ${id} · operation ${id} is ordered; lienthong operations show ${id}`);
      return 0;
    });
  },
};

function reasonOf(given: Given): string {
  const reason = textOf(given, 'reason')?.trim();
  if (reason === undefined || reason === '') throw new Trouble('Cần --reason', '--reason is needed');
  return reason;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Trouble(`${file} không phải JSON`, `${file} isn't JSON`);
  }
}
