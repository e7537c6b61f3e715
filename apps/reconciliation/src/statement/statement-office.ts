import { readFile } from 'node:fs/promises';
import { Database, makeStatement, signOurs, type Made } from '#ledger';
import type { Log } from '#service';
import { signerOf, type Party, type Signer } from '#wire';

export interface Place {
  agency: string;
  day: string;
}

/** Makes statements and signs them in the hub's name. The key is read when it is used: it may come, or change, while we run. */
export class StatementOffice {
  constructor(
    readonly db: Database,
    private readonly hub: Party,
    private readonly keyFile: string,
    private readonly log: Log,
  ) {}

  /** undefined: there is none, or none that can be read. */
  async signer(): Promise<Signer | undefined> {
    try {
      const signer = signerOf(await readFile(this.keyFile, 'utf8'));
      if (!signer) this.log.error({}, 'the statement key is no Ed25519 private key');
      return signer;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOENT') this.log.error({ code }, 'the statement key can’t be read');
      return undefined;
    }
  }

  async make(at: Place, withoutComparison: boolean): Promise<Made> {
    const made = await makeStatement(this.db, { ...at, hub: this.hub, withoutComparison });
    if (made.outcome === 'made') this.log.info({ ...at, hash: made.hash }, 'a statement was made');
    return made;
  }

  async sign(at: Place, signer: Signer): Promise<void> {
    const { outcome } = await signOurs(this.db, at, signer);
    if (outcome !== 'signed' && outcome !== 'already') this.log.warn({ ...at, outcome }, 'a statement was not signed');
  }

  /** Class and code only: a message may quote data. */
  noteFailure(error: unknown): void {
    const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
    this.log.error({ error: [name, code].filter(Boolean).join(' ') }, 'the statements’ door failed');
  }
}
