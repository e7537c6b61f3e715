import { DAY_COUNT_NAMES, sumOfDay, type DayCount } from '#domain';
import {
  closeDays,
  DoesNotAddUp,
  listDays,
  recountDay,
  showDay,
  today,
  type AgencyDay,
  type Database,
  type LedgerDay,
  type LedgerDayWhole,
  type Running,
} from '#ledger';
import { timeOf } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { Misunderstood, say, textOf, Trouble, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const MOST_LISTED = 31;

export const closeDay: Verb = {
  words: 'day close',
  usage: '[--day DAY] [--json]',
  vi: 'Chốt sổ mọi ngày đã qua; --day: đến hết ngày ấy, kể cả hôm nay. Không ai phải dừng. Chốt lần nữa: kết quả lần đầu.',
  en: 'Closes every day that is over; --day: that one and all before it, today too. Traffic goes on. Closed twice, it gives the first answer.',
  options: { day: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    const asked = textOf(given, 'day');
    const day = asked === undefined ? {} : { day: dayOf(asked) };
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const days = await closed(db, day, terminal);
      const shown = day.day ?? days.at(-1);
      if (shown === undefined) {
        say(
          terminal.stdout,
          given.options.json === true ? '{"days":[]}' : 'Không còn ngày nào phải chốt · no day is to be closed',
        );
        return 0;
      }
      const whole = await namedDay(db, shown);
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ days, day: whole }, null, 2));
      else
        say(
          terminal.stdout,
          [...(days.length > 1 ? [`Đã chốt · closed: ${days.join(', ')}`, ''] : []), ...dayWords(whole)].join('\n'),
        );
      return whole.closedAt === null ? 1 : 0;
    });
  },
};

export const listOfDays: Verb = {
  words: 'day ls',
  usage: '[--before DAY] [--json]',
  vi: 'Các ngày của sổ cái, mới nhất trước: giờ chốt, số đầu ngày, phát sinh, kết thúc, chuyển sang ngày sau.',
  en: 'The ledger’s days, the newest first: when they were cut, what they opened with, what came, ended and was carried.',
  options: { before: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    const before = textOf(given, 'before');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const days = await listDays(db, { before: before === undefined ? null : dayOf(before), limit: MOST_LISTED });
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ days }, null, 2));
      else say(terminal.stdout, columns([['ngày', 'chốt lúc', 'sự kiện', ...heads], ...days.map(listed)]).join('\n'));
      return 0;
    });
  },
};

export const showOneDay: Verb = {
  words: 'day show',
  usage: 'DAY [--recount] [--json]',
  vi: 'Một ngày theo từng cơ quan, và đẳng thức của nó. --recount: đếm lại từ từng lượt chuyển, so với số đã chốt.',
  en: 'A day by agency, and its identity. --recount: counted once more from the deliveries themselves, beside what was written.',
  options: { recount: { type: 'boolean' }, json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    const day = dayOf(given.operands[0] ?? '');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const whole = await namedDay(db, day);
      const recount =
        given.options.recount === true && whole.closedAt !== null ? await recounted(db, whole, terminal) : undefined;
      if (given.options.json === true)
        say(terminal.stdout, JSON.stringify({ ...whole, ...(recount && { recount }) }, null, 2));
      else say(terminal.stdout, [...dayWords(whole), ...(recount ? recountWords(whole, recount) : [])].join('\n'));
      return recount && differing(whole.agencies, recount).length > 0 ? 1 : 0;
    });
  },
};

function dayOf(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) !== true)
    throw new Misunderstood(`"${text}" không phải ngày dạng YYYY-MM-DD`, `"${text}" is not a day as YYYY-MM-DD`);
  return text;
}

async function namedDay(db: Database, day: string): Promise<LedgerDayWhole> {
  const whole = await showDay(db, day);
  if (!whole)
    throw new Trouble(`Sổ cái không có ngày ${day}: trước ngày đầu hoặc chưa đến`, `the ledger has no day ${day}`);
  return whole;
}

