import { findOperation, orderOperation, type Database, type Operation, type Selection } from '#ledger';
import { followOperation } from '../operate/follow-operation.js';
import { agencyNamed, instantOf, wholeOf } from '../operate/named.js';
import { operationStates } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';
import { notYet } from './retry-group.js';

/** What a rehearsal found is taken for true this long. */
const GOOD_FOR_HOURS = 24;

export const replayPeriod: Verb = {
  words: 'replay',
  usage: 'AGENCY --from DAY|INSTANT --to DAY|INSTANT [--rehearsed ID | --yes] [--wait-seconds N] [--json]',
  vi: 'Gửi lại một khoảng thời gian cho riêng một cơ quan. Không có --rehearsed hay --yes: chỉ diễn tập, và in số của lần diễn tập. Nơi nhận qua topic, webhook, feed: mọi sự kiện, đúng id, có đánh dấu. Nơi khác: trạng thái đầy đủ hiện tại, và những gì còn thiếu.',
  en: 'Sends a period to one agency alone once more. Without --rehearsed or --yes it is only rehearsed, and the rehearsal’s number is printed. By topic, webhook or feed: every event under its id, marked. To others: the current full state, and what they lack.',
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    rehearse: { type: 'boolean' },
    rehearsed: { type: 'string' },
    yes: { type: 'boolean' },
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
    const token = textOf(given, 'rehearsed');
    const isOrdered = given.options.yes === true && given.options.rehearse !== true;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = await agencyNamed(db, given.operands[0] ?? '');
      const selection = { from: from.toISOString(), to: to.toISOString() };
      if (token !== undefined) await rehearsedAs(db, token, agency, selection);
      const order = { agency, author: authorOf(terminal.env), selection };
      const done: Operation[] = [];
      for (const kind of kindsOf(token !== undefined, isOrdered)) {
        const { id } = await orderOperation(db, { ...order, kind });
        const { operation, isOver } = await followOperation(db, id, terminal, { seconds, outcomes: false });
        done.push(operation);
        if (!isJson) for (const line of words(operation)) say(terminal.stdout, line);
        if (!isOver && !isJson) say(terminal.stdout, notYet(id));
        if (!isOver || operation.state !== 'done') break;
      }
      if (isJson) say(terminal.stdout, JSON.stringify({ operations: done }, null, 2));
      const last = done.at(-1)!;
      if (!isJson && last.kind === 'rehearse-replay' && last.state === 'done') say(terminal.stdout, goOn(last));
      return last.state === 'done' && last.failed === 0 ? 0 : 1;
    });
  },
};

const kindsOf = (isRehearsed: boolean, isOrdered: boolean): ('rehearse-replay' | 'replay')[] => {
  if (isRehearsed) return ['replay'];
  return isOrdered ? ['rehearse-replay', 'replay'] : ['rehearse-replay'];
};

/** That somebody has seen what this very replay would do. */
async function rehearsedAs(db: Database, token: string, agency: string, selection: Selection): Promise<void> {
  const found = /^\d{1,18}$/.test(token) ? await findOperation(db, token) : undefined;
  const isIt =
    found?.kind === 'rehearse-replay' &&
    found.state === 'done' &&
    found.agencyId === agency &&
    found.selection.from === selection.from &&
    found.selection.to === selection.to &&
    Date.now() - found.createdAt.getTime() < GOOD_FOR_HOURS * 3_600_000;
  if (!isIt)
    throw new Trouble(
      `${token} không phải lần diễn tập đã xong của đúng cơ quan và khoảng này trong ${GOOD_FOR_HOURS} giờ qua`,
      `${token} is no finished rehearsal of this agency and period within the last ${GOOD_FOR_HOURS} hours`,
    );
}

const goOn = ({ id }: Operation): string =>
  `Gửi thật: thêm --rehearsed ${id} · to send: the same with --rehearsed ${id}`;

const names: [key: string, words: string][] = [
  ['again', 'sự kiện, đúng id, có đánh dấu gửi lại · events once more, under their ids, marked'],
  ['revoked', 'kết quả đã bị thu hồi: không gửi lại · results revoked since: not told again'],
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
  const { days = {}, ...counted } = (result ?? {}) as { days?: Record<string, Record<string, number>> };
  const counts = counted as Record<string, number>;
  return [
    `${what} (thao tác · operation ${id}): ${operationStates[state]}`,
    ...columns(
      names.map(([key, says]) => [String(counts[key] ?? 0), says]),
      '  ',
    ),
    ...(kind === 'replay' ? [] : columns(byDay(days), '  ')),
  ];
}

const byDay = (days: Record<string, Record<string, number>>): string[][] =>
  Object.keys(days)
    .sort()
    .flatMap((day) =>
      Object.keys(days[day]!)
        .sort()
        .map((type) => [day, type, String(days[day]![type])]),
    );
