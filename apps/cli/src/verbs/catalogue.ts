import {
  acceptPull,
  dropPull,
  heldChanges,
  listCatalogues,
  takenChanges,
  type CatalogueChanges,
  type Decided,
} from '#ledger';
import { catalogueWords, changeWords, heldReasons } from '../operate/catalogue-words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { say, textOf, Trouble, type Given, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const listOfCatalogues: Verb = {
  words: 'catalogue ls',
  usage: '[--json]',
  vi: 'Danh mục thủ tục lấy từ cơ sở dữ liệu quốc gia: bao nhiêu thủ tục, lần lấy cuối, danh sách nào đang chờ người quyết định.',
  en: 'Catalogues of procedures as they were pulled: how many, when last, and which list waits for a person.',
  options: { json: { type: 'boolean' } },
  run: (given, terminal) =>
    withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const catalogues = await listCatalogues(db);
      say(
        terminal.stdout,
        given.options.json === true ? JSON.stringify({ catalogues }, null, 2) : catalogueWords(catalogues),
      );
      return 0;
    }),
};

export const diffCatalogue: Verb = {
  words: 'catalogue diff',
  usage: 'AGENCY [--json]',
  vi: 'Danh sách đang chờ sẽ thêm, bỏ, đổi tên thủ tục nào; không có danh sách chờ: lần thay đổi gần nhất.',
  en: 'What the list that waits would add, lose and rename; where none waits: what the newest taken one did.',
  options: { json: { type: 'boolean' } },
  operands: [1, 1],
  run: (given, terminal) =>
    withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const agency = given.operands[0]!;
      const held = await heldChanges(db, agency);
      const changes: CatalogueChanges = held?.changes ?? (await takenChanges(db, agency));
      const { added, lost, renamed } = changes;
      if (given.options.json === true) {
        const pull = held ? { id: held.pull.id, reason: held.pull.reason } : null;
        say(terminal.stdout, JSON.stringify({ agency, held: pull, added, lost, renamed }, null, 2));
        return 0;
      }
      say(
        terminal.stdout,
        held
          ? `Danh sách ${held.pull.id} đang chờ: ${heldReasons[held.pull.reason ?? ''] ?? '–'}`
          : 'Không có danh sách nào chờ; lần thay đổi gần nhất · none waits; the newest change:',
      );
      say(terminal.stdout, changeWords(changes));
      return 0;
    }),
};

const options = { pull: { type: 'string' }, note: { type: 'string' } } as const;

export const acceptCatalogue: Verb = {
  words: 'catalogue accept',
  usage: 'AGENCY [--pull ID] [--note TEXT]',
  vi: 'Nhận danh sách đang chờ: thủ tục mà nó không có sẽ hết hiệu lực. --pull: đúng danh sách đã xem.',
  en: 'Takes the list that waits: procedures that it lacks end now. --pull: only the one that was looked at.',
  options,
  operands: [1, 1],
  run: (given, terminal) => decide(given, terminal, acceptPull),
};

export const dropCatalogue: Verb = {
  words: 'catalogue drop',
  usage: 'AGENCY [--pull ID] [--note TEXT]',
  vi: 'Bỏ danh sách đang chờ: danh mục giữ nguyên; cùng danh sách ấy đến lần nữa thì không hỏi lại.',
  en: 'Drops the list that waits: the catalogue stays; the same list coming again isn’t asked about again.',
  options,
  operands: [1, 1],
  run: (given, terminal) => decide(given, terminal, dropPull),
};

function decide(given: Given, terminal: Terminal, by: typeof acceptPull): Promise<number> {
  const agency = given.operands[0]!;
  const decision = { pull: textOf(given, 'pull'), author: authorOf(terminal.env), note: textOf(given, 'note') ?? null };
  return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
    say(terminal.stdout, decidedWords(agency, await by(db, agency, decision)));
    return 0;
  });
}

function decidedWords(agency: string, decided: Decided): string {
  switch (decided.outcome) {
    case 'accepted': {
      const { added, lost, renamed } = decided.changes;
      return `✓ ${agency}: đã nhận danh sách ${decided.pull}: thêm ${added.length}, bỏ ${lost.length}, đổi tên ${renamed.length} · accepted`;
    }
    case 'dropped':
      return `✓ ${agency}: đã bỏ danh sách ${decided.pull}, danh mục giữ nguyên · dropped, the catalogue stays`;
    case 'none':
      throw new Trouble(`${agency} không có danh sách nào đang chờ`, 'no list of it waits');
    case 'another':
      throw new Trouble(
        `Danh sách đang chờ nay là ${decided.pull}; xem lại bằng catalogue diff ${agency}`,
        `a later list, ${decided.pull}, waits by now: look at it first`,
      );
  }
}
