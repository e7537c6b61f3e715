import { applyAgency } from '#ledger';
import { readAgencyFiles, secretsOf } from '../agency-folder.js';
import { SecretFiles } from '../secret-files.js';
import { setUpSettings } from '../settings.js';
import { makeTopics } from '../topics.js';
import { say, textOf, Trouble, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

export const applyAgencies: Verb = {
  words: 'apply',
  usage: '-f FILE|DIR',
  vi: 'Áp dụng tệp cơ quan; có hiệu lực sau hai giây, không cần khởi động lại.',
  en: 'Applies agency files; in force within two seconds, without a restart.',
  options: { file: { type: 'string', short: 'f' } },
  async run(given, terminal) {
    const path = textOf(given, 'file');
    if (!path) throw new Trouble('Thiếu -f FILE|DIR', '-f FILE|DIR is missing');
    const settings = setUpSettings(terminal.env);
    const files = await readAgencyFiles(path, terminal.env);
    await withLedger(settings.databaseUrl, terminal, async (db) => {
      for (const file of files) {
        await applyAgency(db, file);
        say(terminal.stdout, `✓ ${file.id}: ${file.versions.map(({ validFrom }) => validFrom).join(', ')}`);
      }
    });
    const secrets = new SecretFiles(settings.secretsDir);
    for (const name of secretsOf(files))
      if (!(await secrets.has(name)))
        say(terminal.stderr, `! Thiếu mật khẩu ${name} trong ${secrets.folder} · the secret ${name} is missing`);
    await makeTopics(
      settings,
      files.map(({ id }) => id),
    );
    return 0;
  },
};
