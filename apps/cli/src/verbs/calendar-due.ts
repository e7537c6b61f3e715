import { Calendars, dueAt, readTerm, suspensionsOf, type Suspension, type LegalTerm } from '#domain';
import { findCase, readCalendar, timelineOf, today, type Database, type TimelineEvent } from '#ledger';
import { shortType } from '#wire';
import { dueWords } from '../calendar/due-words.js';
import { momentIn, suspensionIn } from '../calendar/moments.js';
import { ledgerSettings } from '../settings.js';
import { printable } from '../terminal/columns.js';
import { say, textOf, Trouble, type Given, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

interface Received {
  receivedAt: Date;
  unit: string | null;
  suspended: Suspension[];
}

export const calendarDue: Verb = {
  words: 'calendar due',
  usage:
    "(--received TIME | --case CODE) --term '10 working-days'|'8 working-hours'|'15 days'|'24 hours' [--suspended FROM/TO]... [--unit CODE] [--serial N] [--json]",
  vi: 'Hạn giải quyết, giải thích từng ngày, theo lịch mà hồ sơ biết vào ngày tiếp nhận. --case: ngày tiếp nhận, đơn vị và những lần chờ bổ sung lấy từ sổ cái. --serial: theo lịch của một lần áp dụng trước.',
  en: 'When a term is due, explained day by day, by the calendar as known on the day of receipt. --case: receipt, unit and supplements awaited are the ledger’s. --serial: by an earlier calendar.',
  options: {
    received: { type: 'string' },
    case: { type: 'string' },
    term: { type: 'string' },
    suspended: { type: 'string', multiple: true },
    unit: { type: 'string' },
    serial: { type: 'string' },
    json: { type: 'boolean' },
  },
  run(given, terminal) {
    const term = termIn(given);
    const suspended = listOf(given, 'suspended').map(suspensionIn);
    const serial = textOf(given, 'serial');
    if (serial !== undefined && !/^[1-9]\d{0,8}$/.test(serial))
      throw new Trouble('--serial là một số', '--serial is a number');
    if ((textOf(given, 'received') === undefined) === (textOf(given, 'case') === undefined))
      throw new Trouble('Cần đúng một trong --received, --case', 'one of --received, --case is needed');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const kept = await readCalendar(db.pool, serial === undefined ? undefined : Number(serial));
      if (!kept) throw new Trouble('Không có lịch ấy', 'there is no such calendar (lienthong calendar ls --history)');
      const { receivedAt, unit, suspended: awaited } = await receivedBy(db, given);
      const receivedOn = today(receivedAt);
      const calendar = new Calendars(kept.document).on(receivedOn, textOf(given, 'unit') ?? unit);
      const asked = { calendar, receivedAt, term, suspended: [...awaited, ...suspended] };
      const due = dueAt(calendar, receivedAt, term, asked.suspended);
      if (given.options.json === true) {
        const at = due.outcome === 'due' ? due.at.toISOString() : null;
        const { outcome } = due;
        say(terminal.stdout, JSON.stringify({ calendar: kept.document.id, serial: kept.serial, receivedOn, receivedAt, term, suspended: asked.suspended, outcome, dueAt: at }, null, 2)); // prettier-ignore
      } else {
        say(terminal.stdout, `Lịch · calendar: ${kept.document.id}, lần áp dụng · serial ${kept.serial}, như biết vào ngày · as known on ${receivedOn}`); // prettier-ignore
        for (const line of dueWords(asked, due)) say(terminal.stdout, printable(line));
      }
      return due.outcome === 'not-covered' ? 1 : 0;
    });
  },
};

function termIn(given: Given): LegalTerm {
  const text = textOf(given, 'term') ?? '';
  const term = readTerm(text);
  if (term) return term;
  throw new Trouble(
    `--term: "${text}" không phải thời hạn như '10 working-days', '8 working-hours', '15 days', '24 hours'`,
    '--term is a number and its unit',
  );
}

const listOf = ({ options }: Given, name: string): string[] => {
  const value: unknown = options[name];
  return Array.isArray(value) ? (value as string[]) : [];
};

async function receivedBy(db: Database, given: Given): Promise<Received> {
  const code = textOf(given, 'case');
  if (code === undefined)
    return { receivedAt: momentIn(textOf(given, 'received')!, 'received'), unit: null, suspended: [] };
  const header = await findCase(db, code);
  if (!header) throw new Trouble(`Không có hồ sơ ${code}`, `there is no case ${code}`);
  const events = await timelineOf(db, header.streamId);
  const receivedAt = new Date((events[0]?.body as { receivedAt?: string } | undefined)?.receivedAt ?? NaN);
  if (Number.isNaN(receivedAt.getTime()))
    throw new Trouble(`Hồ sơ ${code} không nêu thời điểm tiếp nhận`, `the case doesn’t say when it was received`);
  return { receivedAt, unit: header.unit, suspended: suspensionsOf(events.map(stepOf)) };
}

/** By its sender's clock: what is entered years later was no shorter a wait for it. */
function stepOf({ type, status, recordedAt, body }: TimelineEvent): { type: string; status: number; at: Date } {
  const { at, supplement } = body as { at?: string; supplement?: { receivedAt?: string } };
  return { type: shortType(type), status, at: new Date(supplement?.receivedAt ?? at ?? recordedAt) };
}
