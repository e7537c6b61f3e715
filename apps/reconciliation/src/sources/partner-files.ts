import { pipeline, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { Agent, request, type Dispatcher } from 'undici';
import { isWrittenPrivate, lookUpOnce } from '#connectors';
import { SourceRefused } from '../lines/line-source.js';
import { refused } from './refusals.js';

export interface PartnerFilesOptions {
  allowPrivate: boolean;
  /** Silence that ends a request. */
  silenceMs: number;
  bearer?: (() => string) | undefined;
  /** How long an answer may trickle before it has to have brought something. */
  trickleMs?: number;
}

/** An answer that brings less than this, over all the time that it is waited for, would hold up all others for ever. */
const LEAST_A_SECOND = 1_024;
const TRICKLE_MS = 60_000;
const MOST_TRIES = 3;
const AGAIN_MS = 500;

/** GETs from one partner, streamed: no redirect is followed, no private address unless the contract says so. Counts its bytes. */
export class PartnerFiles {
  exchanged = 0;
  private readonly agents = new Map<string, Agent>();

  constructor(private readonly options: PartnerFilesOptions) {}

  /** The whole answer, at most so many bytes unfolded. Asked again where the connection broke. */
  async text(url: URL, signal: AbortSignal, most: number): Promise<string> {
    for (let tried = 1; ; tried++) {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of await this.stream(url, signal, most)) chunks.push(chunk);
        return Buffer.concat(chunks).toString('utf8');
      } catch (error) {
        if (error instanceof SourceRefused || signal.aborted || tried >= MOST_TRIES) throw asRefused(error, signal);
        await wait(AGAIN_MS * tried, undefined, { signal });
      }
    }
  }

  /** Unfolded where the answer is gzip; at most so many bytes. */
  async stream(url: URL, signal: AbortSignal, most: number): Promise<AsyncIterable<Buffer>> {
    const { silenceMs, bearer } = this.options;
    const headers: Record<string, string> = { 'accept-encoding': 'gzip' };
    if (bearer) headers['authorization'] = `Bearer ${secretBy(bearer)}`;
    const {
      statusCode,
      headers: said,
      body,
    } = await request(url, {
      dispatcher: this.agentFor(url),
      headers,
      signal,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    });
    this.exchanged += sizeOf(url, headers) + sizeOf(url, said);
    if (statusCode !== 200) {
      await body.dump();
      throw statusCode === 404 ? refused('no-file', { at: 'HTTP 404' }) : refused('away', { at: `HTTP ${statusCode}` });
    }
    return bounded(
      this.unfolded(body, said['content-encoding'] === 'gzip'),
      most,
      this.options.trickleMs ?? TRICKLE_MS,
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
  }

  private unfolded(body: Dispatcher.ResponseData['body'], isGzip: boolean): AsyncIterable<Buffer> {
    const counted = Readable.from(this.counted(body), { objectMode: false });
    if (!isGzip) return counted;
    const gunzip = createGunzip();
    // Its error is the reader's: whoever iterates gets it.
    pipeline(counted, gunzip, () => undefined);
    return gunzip;
  }

  private async *counted(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      this.exchanged += chunk.length;
      yield chunk;
    }
  }

  private agentFor({ hostname, origin }: URL): Agent {
    let agent = this.agents.get(origin);
    if (!agent) {
      const mayBePrivate = this.options.allowPrivate || isWrittenPrivate(hostname);
      agent = new Agent({ connections: 4, connect: { timeout: 10_000, lookup: lookUpOnce(undefined, mayBePrivate) } });
      this.agents.set(origin, agent);
    }
    return agent;
  }
}

async function* bounded(chunks: AsyncIterable<Buffer>, most: number, trickleMs: number): AsyncGenerator<Buffer> {
  let [size, waited, since] = [0, 0, performance.now()];
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > most) throw refused('too-big');
    waited += performance.now() - since;
    if (waited > trickleMs && size < (waited / 1_000) * LEAST_A_SECOND) throw refused('too-slow');
    yield chunk;
    since = performance.now();
  }
}

function secretBy(bearer: () => string): string {
  try {
    return bearer();
  } catch {
    throw refused('away', { at: 'secret' });
  }
}

/** A code is told, never a message: it may quote an address or what stands in an answer. */
export function asRefused(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof SourceRefused || signal.aborted) return error;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? refused('away', { at: code }) : error;
}

const sizeOf = (url: URL, headers: object): number =>
  url.pathname.length +
  url.search.length +
  Object.entries(headers).reduce((all, [name, value]) => all + name.length + String(value).length + 4, 16);
