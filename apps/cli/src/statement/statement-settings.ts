import { dirname, join } from 'node:path';
import { commonSettings, readSettings } from '#service/plain';
import { hubParty, type Party } from '#wire';

const { secretsDir, statementKey, hubId, hubName, hubCode } = commonSettings;

/** Where the hub's private key is, and beside it the public halves of all that it ever had. */
export function keyFiles(env: NodeJS.ProcessEnv): { privateKey: string; publicKeys: string } {
  const read = readSettings({ secretsDir, statementKey }, env);
  const privateKey = read.statementKey === '' ? join(read.secretsDir, 'statement-key.pem') : read.statementKey;
  return { privateKey, publicKeys: join(dirname(privateKey), 'statement-public-keys.pem') };
}

export function hubFrom(env: NodeJS.ProcessEnv): Party {
  const read = readSettings({ hubId, hubName, hubCode }, env);
  return hubParty({ id: read.hubId, name: read.hubName, code: read.hubCode });
}
