import { compareWithCatalogue, proceduresOf } from '#agency';
import { today } from '#ledger';
import { readAgencyFiles } from '../agency/agency-folder.js';
import { applyRead, endingWords } from '../agency/applied-words.js';
import { findingWords } from '../operate/catalogue-words.js';
import { SecretFiles } from '../secret-files.js';
import { authorOf, setUpSettings } from '../settings.js';
import { makeTopics } from '../topics.js';
import { say, textOf, Trouble, type Given, type Terminal, type Verb } from '../verb.js';
import { withLedger } from '../with-ledger.js';

const options = { note: { type: 'string' }, 'without-secrets': { type: 'boolean' } } as const;

export const agencyApply: Verb = {
  words: 'agency apply',
  usage: 'FILE|DIR [--note TEXT] [--without-secrets]',
  vi: 'Áp dụng tệp cơ quan; có hiệu lực sau hai giây, không cần khởi động lại. Tệp có lỗi: không đổi gì, nói rõ dòng và cột.',
  en: 'Applies agency files; in force within two seconds, without a restart. A faulty one: nothing changes, and it says line and column.',
  options,
  operands: [1, 1],
  run: (given, terminal) => applyAt(given.operands[0]!, given, terminal),
};

export const applyAgencies: Verb = {
  words: 'apply',
  usage: '-f FILE|DIR [--note TEXT] [--without-secrets]',
  vi: 'Như agency apply.',
  en: 'The same as agency apply.',
  options: { ...options, file: { type: 'string', short: 'f' } },
  run(given, terminal) {
    const path = textOf(given, 'file');
    if (!path) throw new Trouble('Thiếu -f FILE|DIR', '-f FILE|DIR is missing');
    return applyAt(path, given, terminal);
  },
};

async function applyAt(path: string, given: Given, terminal: Terminal): Promise<number> {
  const settings = setUpSettings(terminal.env);
  const secrets = new SecretFiles(settings.secretsDir);
  const isAsked = given.options['without-secrets'] !== true;
  const files = await readAgencyFiles(path, terminal.env, isAsked ? (name) => secrets.has(name) : undefined);
  const by = { author: authorOf(terminal.env), note: textOf(given, 'note') ?? null };
  await withLedger(settings.databaseUrl, terminal, async (db) => {
    for (const line of await applyRead(db, files, by)) say(terminal.stdout, line);
    for (const line of endingWords(files.map(({ file }) => file))) say(terminal.stdout, line);
    for (const { file } of files) {
      const findings = await compareWithCatalogue(db, proceduresOf(file, today()));
      for (const { vi, en } of findingWords(findings)) say(terminal.stdout, `! ${file.id}: ${vi} · ${en}`);
    }
  });
  await makeTopics(
    settings,
    files.map(({ file }) => file.id),
  );
  return 0;
}
