import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { reasonOf } from './reason-of.js';
import { printable } from './terminal/columns.js';
import { Trouble } from './verb.js';

/** Asks one of our processes. An answer that isn't 2xx becomes a Trouble with the problem's own words. */
export async function askProcess<T>(
  url: string,
  options: { method?: 'GET' | 'POST'; key?: string; body?: string; patienceMs?: number } = {},
): Promise<T> {
  const { statusCode, body } = await reach(url, {
    method: options.method ?? 'GET',
    headers: {
      accept: 'application/json, text/plain',
      'accept-language': 'vi',
      ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: options.body ?? null,
    headersTimeout: options.patienceMs ?? 30_000,
  });
  const text = await body.text();
  if (statusCode >= 200 && statusCode < 300)
    return (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text) as T;
  throw problemAsTrouble(statusCode, text);
}

export async function reach(
  url: string,
  options: Omit<Dispatcher.RequestOptions, 'path' | 'origin' | 'method'> & { method: Dispatcher.HttpMethod },
): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, options);
  } catch (error) {
    throw unreachable(url, error);
  }
}

export function unreachable(url: string, error: unknown): Trouble {
  const code = reasonOf(error);
  const { origin } = new URL(url);
  return new Trouble(
    `Không liên lạc được với ${origin} (${code}). Hệ thống đã chạy chưa? Xem: lienthong doctor`,
    `${origin} can't be reached (${code}). Is it running? See: lienthong doctor`,
  );
}

export function problemAsTrouble(status: number, text: string): Trouble {
  const problem = asProblem(text);
  if (!problem) return new Trouble(`HTTP ${status}`, `HTTP ${status}`);
  const { code, title, detail } = problem;
  const isSaid = title === undefined || detail.includes(title);
  return new Trouble(printable(`${isSaid ? detail : `${title}: ${detail}`} [${code}]`), `HTTP ${status}`);
}

function asProblem(text: string): { code: string; title: string | undefined; detail: string } | undefined {
  try {
    const { code, title, detail } = JSON.parse(text) as Record<string, unknown>;
    if (typeof code !== 'string' || typeof detail !== 'string') return undefined;
    return { code, title: typeof title === 'string' ? title : undefined, detail };
  } catch {
    return undefined;
  }
}
