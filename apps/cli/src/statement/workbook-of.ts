import { commonSettings, readSettings } from '#service/plain';
import { problemAsTrouble, reach } from '../ask-process.js';
import { SecretFiles } from '../secret-files.js';
import { reconciliationUrl } from '../settings.js';

const { secretsDir } = commonSettings;

/** The reconciliation process writes workbooks. By the operator's key: an agency may have none. */
export async function workbookOf(
  { agency, day }: { agency: string; day: string },
  env: NodeJS.ProcessEnv,
): Promise<Buffer> {
  const key = await new SecretFiles(readSettings({ secretsDir }, env).secretsDir).operatorKey(env);
  const { statusCode, body } = await reach(`${reconciliationUrl(env)}/v1/agencies/${agency}/statements/${day}.xlsx`, {
    method: 'GET',
    headers: { authorization: `Bearer ${key}`, 'accept-language': 'vi' },
  });
  const bytes = Buffer.from(await body.arrayBuffer());
  if (statusCode !== 200) throw problemAsTrouble(statusCode, bytes.toString('utf8'));
  return bytes;
}
