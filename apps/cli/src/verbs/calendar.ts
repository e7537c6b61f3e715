import { calendarHistory, readCalendar } from '#ledger';
import type { CalendarFile } from '#wire';
import { applyCalendarFiles, readCalendarFiles } from '../calendar/calendar-files.js';
import { dayWords } from '../calendar/moments.js';
import { calendarText, seeded } from '../calendar/seed.js';
import { timeOf } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { columns, printable } from '../terminal/columns.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const calendarSeed: Verb = {
  words: 'calendar seed',
  usage: '--years FIRST-LAST',
  vi: 'In một tệp lịch từ date-holidays: ngày lễ, chưa có nghỉ bù, hoán đổi hay ngày lễ mới; bổ sung bằng tệp CalendarDays.',
  en: 'Prints a calendar file from date-holidays: holidays, without days in lieu, swaps or new holidays; correct it by CalendarDays files.',
  options: { years: { type: 'string' } },
  async run(given, terminal) {
    const [, first = '', last = ''] = /^(\d{4})-(\d{4})$/.exec(textOf(given, 'years') ?? '') ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (from < 1990 || to < from || to > 2100 || to - from > 50)
      throw new Trouble('--years là NĂM-NĂM, từ 1990 đến 2100, nhiều nhất 50 năm', '--years is FIRST-LAST, 1990 to 2100, at most 50 years'); // prettier-ignore
    const about = [
      `lienthong calendar seed --years ${from}-${to}`,
      'Ngày lễ tính bằng date-holidays (CC BY-SA 3.0). · Holidays as date-holidays computes them (CC BY-SA 3.0).',
    ];
    const [years, bar] = [to - from + 1, new ProgressBar(terminal.stderr)];
    const calendar = await seeded(from, to, (done) => bar.show(done / years, `${done} / ${years}`)).finally(() => bar.end()); // prettier-ignore
    terminal.stdout.write(calendarText(calendar, about));
    return 0;
  },
};

export const calendarApply: Verb = {
  words: 'calendar apply',
  usage: 'FILE... [--note TEXT] [--restate]',
  vi: 'Áp dụng tệp lịch (Calendar: thay lịch đang có; CalendarDays: thêm vào); có hiệu lực sau hai giây. Tệp có lỗi, hoặc đổi hạn của hồ sơ đã tiếp nhận mà không có --restate: không đổi gì, nói rõ dòng và cột.',
  en: 'Applies calendar files (Calendar: in place of what is in force; CalendarDays: on top); in force within two seconds. A faulty one, or one that changes what old cases were told without --restate: nothing changes, and it says line and column.',
  options: { note: { type: 'string' }, restate: { type: 'boolean' } },
  operands: [1, 100],
  async run(given, terminal) {
    const files = await readCalendarFiles(given.operands, terminal.env);
    const note = textOf(given, 'note') ?? null;
    const restates = given.options.restate === true;
    if (restates && !note)
      throw new Trouble('--restate cần --note nói vì sao', '--restate needs a --note that says why');
    await withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      say(terminal.stdout, await applyCalendarFiles(db, files, { author: authorOf(terminal.env), note, restates }));
    });
    return 0;
  },
};

export const calendarList: Verb = {
  words: 'calendar ls',
  usage: '[--year YEAR] [--history] [--json]',
  vi: 'Tuần làm việc, ngày nghỉ và ngày làm bù của lịch đang có, với nguồn; --history: các lần áp dụng.',
  en: 'The weeks, days off and make-up days in force, with their source; --history: every calendar that was applied.',
  options: { year: { type: 'string' }, history: { type: 'boolean' }, json: { type: 'boolean' } },
  run: (given, terminal) =>
    withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const isJson = given.options.json === true;
      if (given.options.history === true) {
        const applied = await calendarHistory(db.pool);
        const rows = applied.map(({ serial, appliedAt, author, note, restates }) => [
          String(serial),
          timeOf(appliedAt),
          author,
          [restates ? 'đổi câu trả lời cũ · restates' : '', note ?? ''].filter(Boolean).join('; '),
        ]);
        if (isJson) say(terminal.stdout, JSON.stringify({ applied }, null, 2));
        else
          for (const line of columns([['lần', 'lúc', 'ai', 'ghi chú'], ...rows])) say(terminal.stdout, printable(line));
        return 0;
      }
      const year = textOf(given, 'year') ?? '';
      if (!/^(\d{4})?$/.test(year)) throw new Trouble('--year là một năm', '--year is a year');
      const kept = await readCalendar(db.pool);
      if (!kept) throw new Trouble('Chưa có lịch nào', 'no calendar was ever applied (lienthong calendar apply)');
      const days = kept.document.days
        .filter(({ day }) => day.startsWith(year))
        .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
      if (isJson) say(terminal.stdout, JSON.stringify({ serial: kept.serial, ...kept.document, days }, null, 2));
      else for (const line of shown(kept.serial, kept.document, days)) say(terminal.stdout, printable(line));
      return 0;
    }),
};

function shown(serial: number, { id, name, from, to, weeks }: CalendarFile, days: CalendarFile['days']): string[] {
  return [
    `${id}: ${name.vi} · ${name.en}; lần áp dụng · serial ${serial}; ${from} – ${to}`,
    ...weeks.map(
      (w) =>
        `  từ · from ${w.validFrom}${w.units ? `, ${w.units.join(' ')}` : ''}: ${w.days.join(' ')}, ${w.hours.join(' ')}${knownWords(w)}`,
    ),
    ...columns(
      [
        ['ngày', '', 'tên', 'nguồn', 'ghi chú'],
        ...days.map((d) => [
          dayWords(d.day),
          d.works ? 'làm · works' : 'nghỉ · off',
          d.name,
          d.source,
          [
            d.makesUp ? `bù cho · for ${dayWords(d.makesUp)}` : '',
            d.hours?.join(' ') ?? '',
            d.note ?? '',
            knownWords(d),
          ]
            .filter(Boolean)
            .join('; '),
        ]),
      ],
      '  ',
    ),
  ];
}

const knownWords = ({ knownFrom }: { knownFrom?: string }): string =>
  knownFrom === undefined ? '' : ` hồ sơ nhận từ · for cases received from ${knownFrom}`;
