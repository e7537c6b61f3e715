import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

type Change = (text: string) => string;

/** Waits of a test; what a partner's answers mean stays as the file says. */
export const quick: Change = (text) =>
  text
    .replace(/settle: \d+s/g, 'settle: 200ms')
    .replace(/timeout: \d+s/g, 'timeout: 2s')
    .replace(/first: \d+s, factor: 2, atMost: 1m/g, 'first: 200ms, factor: 2, atMost: 1s')
    .replace(/every: \d+s/g, 'every: 300ms');

const same: Change = (text) => text;

const only =
  (procedure: string): Change =>
  (text) =>
    text.replace(/procedures: \[[^\]]*\]/, `procedures: ['${procedure}']`);

/** The interface before the owner changed, as an agency beside the one that followed it: under a procedure of its own. */
const firstInterface: Change = (text) =>
  only(firstInterfaceProcedure)(
    text.slice(0, text.indexOf('  # The owner changed')).replace('\nid: lltp\n', '\nid: lltp-gen1\n'),
  );

export const firstInterfaceProcedure = '3.000333';
export const declaredProcedure = '1.005132';
export const registerProcedure = '1.000894';

const declaredPartner: Change = (text) =>
  only(declaredProcedure)(text.replace('http://127.0.0.1:8099', 'http://127.0.0.1:${LIENTHONG_QLLD_PORT:-8099}'));

const registerInXml: Change = (text) =>
  only(registerProcedure)(
    text.replace('LIENTHONG_TEST_PORT:-8098', 'LIENTHONG_REGISTER_PORT:-8098').replace('every: 5m', 'every: 300ms'),
  );

/** The agency files of the field, by the name under which each is applied. */
const fieldFiles: Record<string, { file: string; change?: Change }> = {
  'mot-cua': { file: 'test/journeys/agencies-filed-online/mot-cua.yaml' },
  'cong-dvc': { file: 'test/journeys/agencies-filed-online/cong-dvc.yaml' },
  'mot-cua-cu': { file: 'test/journeys/agencies-portal-speaking/mot-cua-cu.yaml' },
  lltp: { file: 'deploy/provinces/uong-bi-2021/agencies/lltp.yaml' },
  'lltp-gen1': { file: 'deploy/provinces/demo/agencies/lltp.yaml', change: firstInterface },
  vneid: { file: 'deploy/provinces/demo/agencies-more/vneid.yaml' },
  'bo-noi-vu': { file: 'deploy/provinces/demo/agencies-more/bo-noi-vu.yaml' },
  qlld: { file: 'docs/newcomer/qlld.yaml', change: declaredPartner },
  'ho-tich': { file: 'libs/connectors/src/http-declared/register.fixture.yaml', change: registerInXml },
  'bo-tu-phap': { file: 'docs/consume/agencies/bo-tu-phap.yaml' },
  'bo-cong-an': { file: 'docs/consume/agencies/bo-cong-an.yaml' },
  'bo-ngoai-giao': { file: 'docs/consume/agencies/bo-ngoai-giao.yaml' },
};

/** A folder of them, to be applied. */
export async function writeFieldFiles(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'systems-agencies-'));
  for (const [name, { file, change = same }] of Object.entries(fieldFiles)) {
    const written = quick(change(await readFile(file, 'utf8')));
    await writeFile(join(folder, basename(`${name}.yaml`)), written);
  }
  return folder;
}
