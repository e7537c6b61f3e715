import { readFile } from 'node:fs/promises';
import { addStatementKey, endStatementKey, statementKeys, type AddedKey } from '#ledger';
import { spkiOfPem } from '#wire';
import { agencyNamed } from '../operate/named.js';
import { timeOf } from '../operate/words.js';
import { authorOf, ledgerSettings } from '../settings.js';
import { createSigner, pemOf, setAside, signerIn } from '../statement/pem-files.js';
import { keyFiles } from '../statement/statement-settings.js';
import { columns } from '../terminal/columns.js';
import { Misunderstood, say, textOf, Trouble, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const createStatementKey: Verb = {
  words: 'statement key create',
  usage: '[--replace]',
  vi: 'Tạo khóa ký của trục (Ed25519), chỉ người chủ tệp đọc được, không bao giờ in ra; ghi khóa công khai vào sổ cái. --replace: thay khóa đang dùng.',
  en: 'Makes the hub’s signing key (Ed25519) in a file of mode 600, never shown, and registers its public half. --replace: in place of the present one.',
  options: { replace: { type: 'boolean' } },
  async run(given, terminal) {
    const files = keyFiles(terminal.env);
    const by = authorOf(terminal.env);
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const present = await signerIn(files.privateKey);
      if (present && given.options.replace === true) {
        await endStatementKey(db, present.keyId);
        const aside = await setAside(files.privateKey, present.keyId);
        say(terminal.stdout, `Khóa cũ ${present.keyId} thôi dùng, còn ở ${aside} · the old key has ended`);
      }
      const signer = (await signerIn(files.privateKey)) ?? (await createSigner(files));
      const added = await addStatementKey(db, { agency: null, spki: signer.spki, by });
      return tellAdded(added, files.privateKey, terminal);
    });
  },
};

export const addOfAgency: Verb = {
  words: 'statement key add',
  usage: '--agency AGENCY FILE',
  vi: 'Ghi khóa công khai (PEM, Ed25519) mà cơ quan sẽ ký; biên bản lập từ nay nêu khóa này.',
  en: 'Registers the public key (PEM, Ed25519) by which an agency will sign; statements made from now on name it.',
  options: { agency: { type: 'string' } },
  operands: [1, 1],
  async run(given, terminal) {
    const [agency, file] = [textOf(given, 'agency'), given.operands[0]!];
    if (agency === undefined) throw new Misunderstood('Cần --agency', '--agency is needed');
    const pem = await readFile(file, 'utf8').catch(() => {
      throw new Trouble(`Không đọc được ${file}`, `${file} can't be read`);
    });
    if (/PRIVATE KEY/.test(pem))
      throw new Trouble(`${file} là khóa riêng: cơ quan chỉ gửi khóa công khai`, `${file} is a private key: only the public one is needed`); // prettier-ignore
    const spki = spkiOfPem(pem);
    if (!spki) throw new Trouble(`${file} không phải khóa công khai Ed25519 dạng PEM`, `${file} is no Ed25519 public key in PEM`); // prettier-ignore
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const by = authorOf(terminal.env);
      return tellAdded(await addStatementKey(db, { agency: await agencyNamed(db, agency), spki, by }), file, terminal);
    });
  },
};

function tellAdded({ outcome, keyId }: AddedKey, file: string, { stdout }: Terminal): number {
  switch (outcome) {
    case 'added':
      say(stdout, `✓ Khóa ${keyId} (${file}): biên bản lập từ nay nêu khóa này · registered`);
      return 0;
    case 'already':
      say(stdout, `✓ Khóa ${keyId} đã được ghi từ trước · was registered before`);
      return 0;
    case 'ended':
      throw new Trouble(
        `Khóa ${keyId} đã thôi dùng; hãy tạo khóa khác`,
        `the key ${keyId} has ended; make another one`,
      );
    case 'of-another':
      throw new Trouble(`Khóa ${keyId} là của bên khác`, `the key ${keyId} is somebody else's`);
  }
}

export const endKey: Verb = {
  words: 'statement key end',
  usage: 'KEYID',
  vi: 'Thôi dùng một khóa ký; những gì nó đã ký vẫn kiểm được.',
  en: 'Takes a signing key out of use; what it signed goes on being verified.',
  operands: [1, 1],
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const ended = await endStatementKey(db, given.operands[0]!);
      say(
        terminal.stdout,
        ended ? '✓ Đã thôi dùng · ended' : 'Không có khóa nào như vậy đang dùng · no such key is in use',
      );
      return ended ? 0 : 1;
    });
  },
};

export const listOfKeys: Verb = {
  words: 'statement key ls',
  usage: '[--pem]',
  vi: 'Khóa ký của trục và các cơ quan. --pem: khóa công khai của trục để công bố.',
  en: 'Signing keys of the hub and the agencies. --pem: the hub’s public keys, to be published.',
  options: { pem: { type: 'boolean' } },
  async run(given, terminal) {
    return withLedger(ledgerSettings(terminal.env).databaseUrl, terminal, async (db) => {
      const keys = await statementKeys(db.pool);
      if (given.options.pem === true)
        for (const { spki } of keys.filter(({ agencyId }) => agencyId === null)) terminal.stdout.write(pemOf(spki));
      else
        for (const line of columns([
          ['khóa', 'của', 'từ', 'đến', 'ai ghi'],
          ...keys.map((one) => [one.keyId, one.agencyId ?? 'trục · hub', timeOf(one.validFrom), timeOf(one.validUntil), one.addedBy]), // prettier-ignore
        ]))
          say(terminal.stdout, line);
      return 0;
    });
  },
};
