import type { PartnerAnswer } from '#domain';

type Answered = Extract<PartnerAnswer, { kind: 'answered' }>;

const longestRetryAfter = 86_400;
const utf8 = new TextDecoder('utf-8');

/** Bytes and headers of a whole answer, as replies are judged by. An HTML page is never read as JSON. */
export function readAnswer(status: number, headers: Headers, body: Buffer, now: number): Answered {
  const contentType = (headers.contentType ?? '').trim().toLowerCase();
  const raw = utf8.decode(body);
  const json = parse(raw, contentType);
  const retryAfter = secondsOf(headers.retryAfter, now);
  return {
    kind: 'answered',
    status,
    contentType,
    // Reply rows look for Vietnamese words; a partner that writes them as \u escapes means the same words.
    text: json !== undefined && /\\u[0-9a-f]{4}/i.test(raw) ? JSON.stringify(json) : raw,
    ...(json === undefined ? {} : { json }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

export interface Headers {
  contentType?: string | undefined;
  retryAfter?: string | undefined;
}

function parse(text: string, contentType: string): unknown {
  if (/^(text\/html|application\/xhtml)/.test(contentType)) return undefined;
  const declared = /^[\w.-]+\/([\w.-]+\+)?json\b/.test(contentType);
  if (!declared && !text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Retry-After as seconds or as a date; at most a day, so that a wrong header can't put a lane to sleep for years. */
function secondsOf(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestRetryAfter);
}
