import { hash } from 'node:crypto';

/** A revoked key may still open the door for this long. */
const HELD_MS = 5_000;
/** A key that has just been made works at the latest after this. */
const UNKNOWN_HELD_MS = 1_000;
const MAX_KEPT = 10_000;

interface Known {
  agency: string | undefined;
  until: number;
}

/** Whose key it is, asked of the ledger at most once in five seconds a key. Holds no key, only their hashes. */
export class CredentialCache {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<string | undefined>>();

  constructor(
    private readonly find: (key: string) => Promise<string | undefined>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Undefined where the ledger must be asked. */
  remembered(key: string): { agency: string | undefined } | undefined {
    const known = this.known.get(digest(key));
    return known && known.until > this.now() ? known : undefined;
  }

  async agencyOf(key: string): Promise<string | undefined> {
    const known = this.remembered(key);
    if (known) return known.agency;
    const name = digest(key);
    const under = this.asking.get(name);
    if (under) return under;
    const asked = this.find(key)
      .then((agency) => this.remember(name, agency))
      .finally(() => this.asking.delete(name));
    this.asking.set(name, asked);
    return asked;
  }

  private remember(name: string, agency: string | undefined): string | undefined {
    this.known.delete(name);
    // The oldest goes first; a flood of wrong keys costs a good one no more than one question to the ledger.
    if (this.known.size >= MAX_KEPT) this.known.delete(this.known.keys().next().value!);
    this.known.set(name, { agency, until: this.now() + (agency === undefined ? UNKNOWN_HELD_MS : HELD_MS) });
    return agency;
  }
}

const digest = (key: string): string => hash('sha256', key, 'base64');
