import { closedUntilNow, orderOperation, parkedGroups, showDeliveries, standingAgencies } from '#ledger';
import { agencyOf, authorOf, countOf, mustExist, streamOf } from '../operate/ask.js';
import { ledgerSettings } from '../settings.js';
import { columns, localTime, printable } from '../terminal/columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const sides = { ours: 'phía ta · ours', theirs: 'phía họ · theirs', data: 'dữ liệu · the data' };
const at = (instant: Date | null): string => (instant ? localTime(instant.toISOString()) : '–');

export const listParked: Verb = {
  words: 'parked ls',
  usage: '[--agency AGENCY] [--json]',
  vi: 'Những gì đang chờ người xử lý, gom theo nguyên nhân; cơ quan đang dừng; những gì đóng đã đến hẹn.',
  en: 'What waits for a person, by cause; agencies that stand still; what was closed until a day that has come.',
  options: { agency: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    const { stdout } = terminal;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const asked = textOf(given, 'agency');
      const agency = asked === undefined ? null : await mustExist(db, asked);
      const [groups, standing, due] = await Promise.all([
        parkedGroups(db, agency),
        standingAgencies(db),
        closedUntilNow(db, agency),
      ]);
      if (given.options.json === true) {
        say(stdout, JSON.stringify({ groups, standing, due }, null, 2));
        return 0;
      }
      for (const one of standing) {
        const why = one.paused
          ? `tạm dừng · paused: ${printable(one.paused.reason ?? '–')}`
          : `không gửi được · breaker open: ${printable(one.breaker?.reason ?? '–')}`;
        say(
          stdout,
          `! ${one.agencyId}: ${why}; từ · since ${at(one.paused?.since ?? one.breaker?.since ?? null)}; ${one.waiting} đang chờ · waiting`,
        );
      }
      if (groups.length === 0) say(stdout, 'Không có gì đang chờ người xử lý · nothing is parked');
      else
        for (const line of columns([
          [
            'nhóm · group',
            'cơ quan · agency',
            'số · n',
            'nghi vấn · in doubt',
            'lại hỏng · again',
            'phía · side',
            'từ · since',
            'ví dụ · example',
            'lý do · reason',
          ],
          ...groups.map((g) => [
            g.fingerprint,
            g.agencyId,
            String(g.count),
            String(g.inDoubt),
            String(g.again),
            g.owner ? sides[g.owner] : '–',
            at(g.oldest),
            g.example,
            printable(g.reason.slice(0, 100)),
          ]),
        ]))
          say(stdout, line);
      for (const one of due)
        say(
          stdout,
          `! ${one.agencyId} ${one.code}: đóng đến · closed until ${one.until}, ${printable(one.reason ?? '–')} (${one.author})`,
        );
      return 0;
    });
  },
};

export const showParked: Verb = {
  words: 'parked show',
  usage: 'CODE [--agency AGENCY] [--body] [--json]',
  vi: 'Những gì của một hồ sơ chưa xong ở một cơ quan: từng lần gửi, cơ quan trả lời gì. --body: cả nội dung đã gửi (dữ liệu cá nhân).',
  en: 'What of a case hasn’t ended at an agency: every attempt, what the partner said. --body: what was sent, too (personal data).',
  options: { agency: { type: 'string' }, body: { type: 'boolean' }, json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    const { stdout } = terminal;
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const stream = await streamOf(db, given.operands[0] ?? '');
      const agency = textOf(given, 'agency') ?? null;
      const shown = await showDeliveries(db, { stream, agency, sequence: null, withBody: given.options.body === true });
      if (given.options.json === true) {
        say(stdout, JSON.stringify(shown, null, 2));
        return 0;
      }
      if (shown.length === 0) say(stdout, 'Không còn gì đang chờ · nothing is open');
      for (const d of shown) {
        say(
          stdout,
          `${d.agencyId} ${d.code} #${d.sequence} ${d.type}: ${d.state}${d.inDoubt ? ', nghi vấn · in doubt' : ''}, ${printable(d.reason ?? '')}`,
        );
        for (const a of d.attempts)
          say(
            stdout,
            `  ${a.number}. ${at(a.startedAt)} ${a.operation} ${a.askedBy}: ${a.outcome}${a.reply === null ? '' : `, ${printable(a.reply)}`}`,
          );
        if (d.body !== undefined) say(stdout, `  ${printable(d.body ?? '–')}`);
      }
      return 0;
    });
  },
};

export const retryGroup: Verb = {
  words: 'parked retry',
  usage: 'GROUP --agency AGENCY (--rehearse | --canary N | --all) [--author NAME]',
  vi: 'Gửi lại một nhóm: diễn thử không gửi gì, N hồ sơ để thử, hoặc tất cả. Trục tự làm tiếp sau khi khởi động lại.',
  en: 'Sends a group again: rehearsed without sending, N cases to try, or all. The hub carries on after a restart.',
  options: {
    agency: { type: 'string' },
    rehearse: { type: 'boolean' },
    canary: { type: 'string' },
    all: { type: 'boolean' },
    author: { type: 'string' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const [fingerprint = ''] = given.operands;
    const canary = countOf(given, 'canary');
    const rehearse = given.options.rehearse === true;
    if ([canary !== undefined, given.options.all === true, rehearse].filter(Boolean).length !== 1)
      throw new Trouble(
        'Cần đúng một: --rehearse, --canary N, --all',
        'one of --rehearse, --canary N, --all is needed',
      );
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = await agencyOf(db, given);
      if (!(await parkedGroups(db, agency)).some((g) => g.fingerprint === fingerprint))
        throw new Trouble(
          `Không có nhóm "${fingerprint}" ở ${agency}`,
          `there is no group "${fingerprint}" at ${agency}`,
        );
      const selection = canary === undefined ? { fingerprint } : { fingerprint, atMost: canary };
      const kind = rehearse ? 'rehearse' : 'retry';
      const { id, total } = await orderOperation(db, { kind, agency, author: authorOf(given), selection });
      say(
        terminal.stdout,
        `Đã ghi lệnh ${id}, ${total ?? '?'} hồ sơ · operation ${id} is ordered; lienthong operations show ${id}`,
      );
      return 0;
    });
  },
};
