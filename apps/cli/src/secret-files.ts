import { randomBytes } from 'node:crypto';
import { access, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings, text } from '#service/plain';
import { Trouble } from './verb.js';

/** One file a secret, readable by its owner only. A file that is there is never written over. */
export class SecretFiles {
  constructor(readonly folder: string) {}

  async has(name: string): Promise<boolean> {
    return access(join(this.folder, name)).then(
      () => true,
      () => false,
    );
  }

  async read(name: string): Promise<string> {
    return (await readFile(join(this.folder, name), 'utf8')).trim();
  }

  async keep(name: string, value: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.folder, name), `${value}\n`, { mode: 0o600, flag: 'wx' });
    // The umask can only take rights away; an inherited ACL could have added some.
    await chmod(join(this.folder, name), 0o600);
  }

  /** True where it wasn't there before. */
  async makeRandom(name: string): Promise<boolean> {
    return this.makeOnce(name, () => randomBytes(32).toString('base64url'));
  }

  /** As Standard Webhooks writes a key that signs. */
  async makeSigning(name: string): Promise<boolean> {
    return this.makeOnce(name, () => `whsec_${randomBytes(32).toString('base64')}`);
  }

  /** The key by which whoever sits at this machine is known to the processes: LIENTHONG_OPERATOR_KEY, else what set-up made. */
  async operatorKey(env: NodeJS.ProcessEnv): Promise<string> {
    const { key } = readSettings({ key: text('LIENTHONG_OPERATOR_KEY', 'key of an operator', '') }, env);
    if (key !== '') return key;
    if (await this.has(OPERATOR_KEY)) return this.read(OPERATOR_KEY);
    throw new Trouble(
      'Cần khóa người vận hành: LIENTHONG_OPERATOR_KEY (cấp: lienthong key create --operator TÊN)',
      'an operator’s key is needed: LIENTHONG_OPERATOR_KEY (made by lienthong key create --operator NAME)',
    );
  }

  private async makeOnce(name: string, make: () => string): Promise<boolean> {
    if (await this.has(name)) return false;
    await this.keep(name, make());
    return true;
  }

  /** The key by which this agency is known at intake. */
  async keyOf(agency: string): Promise<string> {
    const name = keyFile(agency);
    if (!(await this.has(name)))
      throw new Trouble(
        `Không có khóa của "${agency}": ${join(this.folder, name)}. Tạo: lienthong key create ${agency}`,
        `no key of "${agency}": make one with lienthong key create ${agency}`,
      );
    return this.read(name);
  }
}

/** No agency's id has an underscore. */
export const OPERATOR_KEY = 'operator_cli.key';

export const keyFile = (agency: string): string => `${agency}.key`;
