import {
  findDiscrepancy,
  isDone,
  isRepair,
  listDiscrepancies,
  settleByHand,
  takeAsItIs,
  type Database,
  type OpenDiscrepancy,
} from '#ledger';
import { lineDiscrepancies, repairs } from '#wire';
import { listWords, settledWords, showWords } from '../operate/discrepancy-words.js';
import { agencyNamed } from '../operate/named.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Given, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const MOST_LISTED = 1_000;

export const listOfDiscrepancies: Verb = {
  words: 'discrepancies ls',
  usage: '[--agency AGENCY] [--type TYPE] [--open | --all] [--json]',
  vi: 'Chênh lệch giữa sổ hai bên: hồ sơ nào, khác gì, phía nào phải làm, từ bao giờ, cách xử lý.',
  en: 'Discrepancies between both sides’ books: which case, what differs, who must act, since when, what settles it.',
  options: {
    agency: { type: 'string' },
    type: { type: 'string' },
    open: { type: 'boolean' },
    all: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run(given, terminal) {
    const type = typeOf(given);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const told = textOf(given, 'agency');
      const agency = told === undefined ? null : await agencyNamed(db, told);
      const found = await listDiscrepancies(db, { agency, type, all: given.options.all === true, limit: MOST_LISTED });
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ discrepancies: found }, null, 2));
      else for (const line of listWords(found)) say(terminal.stdout, line);
      if (found.length === MOST_LISTED)
        say(terminal.stderr, `chỉ ${MOST_LISTED} dòng đầu · the first ${MOST_LISTED} only`);
      return 0;
    });
  },
};

function typeOf(given: Given): string | null {
  const type = textOf(given, 'type');
  if (type !== undefined && !(lineDiscrepancies as readonly string[]).includes(type))
    throw new Trouble(`--type là một trong: ${lineDiscrepancies.join(', ')}`, '--type is one of these');
  return type ?? null;
}

export const showDiscrepancy: Verb = {
  words: 'discrepancies show',
  usage: 'N [--json]',
  vi: 'Một chênh lệch: giá trị hai bên (đã che), đã làm gì, hệ quả pháp lý, và một việc cần làm cùng lệnh của nó.',
  en: 'One discrepancy: both sides’ values (masked), what was tried, its legal consequence, and the one action with its command.',
  options: { json: { type: 'boolean' } },
  operands: [1, 1],
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const { repairs: tried, ...one } = await named(db, given.operands[0] ?? '');
      if (given.options.json === true) say(terminal.stdout, JSON.stringify({ ...one, repairs: tried }, null, 2));
      else for (const line of showWords(one, tried)) say(terminal.stdout, line);
      return 0;
    });
  },
};

export const settleDiscrepancy: Verb = {
  words: 'discrepancies settle',
  usage: 'N.. (--as resend|fetch|adopt-code|… | --note TEXT)',
  vi: 'Xử lý chênh lệch: --as: làm việc đó ngay (gửi lại qua động cơ chuyển, hỏi lại, nhận mã), lần đối soát sau nói có khớp không. --note: người xem và chấp nhận như vậy, cho đến khi nó nói khác.',
  en: 'Settles discrepancies. --as does it now; the next comparison says whether both sides agree. --note: taken as it is, until it says something else.',
  options: { as: { type: 'string' }, note: { type: 'string' } },
  operands: [1, 1_000],
  async run(given, terminal) {
    const [as, note] = [textOf(given, 'as'), textOf(given, 'note')];
    if (as !== undefined && !isRepair(as))
      throw new Trouble(`--as là một trong: ${repairs.join(', ')}`, '--as is one of these');
    if (as === undefined && !note) throw new Trouble('Cần --as hoặc --note', '--as or --note is needed');
    const author = authorOf(terminal.env);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const open = await Promise.all(given.operands.map((id) => named(db, id)));
      const over = open.filter(({ settledAt }) => settledAt !== null);
      if (over.length > 0)
        throw new Trouble(`${over.map(({ id }) => id).join(', ')} đã xong`, 'these are settled already');
      if (as === undefined) {
        const ids = await takeAsItIs(db, open.map(({ id }) => id), author, note!); // prettier-ignore
        for (const id of ids) say(terminal.stdout, `✓ ${id}: chấp nhận như vậy · taken as it is`);
        return ids.length === open.length ? 0 : 1;
      }
      const settled = [];
      for (const [agency, of] of Map.groupBy(open, (one) => one.agency)) {
        const settling = { agency, repair: as, author, reason: note ?? null };
        settled.push(...(await settleByHand(db, of.map(({ id }) => id), settling))); // prettier-ignore
      }
      for (const one of settled) say(terminal.stdout, settledWords(one));
      return settled.every(({ outcome }) => isDone(outcome)) ? 0 : 1;
    });
  },
};

async function named(
  db: Database,
  id: string,
): Promise<OpenDiscrepancy & { repairs: NonNullable<Awaited<ReturnType<typeof findDiscrepancy>>>['repairs'] }> {
  const found = /^\d{1,18}$/.test(id) ? await findDiscrepancy(db, id) : undefined;
  if (!found) throw new Trouble(`Không có chênh lệch số "${id}" (discrepancies ls)`, `there is no discrepancy "${id}"`);
  return found;
}
