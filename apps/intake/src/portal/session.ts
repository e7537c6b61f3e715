import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { hashKey } from '#ledger';

const FORM = /^lt1\.([a-z0-9-]{1,100})\.([0-9a-z]{1,12})\.[\w-]{16}\.[\w-]{43}$/;

/**
 * Sessions that nobody has to remember: whose and until when, signed by what the ledger keeps of the agency's key. So
 * they hold at every instance and after a restart, and end with the key that opened them.
 */
export class Sessions {
  constructor(
    private readonly keyHashesOf: (agency: string) => Promise<readonly Buffer[]>,
    private readonly lifetimeMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  open(agency: string, key: string): string {
    const until = (this.now() + this.lifetimeMs).toString(36);
    const said = `lt1.${agency}.${until}.${randomBytes(12).toString('base64url')}`;
    return `${said}.${signed(said, hashKey(key)).toString('base64url')}`;
  }

  /** Undefined where the session is unknown, has ended, or its key has been revoked. */
  async agencyOf(session: unknown): Promise<string | undefined> {
    const [, agency, until] = (typeof session === 'string' && FORM.exec(session)) || [];
    if (agency === undefined || until === undefined || parseInt(until, 36) <= this.now()) return undefined;
    const [said, signature] = splitLast(session as string);
    const shown = Buffer.from(signature, 'base64url');
    const hashes = await this.keyHashesOf(agency);
    return hashes.some((hash) => isSame(signed(said, hash), shown)) ? agency : undefined;
  }
}

/** The key's hash signs nothing but sessions, and never by itself. */
const signed = (said: string, keyHash: Buffer): Buffer =>
  createHmac('sha256', Buffer.concat([Buffer.from('lienthong session\0'), keyHash]))
    .update(said, 'utf8')
    .digest();

const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

function splitLast(text: string): [string, string] {
  const dot = text.lastIndexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}
