import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowKey, applyAgency, createKey, Database, migrate } from '#ledger';
import { ensureTopics } from '#messaging';
import { flow, topicFor, type AgencyFile } from '#wire';

export interface SetUp {
  databaseUrl: string;
  kafkaBrokers: string[];
  namespace: string;
  secretsDir: string;
  files: AgencyFile[];
}

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Schema, contracts, keys, secrets, topics. May be run as often as one likes: what is there stays. */
export async function setUp(to: SetUp): Promise<void> {
  await migrate(to.databaseUrl);
  mkdirSync(to.secretsDir, { recursive: true, mode: 0o700 });
  const db = new Database(to.databaseUrl, 'lienthong-setup', quiet, 2);
  try {
    for (const file of to.files) {
      await applyAgency(db, file);
      await keepKey(db, to.secretsDir, file.id);
      for (const version of file.versions) {
        const login = version.endpoint?.login;
        if (login) keepSecret(to.secretsDir, login.secret, () => randomBytes(24).toString('base64url'));
      }
    }
  } finally {
    await db.close();
  }
  await ensureTopics({ brokers: to.kafkaBrokers, clientId: 'lienthong-setup', namespace: to.namespace }, [
    { name: flow.hubEvents.name, partitions: 8 },
    ...to.files.flatMap(({ id }) => [
      { name: topicFor(flow.agencyEvents, id), partitions: 4 },
      { name: topicFor(flow.agencyInbox, id), partitions: 4 },
    ]),
  ]);
}

/** The agency's API key, in `<agency>.key`; the ledger has its hash only. */
async function keepKey(db: Database, folder: string, agency: string): Promise<void> {
  const path = join(folder, `${agency}.key`);
  if (existsSync(path)) await allowKey(db, agency, 'setup', readFileSync(path, 'utf8').trim());
  else keepSecret(folder, `${agency}.key`, () => '', await createKey(db, agency, 'setup'));
}

function keepSecret(folder: string, name: string, make: () => string, value = make()): void {
  const path = join(folder, name);
  if (!existsSync(path)) writeFileSync(path, `${value}\n`, { mode: 0o600 });
}
