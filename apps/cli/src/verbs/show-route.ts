import { calendarsInForce, findCase, readRouting, routingOf, timelineOf, today } from '#ledger';
import { caseRoute, type CaseRoute } from '../routing/case-route.js';
import { dayIn } from '../routing/day-in.js';
import { ledgerSettings } from '../settings.js';
import { columns, localTime, printable } from '../terminal/columns.js';
import { say, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const showRoute: Verb = {
  words: 'route show',
  usage: 'CODE [--on DATE] [--json]',
  vi: 'Tuyến của một hồ sơ: các bước, đơn vị đang giữ, hạn và phần thời hạn của mỗi bước, vì sao.',
  en: 'A case’s route: its steps, the unit now, each step’s due time and share of the term, and why.',
  options: { on: { type: 'string' }, json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    const code = given.operands[0]!;
    const day = dayIn(given, 'on') ?? today();
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const header = await findCase(db, code);
      if (!header) throw new Trouble(`Không có hồ sơ ${code}`, `there is no case ${code}`);
      const [files, events, calendars] = await Promise.all([
        readRouting(db.pool),
        timelineOf(db, header.streamId),
        calendarsInForce(db.pool),
      ]);
      const route = caseRoute(header, events, routingOf(files), day, calendars);
      const about = { code, procedure: header.procedure, openedOn: header.openedOn, receivedBy: header.unit };
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ ...about, ...route }, null, 2));
      else for (const line of shown(about, route)) say(terminal.stdout, printable(line));
      return route.outcome === 'routed' ? 0 : 1;
    });
  },
};

const forms: Record<string, string> = {
  'three-level': 'ba cấp',
  'two-level': 'hai cấp',
  horizontal: 'ngang (sở và ngành dọc)',
  vertical: 'ngành dọc',
};

function shown(
  about: { code: string; procedure: string; openedOn: string; receivedBy: string | null },
  route: CaseRoute,
): string[] {
  const head = [
    `Hồ sơ · case ${about.code}: ${about.procedure}, nhận ngày · received on ${about.openedOn}, tại · by ${about.receivedBy ?? '–'}`,
  ];
  if (route.outcome === 'no-route') return [...head, route.why];
  return [
    ...head,
    `Tuyến · route: ${forms[route.form] ?? route.form} · ${route.form}, bản từ · version of ${route.versionFrom}; ngày · on ${route.on}`,
    `Đơn vị đang giữ · unit now: ${route.unit ?? '–'}`,
    ...columns(
      [
        ['', 'bước', 'việc', 'đơn vị', 'hệ thống', 'phần', 'hạn', 'vì sao'],
        ...route.steps.map((s) => [
          s.standsHere ? '►' : '',
          String(s.step),
          s.work.vi,
          s.unit === null ? '–' : `${s.unit} ${s.unitName}`,
          s.agency ?? '–',
          `${Math.round(s.share * 10_000) / 100} %`,
          s.dueAt === null ? '–' : localTime(s.dueAt),
          s.why,
        ]),
      ],
      '  ',
    ),
  ];
}
