import { fetch } from 'undici';
import type { FileAt } from '#connectors';
import { filesHeld, keepFile, type Database } from '#ledger';
import type { FileReference } from '#wire';
import { readBytes } from '../files/read-file-body.js';

type Content = Pick<FileReference, 'sha256' | 'size' | 'mediaType'>;
export type FilesFound = { kind: 'found'; contentOf: (file: FileAt) => FileReference } | { kind: 'missing' };

/** Each may hold a whole file in memory. */
const AT_ONCE = 4;
const FILE_MS = 10_000;
const ALL_MS = 25_000;
const MEDIA_TYPE = /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/;
const NO_TYPE = 'application/octet-stream';

/**
 * The portal pulls files from addresses that the sender names; so does its door, and keeps them by content before any
 * event names them. Only from where the sender's contract says: an address in a message opens no other way.
 */
export class FindFiles {
  private pulling = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly db: Database) {}

  async find(files: readonly FileAt[], from: readonly string[]): Promise<FilesFound> {
    const found = new Map<string, Content>();
    const named = files.flatMap(contentAddress);
    const held = named.length === 0 ? new Map<string, Content>() : await filesHeld(this.db, named);
    const end = performance.now() + ALL_MS;
    for (const file of files) {
      if (found.has(file.address)) continue;
      const [sha256] = contentAddress(file);
      const content =
        (sha256 === undefined ? undefined : held.get(sha256)) ??
        (isWithin(file.address, from) && performance.now() < end ? await this.pullInTurn(file.address) : undefined);
      if (!content) return { kind: 'missing' };
      found.set(file.address, content);
    }
    return { kind: 'found', contentOf: (file) => referenceTo(file, found.get(file.address)!) };
  }

  private async pullInTurn(address: string): Promise<Content | undefined> {
    while (this.pulling >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.pulling++;
    try {
      return await this.pull(address);
    } finally {
      this.pulling--;
      this.waiting.shift()?.();
    }
  }

  /** Undefined where the sender's server doesn't give it now. A redirect would lead past the check of the address. */
  private async pull(address: string): Promise<Content | undefined> {
    let read: Awaited<ReturnType<typeof readBytes>>;
    let mediaType = NO_TYPE;
    try {
      const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(FILE_MS) });
      if (answer.status !== 200 || !answer.body) {
        await answer.body?.cancel();
        return undefined;
      }
      const said = (answer.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
      if (said.length <= 127 && MEDIA_TYPE.test(said)) mediaType = said;
      read = await readBytes(answer.body);
    } catch {
      return undefined;
    }
    if (!read) return undefined;
    await keepFile(this.db, { ...read, mediaType });
    return { sha256: read.sha256, size: read.bytes.length, mediaType };
  }
}

/** Senders of ours name a file by its content, in its id and at the end of its address. */
const contentAddress = ({ id, address }: FileAt): string[] =>
  /^[0-9a-f]{64}$/.test(id) && address.endsWith(`/${id}`) ? [id] : [];

function isWithin(address: string, from: readonly string[]): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password, href } = new URL(address);
  const isPlain = /^https?:$/.test(protocol) && username === '' && password === '';
  return isPlain && from.some((base) => isBelow(href, new URL(base).href));
}

/** `/tep` holds `/tep/a` and `/tep?id=1`, not `/tep-of-another`. */
const isBelow = (href: string, base: string): boolean =>
  href.startsWith(base) && (base.endsWith('/') || /^(?:$|[/?])/.test(href.slice(base.length)));

const referenceTo = ({ name, componentCode }: FileAt, content: Content): FileReference => ({
  ...content,
  name,
  ...(componentCode === undefined ? {} : { componentCode }),
});
