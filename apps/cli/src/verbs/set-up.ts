import { allowKey, applyAgencies, createKey, migrate, isUnavailable, type Database } from '#ledger';
import type { AgencyFile } from '#wire';
import { readAgencyFiles, secretsOf, signingSecretsOf } from '../agency/agency-folder.js';
import { appliedWords } from '../agency/applied-words.js';
import { keyFile, SecretFiles } from '../secret-files.js';
import { authorOf, setUpSettings } from '../settings.js';
import { makeTopics } from '../topics.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { ledgerAway, withLedger } from '../with-ledger.js';

export const setUp: Verb = {
  words: 'setup',
  usage: '--agencies DIR',
  vi: 'Dựng sổ cái, áp dụng tệp cơ quan, tạo khóa, mật khẩu và chủ đề Kafka còn thiếu. Chạy lại không đổi gì.',
  en: 'Migrates, applies agency files, makes missing keys, secrets and topics. Again, it changes nothing.',
  options: { agencies: { type: 'string' } },
  async run(given, terminal) {
    const folder = textOf(given, 'agencies') ?? terminal.env.LIENTHONG_AGENCIES_DIR;
    if (!folder) throw new Trouble('Thiếu --agencies DIR', '--agencies DIR is missing');
    const settings = setUpSettings(terminal.env);
    const files = await readAgencyFiles(folder, terminal.env);
    const told = (vi: string, en: string): void => say(terminal.stdout, `✓ ${vi} · ${en}`);

    const migrations = await migrate(settings.databaseUrl).catch((error: unknown) => {
      throw isUnavailable(error) ? ledgerAway(error) : error;
    });
    told(`Sổ cái: ${migrations.length} bước nâng cấp`, `ledger: ${migrations.length} migrations`);
    const secrets = new SecretFiles(settings.secretsDir);
    await withLedger(settings.databaseUrl, terminal, async (db) => {
      appliedWords(await applyAgencies(db, files, { author: authorOf(terminal.env), note: 'lienthong setup' }));
      told(`Cơ quan: ${files.map(({ id }) => id).join(', ')}`, 'agencies');
      const made = await makeSecrets(db, files, secrets);
      told(`Khóa và mật khẩu: ${made} mới, trong ${secrets.folder}`, `keys and secrets: ${made} new`);
    });
    const topics = await makeTopics(
      settings,
      files.map(({ id }) => id),
    );
    told(`Kafka: ${topics} chủ đề`, `${topics} topics`);
    return 0;
  },
};

/**
 * Partner secrets are random where nobody has put a real one: only stand-ins, which read the same files, will know them.
 * A key file of an earlier set-up is allowed again, for instance in a new database.
 */
async function makeSecrets(db: Database, files: readonly AgencyFile[], secrets: SecretFiles): Promise<number> {
  let made = 0;
  for (const name of signingSecretsOf(files)) if (await secrets.makeSigning(name)) made++;
  for (const name of secretsOf(files)) if (await secrets.makeRandom(name)) made++;
  for (const { id } of files) {
    if (await secrets.has(keyFile(id))) await allowKey(db, id, 'setup', await secrets.read(keyFile(id)));
    else {
      await secrets.keep(keyFile(id), await createKey(db, id, 'setup'));
      made++;
    }
  }
  return made;
}
