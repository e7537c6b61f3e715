import { Pool } from 'undici';

import type { Secret } from '../stand-in/secrets.js';
import { textAt } from '../stand-in/text-at.js';
import type { FileStore } from './file-store.js';
import type { Submission } from './submission.js';

/** taken: the hub has it. refused: it never will. later: ask the same again; `everyone` where no other case would fare better. */
export type HubAnswer =
  | { kind: 'taken'; eventId: string; sequence: number }
  | { kind: 'refused'; status: number; code: string; detail: string }
  | { kind: 'later'; because: string; afterMs?: number; everyone: boolean };

export const connections = 64;
const timeoutMs = 30_000;

interface Reply {
  status: number;
  retryAfterMs?: number;
  body: Record<string, unknown>;
}

/** The one-stop as a client of the hub's /v1. No answer means the same key again: the hub tells a repeat by it. */
export class HubClient {
  private readonly pool: Pool;

  constructor(
    url: string,
    private readonly key: Secret,
    private readonly files: FileStore,
  ) {
    this.pool = new Pool(url, {
      connections,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  async submit(submission: Submission): Promise<HubAnswer> {
    try {
      for (const file of submission.files) {
        const answer = await this.upload(file);
        if (answer) return answer;
      }
      const isCase = submission.kind === 'case';
      const reply = await this.send(
        'POST',
        isCase ? '/v1/cases' : `/v1/cases/${encodeURIComponent(submission.code)}/events`,
        isCase ? 'application/json' : 'application/cloudevents+json',
        JSON.stringify(submission.body),
        { 'idempotency-key': submission.key },
      );
      if (reply.status < 300) {
        return {
          kind: 'taken',
          eventId: textAt(reply.body, 'eventId'),
          sequence: Number(reply.body['sequence'] ?? 0),
        };
      }
      return judge(reply);
    } catch (error) {
      return noAnswer(error);
    }
  }

  /** A file of a case, or undefined where the hub hasn't got it for us. */
  async download(sha256: string): Promise<Buffer | undefined> {
    const { statusCode, body } = await this.pool.request({
      method: 'GET',
      path: `/v1/files/${sha256}`,
      headers: this.authorization(),
    });
    if (statusCode === 200) return Buffer.from(await body.arrayBuffer());
    await body.dump();
    return undefined;
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private async upload({ sha256, mediaType }: { sha256: string; mediaType: string }): Promise<HubAnswer | undefined> {
    const bytes = this.files.read(sha256);
    if (!bytes) return { kind: 'refused', status: 0, code: 'file-not-in-store', detail: sha256 };
    const reply = await this.send('PUT', `/v1/files/${sha256}`, mediaType, bytes, {});
    return reply.status < 300 ? undefined : judge(reply);
  }

  private async send(
    method: 'POST' | 'PUT',
    path: string,
    type: string,
    body: string | Buffer,
    more: Record<string, string>,
  ): Promise<Reply> {
    const headers = { ...this.authorization(), 'content-type': type, 'accept-language': 'vi', ...more };
    const answer = await this.pool.request({ method, path, headers, body });
    const text = await answer.body.text();
    const retryAfter = Number(answer.headers['retry-after']);
    return {
      status: answer.statusCode,
      body: asObject(text),
      ...(Number.isFinite(retryAfter) && retryAfter >= 0 ? { retryAfterMs: retryAfter * 1_000 } : {}),
    };
  }

  private authorization(): Record<string, string> {
    return { authorization: `Bearer ${this.key.read()}` };
  }
}

/** 401 waits too: a key being changed is no fault of the case. */
function judge({ status, body, retryAfterMs }: Reply): HubAnswer {
  const code = typeof body['code'] === 'string' ? body['code'] : String(status);
  const wait = retryAfterMs === undefined ? {} : { afterMs: retryAfterMs };
  if (status === 503 || status === 429 || status === 401)
    return { kind: 'later', because: code, everyone: true, ...wait };
  if (status >= 500 || status === 408) return { kind: 'later', because: code, everyone: false, ...wait };
  return { kind: 'refused', status, code, detail: typeof body['detail'] === 'string' ? body['detail'] : '' };
}

const unreachable = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENOENT',
];

function noAnswer(error: unknown): HubAnswer {
  const code = (error as { code?: string }).code ?? 'no-answer';
  return { kind: 'later', because: code, everyone: unreachable.includes(code) };
}

function asObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