async function closed(db: Database, day: { day?: string }, { env, stderr }: Terminal): Promise<string[]> {
  const bar = new ProgressBar(stderr);
  const waiting = (of: string, running: readonly Running[]): void =>
    bar.show(undefined, `${of}: chờ ${running.length} giao dịch bắt đầu trước giờ chốt · waiting for ${who(running)}`);
  try {
    const done = await closeDays(db, { today: today(), by: authorOf(env), ...day, waiting });
    if (done.outcome === 'closed') return done.days;
    if (done.outcome === 'not-begun')
      throw new Trouble(
        `Ngày ${day.day} chưa đến: hôm nay là ${today()} (giờ Việt Nam), ngày đang mở của sổ cái là ${done.open}`,
        `that day has not begun: today is ${today()} in Vietnam, the ledger’s open day is ${done.open}`,
      );
    throw new Trouble(
      `Còn ${done.days} ngày chưa chốt từ ${done.open}: đồng hồ máy có đúng không? Nếu đúng, dùng --day`,
      `${done.days} days are to be closed from ${done.open}: is the clock right? If it is, name the day by --day`,
    );
  } catch (error) {
    throw error instanceof DoesNotAddUp ? new Trouble(...doesNotAddUp(error)) : error;
  } finally {
    bar.end();
  }
}

const who = (running: readonly Running[]): string =>
  [...new Set(running.map(({ application, pid }) => `${application} (${pid})`))].slice(0, 3).join(', ');

const doesNotAddUp = ({ day, agencies }: DoesNotAddUp): [vi: string, en: string] => {
  const by = agencies.map(({ agencyId, unexplained }) => `${agencyId}: ${unexplained}`).join(', ');
  return [`Ngày ${day} không khớp nên chưa chốt (${by})`, `day ${day} does not add up and was not closed (${by})`];
};

const heads = ['đầu ngày', '+ lập', '+ mở lại', '= đã nhận', '+ được thay', '+ đóng', '+ chuyển sang'];
const numbers = (count: DayCount): string[] => DAY_COUNT_NAMES.map((name) => String(count[name]));

const listed = ({ day, cutAt, closedAt, entered, total }: LedgerDay & { total: DayCount }): string[] => [
  day,
  cutAt === null ? 'đang mở · open' : closedAt === null ? 'đang đếm · counting' : timeOf(cutAt),
  entered === null ? '–' : String(entered),
  ...(closedAt === null ? heads.map(() => '–') : numbers(total)),
];

function dayWords(whole: LedgerDayWhole): string[] {
  const { day, openedAt, cutAt, closedAt, closedBy, entered, unplanned, agencies } = whole;
  if (cutAt === null) return [`Ngày ${day} đang mở từ · open since ${timeOf(openedAt)}`];
  const head = `Ngày ${day} · ${timeOf(openedAt)} – ${timeOf(cutAt)}`;
  if (closedAt === null) return [`${head}: đã cắt, chưa đếm xong · cut, not counted yet (lienthong day close)`];
  const sum = sumOfDay(agencies);
  return [
    `${head}, chốt · closed ${timeOf(closedAt)} (${closedBy})`,
    `Sự kiện · events: ${entered}${unplanned === 0 ? '' : `, trong đó chưa lập lượt chuyển · not planned: ${unplanned}`}`,
    '',
    ...columns([
      ['cơ quan', ...heads],
      ...agencies.map((one) => [one.agencyId, ...numbers(one)]),
      ['cộng · total', ...numbers(sum)],
    ]),
    '',
    `Đẳng thức · identity: ${sum.opening} + ${sum.planned} + ${sum.reopened} = ${sum.acknowledged} + ${sum.superseded} + ${sum.closed} + ${sum.carried}`,
  ];
}

async function recounted(db: Database, { day }: LedgerDayWhole, { stderr }: Terminal): Promise<AgencyDay[]> {
  const bar = new ProgressBar(stderr);
  const began = performance.now();
  const shows = setInterval(
    () =>
      bar.show(
        undefined,
        `Đếm lại ${day}: ${Math.round((performance.now() - began) / 1_000)} giây · counting once more`,
      ),
    500,
  );
  try {
    return await recountDay(db, day);
  } finally {
    clearInterval(shows);
    bar.end();
  }
}

const differing = (written: readonly AgencyDay[], counted: readonly AgencyDay[]): string[] => {
  const before = new Map(written.map((one) => [one.agencyId, one]));
  return counted
    .filter((one) => DAY_COUNT_NAMES.some((name) => one[name] !== (before.get(one.agencyId)?.[name] ?? 0)))
    .map(({ agencyId }) => agencyId);
};

function recountWords({ agencies }: LedgerDayWhole, counted: readonly AgencyDay[]): string[] {
  const wrong = differing(agencies, counted);
  if (wrong.length === 0) return ['', 'Đếm lại: khớp từng đơn vị · counted once more: the same, to the unit'];
  return [
    '',
    `Đếm lại KHÔNG khớp · counted once more, it is NOT the same: ${wrong.join(', ')}`,
    ...columns(
      counted.filter(({ agencyId }) => wrong.includes(agencyId)).map((one) => [one.agencyId, ...numbers(one)]),
    ),
  ];
}
