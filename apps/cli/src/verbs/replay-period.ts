import { orderOperation, type Operation } from '#ledger';
import { followOperation } from '../operate/follow-operation.js';
import { agencyNamed, instantOf, wholeOf } from '../operate/named.js';
import { operationStates } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';
import { notYet } from './retry-group.js';

export const replayPeriod: Verb = {
  words: 'replay',
  usage: 'AGENCY --from DAY|INSTANT --to DAY|INSTANT [--rehearse] [--wait-seconds N] [--json]',
  vi: 'Gửi lại hồ sơ của một khoảng thời gian cho một cơ quan: trạng thái đầy đủ hiện tại, và những gì cơ quan ấy còn thiếu. Luôn diễn tập trước; --rehearse: chỉ diễn tập.',
  en: 'Sends a period’s cases to an agency again: the current full state, and what it lacks. Rehearsed first; --rehearse: only that.',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    rehearse: { type: 'boolean' },
    'wait-seconds': { type: 'string', default: '600' },
    json: { type: 'boolean' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const [from, to] = [instantOf(given, 'from'), instantOf(given, 'to', true)];
    if (!from || !to || from >= to)
      throw new Trouble('Cần --from trước --to', '--from and --to are needed, in this order');
    const seconds = wholeOf(given, 'wait-seconds')!;
    const isJson = given.options.json === true;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = await agencyNamed(db, given.operands[0] ?? '');
      const selection = { from: from.toISOString(), to: to.toISOString() };
      const order = { agency, author: authorOf(terminal.env), selection };
      const done: Operation[] = [];
      for (const kind of ['rehearse-replay', 'replay'] as const) {
        const { id } = await orderOperation(db, { ...order, kind });
        const { operation, isOver } = await followOperation(db, id, terminal, { seconds, outcomes: false });
        done.push(operation);
        if (!isJson) for (const line of words(operation)) say(terminal.stdout, line);
        if (!isOver && !isJson) say(terminal.stdout, notYet(id));
        if (!isOver || operation.state !== 'done' || given.options.rehearse === true) break;
      }
      if (isJson) say(terminal.stdout, JSON.stringify({ operations: done }, null, 2));
      const last = done.at(-1)!;
      return last.state === 'done' && last.failed === 0 ? 0 : 1;
    });
  },
};

const names: [key: string, words: string][] = [
  ['full', 'trạng thái đầy đủ, bản mới · full states, a new revision'],
  ['missing', 'cơ quan nhận còn thiếu, khóa cũ · missing there, same key'],
  ['parked', 'đang chờ người, khóa cũ · parked, same key'],
  ['kept', 'hồ sơ không cần gửi · cases with nothing to send'],
  ['behind', 'hồ sơ đã có sự kiện sau ở cơ quan nhận: không gửi bản cũ hơn · the partner holds something later'],
  ['busy', 'hồ sơ đang chuyển hoặc nghi vấn · under way or in doubt'],
  ['unanswered', 'hồ sơ hỏi không được · the partner couldn’t say'],
];

function words({ id, kind, state, result }: Operation): string[] {
  const what = kind === 'replay' ? 'Gửi lại · replay' : 'Diễn tập, không gửi gì · rehearsal, nothing sent';
  const counted = (result ?? {}) as Record<string, number>;
  return [
    `${what} (thao tác · operation ${id}): ${operationStates[state]}`,
    ...columns(
      names.map(([key, says]) => [String(counted[key] ?? 0), says]),
      '  ',
    ),
  ];
}
