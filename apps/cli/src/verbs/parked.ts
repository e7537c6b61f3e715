import { userInfo } from 'node:os';
import { orderRetry, parkedGroups, readAgencies, type Database } from '#ledger';
import { ledgerSettings } from '../settings.js';
import { columns, localTime, printable } from '../terminal/columns.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const MOST_GROUPS = 200;
const sides: Record<string, string> = {
  ours: 'phía ta · ours',
  theirs: 'phía họ · theirs',
  data: 'dữ liệu · the data',
};

export const listParked: Verb = {
  words: 'parked ls',
  usage: '[--agency AGENCY] [--json]',
  vi: 'Những gì đang chờ người xử lý, gom theo nguyên nhân; nhóm lớn nhất trước.',
  en: 'What waits for a person, by cause; the largest group first.',
  options: { agency: { type: 'string' }, json: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = textOf(given, 'agency') ?? null;
      if (agency !== null) await mustExist(db, agency);
      const groups = await parkedGroups(db, agency, MOST_GROUPS);
      if (given.options.json === true) {
        say(terminal.stdout, JSON.stringify(groups, null, 2));
        return 0;
      }
      if (groups.length === 0) say(terminal.stdout, 'Không có gì đang chờ người xử lý · nothing is parked');
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
            String(g.deliveries),
            String(g.inDoubt),
            String(g.failedAgain),
            sides[g.owner ?? ''] ?? '–',
            localTime(g.oldest.toISOString()),
            g.exampleCode,
            printable((g.reason ?? '–').slice(0, 100)),
          ]),
        ]))
          say(terminal.stdout, line);
      return 0;
    });
  },
};

export const retryGroup: Verb = {
  words: 'parked retry',
  usage: 'GROUP --agency AGENCY (--canary N | --all) [--author NAME]',
  vi: 'Gửi lại một nhóm: N hồ sơ để thử, hoặc tất cả. Trục tự làm tiếp sau khi khởi động lại; theo dõi bằng `operations ls`.',
  en: 'Sends a group again: N cases to try, or all. The hub carries on after a restart; `operations ls` shows progress.',
  options: {
    agency: { type: 'string' },
    canary: { type: 'string' },
    all: { type: 'boolean' },
    author: { type: 'string' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const [fingerprint = ''] = given.operands;
    const agency = textOf(given, 'agency');
    const asked = textOf(given, 'canary');
    const canary = asked === undefined ? null : Number(asked);
    if (
      agency === undefined ||
      (asked === undefined) === (given.options.all !== true) ||
      (canary !== null && !(Number.isInteger(canary) && canary > 0))
    )
      throw new Trouble(
        'Cần --agency và một trong hai: --canary N, --all',
        '--agency and one of --canary N, --all are needed',
      );
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      await mustExist(db, agency);
      const author = textOf(given, 'author') ?? userInfo().username;
      const id = await orderRetry(db, { agency, fingerprint, canary, author });
      if (id === undefined)
        throw new Trouble(
          `Không có nhóm "${fingerprint}" ở ${agency}`,
          `there is no group "${fingerprint}" at ${agency}`,
        );
      say(terminal.stdout, `Đã ghi lệnh ${id} · operation ${id} is ordered; lienthong operations ls`);
      return 0;
    });
  },
};

export async function mustExist(db: Database, agency: string): Promise<void> {
  if (!(await readAgencies(db)).some(({ id }) => id === agency))
    throw new Trouble(`Không có cơ quan "${agency}"`, `there is no agency "${agency}"`);
}
