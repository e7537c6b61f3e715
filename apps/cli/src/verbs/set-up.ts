import { dirname, resolve } from 'node:path';
import {
  addStatementKey,
  allowKey,
  allowOperatorKey,
  applyReports,
  calendarSerial,
  createKey,
  createOperatorKey,
  isUnavailable,
  listReports,
  migrate,
  type Database,
} from '#ledger';
import type { AgencyFile } from '#wire';
import { readAgencyFiles, secretsOf, signingSecretsOf } from '../agency/agency-folder.js';
import { applyRead } from '../agency/applied-words.js';
import { applyCalendarFiles, ownCalendars, readCalendarFiles } from '../calendar/calendar-files.js';
import { ownReports } from '../report/report-folder.js';
import { applyRoutingFiles, readRoutingFiles, routingFilesIn } from '../routing/routing-folder.js';
import { keyFile, OPERATOR_KEY, SecretFiles } from '../secret-files.js';
import { authorOf, setUpSettings } from '../settings.js';
import { createSigner, signerIn } from '../statement/pem-files.js';
import { keyFiles } from '../statement/statement-settings.js';
import { makeTopics } from '../topics.js';
import { say, textOf, Trouble, type Terminal, type Verb } from '../verb.js';
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
    const read = await readAgencyFiles(folder, terminal.env);
    const files = read.map(({ file }) => file);
    const routing = await Promise.all(
      (await routingFilesIn(dirname(resolve(folder)))).map((path) => readRoutingFiles(path, terminal.env)),
    );
    const told = (vi: string, en: string): void => say(terminal.stdout, `✓ ${vi} · ${en}`);

    const migrations = await migrate(settings.databaseUrl).catch((error: unknown) => {
      throw isUnavailable(error) ? ledgerAway(error) : error;
    });
    told(`Sổ cái: ${migrations.length} bước nâng cấp`, `ledger: ${migrations.length} migrations`);
    const secrets = new SecretFiles(settings.secretsDir);
    await withLedger(settings.databaseUrl, terminal, async (db) => {
      await applyRead(db, read, { author: authorOf(terminal.env), note: 'lienthong setup' });
      told(`Cơ quan: ${files.map(({ id }) => id).join(', ')}`, 'agencies');
      if (routing.length > 0) {
        const by = { author: authorOf(terminal.env), note: 'lienthong setup' };
        await applyRoutingFiles(db, routing.flat(), by);
        told('Đơn vị và tuyến hồ sơ', 'units and routes');
      }
      await firstCalendar(db, terminal, told);
      await firstReports(db, terminal, told);
      const made =
        (await makeSecrets(db, files, secrets)) +
        (await makeOperatorKey(db, secrets, authorOf(terminal.env))) +
        (await makeStatementKey(db, terminal.env));
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

/** A new hub begins with the calendar that comes with it; one that has a calendar keeps its own. */
async function firstCalendar(db: Database, { env }: Terminal, told: (vi: string, en: string) => void): Promise<void> {
  if ((await calendarSerial(db.pool)) > 0) return;
  const paths = await ownCalendars();
  if (paths.length === 0) return;
  const files = await readCalendarFiles(paths, env);
  await applyCalendarFiles(db, files, { author: authorOf(env), note: 'lienthong setup', restates: false });
  told('Lịch làm việc', 'calendar of working days');
}

/** A report without rules gets those that come with the hub; rules that were applied stay. */
async function firstReports(db: Database, { env }: Terminal, told: (vi: string, en: string) => void): Promise<void> {
  const has = new Set((await listReports(db)).map(({ report }) => report));
  const files = (await ownReports(env)).filter(({ report }) => !has.has(report));
  if (files.length === 0) return;
  await applyReports(db, files, { author: authorOf(env), note: 'lienthong setup' });
  told(`Quy tắc báo cáo: ${files.map(({ report }) => report).join(', ')}`, 'rules of reports');
}

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

/** So that what names cases opens to whoever sets the hub up, by their name. */
async function makeOperatorKey(db: Database, secrets: SecretFiles, operator: string): Promise<number> {
  if (await secrets.has(OPERATOR_KEY)) {
    await allowOperatorKey(db, operator, await secrets.read(OPERATOR_KEY));
    return 0;
  }
  await secrets.keep(OPERATOR_KEY, await createOperatorKey(db, operator));
  return 1;
}

/** One that is there is registered again, for instance in a new database; one that has ended is left for a person. */
async function makeStatementKey(db: Database, env: NodeJS.ProcessEnv): Promise<number> {
  const files = keyFiles(env);
  const present = await signerIn(files.privateKey);
  const { spki } = present ?? (await createSigner(files));
  await addStatementKey(db, { agency: null, spki, by: 'setup' });
  return present ? 0 : 1;
}
