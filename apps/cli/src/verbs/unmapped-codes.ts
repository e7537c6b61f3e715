import { unmappedCodes } from '#agency';
import type { UnmappedValues } from '#ledger';
import { readAgencyFile } from '../agency/agency-folder.js';
import { agencyNamed, dayOf, wholeOf } from '../operate/named.js';
import { ledgerSettings } from '../settings.js';
import { columns, localTime } from '../terminal/columns.js';
import { say, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';
import { daysOf } from './rehearse-agency.js';

export const unmappedOfAgency: Verb = {
  words: 'agency unmapped',
  usage: 'AGENCY [FILE] [--days N] [--on DATE] [--cases N] [--json]',
  vi: 'Các mã mà bảng mã chưa có, cùng hồ sơ vướng phải: trong N ngày qua (30) và trong mọi thứ đang chờ; theo hợp đồng đang có, hoặc theo tệp trước khi áp dụng.',
  en: 'Codes that the code tables lack, with the cases they hit: in the last N days (30) and all that waits; by the contract in force, or by a file before it is applied.',
  options: {
    days: { type: 'string' },
    on: { type: 'string' },
    cases: { type: 'string' },
    json: { type: 'boolean' },
  },
  operands: [1, 2],
  async run(given, terminal) {
    const [id = '', path] = given.operands;
    const period = { days: daysOf(given), on: dayOf(given, 'on') };
    const mostCases = wholeOf(given, 'cases');
    const file = path === undefined ? undefined : await readAgencyFile(path, terminal.env);
    if (file && file.id !== id) throw new Trouble(`Tệp là của ${file.id}`, `the file is ${file.id}'s`);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = file ? id : await agencyNamed(db, id);
      const more = { ...(file ? { file } : {}), ...(mostCases === undefined ? {} : { mostCases }) };
      const found = await unmappedCodes(db, agency, period, more);
      const lines = given.options.json === true ? [JSON.stringify(found, null, 2)] : words(found);
      for (const line of lines) say(terminal.stdout, line);
      return found.values.some(({ stoodIn }) => !stoodIn) ? 1 : 0;
    });
  },
};

const head = ['bảng', 'mã', 'hồ sơ', 'sự kiện', 'chờ người', 'chờ gửi', 'lần đầu', 'lần cuối', 'thay bằng', 'ví dụ'];

function words({ agency, version, since, looked, values, more }: UnmappedValues): string[] {
  if (version === null) return [`${agency}: ngày ấy chưa có phiên bản nào · no version is in force then`];
  const from = `${looked} sự kiện từ ${localTime(since)} và đang chờ · events since then, and all that waits`;
  if (values.length === 0) return [`${agency}: ${from}: bảng mã đủ · every code is in its table`];
  const rows = values.map((v) => [
    v.table,
    v.code ?? '(không giống mã · no code)',
    String(v.cases),
    String(v.events),
    String(v.parked),
    String(v.open),
    localTime(v.firstSeen),
    localTime(v.lastSeen),
    v.stoodIn ? 'unmapped' : '–',
    v.examples.join(' '),
  ]);
  return [`${agency} ${version}: ${from}`, ...columns([head, ...rows]), ...(more ? ['… và mã khác · and more'] : [])];
}
