import {
  closedUntilNow,
  parkedGroups,
  standingAgencies,
  type DueAgain,
  type ParkedGroup,
  type StandingAgency,
} from '#ledger';
import { agencyNamed } from '../operate/named.js';
import { brief, ownerNames, timeOf } from '../operate/words.js';
import { reasonInVietnamese } from '../operate/reason-words.js';
import { ledgerSettings } from '../settings.js';
import { columns } from '../terminal/columns.js';
import { say, textOf, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const listParked: Verb = {
  words: 'parked ls',
  usage: '[--agency AGENCY] [--json]',
  vi: 'Những gì chờ người xử lý, gộp theo nguyên nhân; cơ quan đang tạm dừng hay không trả lời; việc đóng đã đến hạn xem lại.',
  en: 'What is parked, by cause; agencies that are paused or don’t answer; what was closed until a day that has come.',
  options: { agency: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const told = textOf(given, 'agency');
      const agency = told === undefined ? null : await agencyNamed(db, told);
      const groups = await parkedGroups(db, agency);
      const standing = (await standingAgencies(db)).filter((one) => agency === null || one.agencyId === agency);
      const dueAgain = await closedUntilNow(db, agency);
      const text =
        given.options.json === true
          ? JSON.stringify({ groups, standing, dueAgain }, null, 2)
          : [...standingWords(standing), ...groupWords(groups), ...dueWords(dueAgain)].join('\n');
      say(terminal.stdout, text);
      return 0;
    });
  },
};

/** Also what `doctor` says of them. */
export function standingWords(standing: readonly StandingAgency[]): string[] {
  return standing.flatMap((one) => [...agencyWords(one), '']);
}

function agencyWords({ agencyId, paused, breaker, waiting }: StandingAgency): string[] {
  const waits = `${waiting >= 20_000 ? '≥ ' : ''}${waiting} hồ sơ đang chờ · waiting`;
  return [
    ...(paused
      ? [
          `! ${agencyId}: tạm dừng từ · paused since ${timeOf(paused.since)}${paused.until ? `, đến · until ${timeOf(paused.until)}` : ''}` +
            ` (${brief(paused.reason ?? '–')}; ${paused.by ?? '–'}): ${waits}`,
        ]
      : []),
    ...(breaker
      ? [
          `! ${agencyId}: không trả lời từ · breaker open since ${timeOf(breaker.since)} (${brief(reasonInVietnamese(breaker.reason ?? '–'))}),` +
            ` đã hỏi lại · probes ${breaker.probes}: ${waits}`,
        ]
      : []),
  ];
}

function groupWords(groups: readonly ParkedGroup[]): string[] {
  if (groups.length === 0) return ['Không có gì chờ người xử lý · nothing is parked'];
  return columns([
    [
      'nguyên nhân',
      'cơ quan',
      'phía',
      'số',
      'nghi vấn',
      'lâu nhất từ',
      'gửi lại lần cuối',
      'từ đó',
      'lại hỏng',
      'ví dụ',
      'lý do',
    ],
    ...groups.map((g) => [
      g.fingerprint,
      g.agencyId,
      g.owner === null ? '–' : (ownerNames[g.owner] ?? g.owner),
      String(g.count),
      String(g.inDoubt),
      timeOf(g.oldest),
      timeOf(g.lastRetry),
      g.lastRetry === null ? '–' : String(g.sinceRetry),
      String(g.again),
      g.example,
      brief(reasonInVietnamese(g.reason)),
    ]),
  ]);
}

function dueWords(dueAgain: readonly DueAgain[]): string[] {
  if (dueAgain.length === 0) return [];
  return [
    '',
    'Đã đóng, đến hạn xem lại · closed until a day that has come',
    ...columns(
      dueAgain.map((d) => [d.code, d.agencyId, String(d.sequence), d.until, d.author, brief(d.reason ?? '–')]),
      '  ',
    ),
  ];
}
