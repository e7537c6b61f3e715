import { readFile } from 'node:fs/promises';
import { closeDelivery, editDelivery, orderOperation, settleDoubt, type Recorded } from '#ledger';
import { canonicalJson, textHash } from '#wire';
import { followOperation } from '../operate/follow-operation.js';
import { dayOf, groupNamed, isFingerprint, laneNamed, wholeOf } from '../operate/named.js';
import { actedWords } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Given, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';
import { notYet } from './retry-group.js';

const agency = { agency: { type: 'string' }, sequence: { type: 'string' } } as const;

export const editParked: Verb = {
  words: 'parked edit',
  usage: 'CODE --file FILE [--agency AGENCY] [--sequence N] [--reason TEXT]',
  vi: 'Thay bản gửi bằng nội dung JSON trong tệp, thành bản mới với khóa mới. Không được khi cơ quan nhận có thể đã có bản cũ.',
  en: 'Puts the file’s JSON in the item’s place, as a new revision under a new key. Not while the partner may hold the old one.',
  options: { ...agency, file: { type: 'string' }, reason: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const text = await itemOf(given);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const lane = await laneNamed(db, given.operands[0] ?? '', given);
      const named = {
        ...lane,
        sequence: wholeOf(given, 'sequence') ?? null,
        author: authorOf(terminal.env),
        reason: textOf(given, 'reason') ?? null,
      };
      const said = actedWords(await editDelivery(db, named, { text, hash: textHash(text) }), 'Đã thay bản gửi');
      say(said.code === 0 ? terminal.stdout : terminal.stderr, said.text);
      return said.code;
    });
  },
};

async function itemOf(given: Given): Promise<string> {
  const file = textOf(given, 'file');
  if (file === undefined) throw new Trouble('Cần --file', '--file is needed');
  const written = await readFile(file, 'utf8').catch(() => undefined);
  if (written === undefined) throw new Trouble(`Không đọc được ${file}`, `${file} can't be read`);
  try {
    const item: unknown = JSON.parse(written);
    if (item !== null && typeof item === 'object') return canonicalJson(item);
  } catch {
    // Said below: the parser's own message would quote the item.
  }
  throw new Trouble(`${file} không phải một đối tượng JSON`, `${file} isn't a JSON object`);
}

export const closeParked: Verb = {
  words: 'parked close',
  usage: 'FINGERPRINT|CODE --reason TEXT [--until DAY] [--agency AGENCY] [--sequence N]',
  vi: 'Đóng, không gửi nữa; sự kiện sau vẫn đi tiếp. --until: sau ngày ấy được liệt kê lại. Không đóng được khi còn nghi vấn.',
  en: 'Ends it unsent; what follows goes on. --until: listed again after that day. Never one in doubt.',
  options: { ...agency, reason: { type: 'string' }, until: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const [word = ''] = given.operands;
    const reason = textOf(given, 'reason')?.trim();
    if (!reason) throw new Trouble('Cần --reason', '--reason is needed');
    const until = dayOf(given, 'until') ?? null;
    const author = authorOf(terminal.env);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      if (isFingerprint(word)) {
        const { agencyId } = await groupNamed(db, word);
        const selection = { fingerprint: word, ...(until === null ? {} : { until }) };
        const ordered = await orderOperation(db, { kind: 'close', agency: agencyId, author, reason, selection });
        const { operation, isOver } = await followOperation(db, ordered.id, terminal, {
          seconds: 120,
          outcomes: false,
        });
        say(
          terminal.stdout,
          `Thao tác · operation ${operation.id}: ${operation.done} hồ sơ đã đóng · closed, ${operation.failed} không đóng được · refused (in doubt, tainted, under way or a revocation)`,
        );
        if (!isOver) say(terminal.stdout, notYet(operation.id));
        return isOver && operation.failed === 0 ? 0 : 1;
      }
      const lane = await laneNamed(db, word, given);
      const named = { ...lane, sequence: wholeOf(given, 'sequence') ?? null, author, reason };
      const said = actedWords(await closeDelivery(db, named, until), 'Đã đóng');
      say(said.code === 0 ? terminal.stdout : terminal.stderr, said.text);
      return said.code;
    });
  },
};

export const settleParked: Verb = {
  words: 'parked settle',
  usage: 'CODE (--held | --not-held | --closed-in-doubt) [--agency AGENCY] [--reason TEXT]',
  vi: 'Ghi điều cơ quan nhận cho biết về một nghi vấn: đã có, chưa có, hoặc đóng khi còn nghi vấn (chênh lệch, đến khi đối soát).',
  en: 'Records what the partner says about a doubt: held, not held; or closed in doubt, a discrepancy until reconciled.',
  options: {
    agency: { type: 'string' },
    held: { type: 'boolean' },
    'not-held': { type: 'boolean' },
    'closed-in-doubt': { type: 'boolean' },
    reason: { type: 'string' },
  },
  operands: [1, 1],
  async run(given, terminal) {
    const said = (['held', 'not-held', 'closed-in-doubt'] as const).filter((word) => given.options[word] === true);
    if (said.length !== 1)
      throw new Trouble('Cần đúng một trong --held, --not-held, --closed-in-doubt', 'one of them is needed');
    const recorded: Recorded = said[0]!;
    const reason = textOf(given, 'reason') ?? null;
    if (recorded === 'closed-in-doubt' && !reason) throw new Trouble('Cần --reason', '--reason is needed');
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const lane = await laneNamed(db, given.operands[0] ?? '', given);
      const acted = await settleDoubt(db, { ...lane, author: authorOf(terminal.env), reason }, recorded);
      const { text, code } = actedWords(acted, 'Đã ghi');
      say(code === 0 ? terminal.stdout : terminal.stderr, text);
      return code;
    });
  },
};
