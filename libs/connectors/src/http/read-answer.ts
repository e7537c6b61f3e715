import type { PartnerAnswer } from '#domain';

import { readXml } from '../xml/read-xml.js';
import { xmlText } from '../xml/xml-text.js';

type Answered = Extract<PartnerAnswer, { kind: 'answered' }>;

const longestRetryAfter = 86_400;

export interface Headers {
  contentType?: string | undefined;
  retryAfter?: string | undefined;
}

/**
 * Bytes and headers of a whole answer, as replies are judged by. An HTML page is never read as JSON or XML; XML only for a
 * partner that may speak it.
 */
export function readAnswer(
  status: number,
  headers: Headers,
  body: Buffer | undefined,
  now: number,
  readsXml = false,
): Answered {
  const media = mediaOf(headers.contentType);
  const retryAfter = headers.retryAfter === undefined ? undefined : secondsOf(headers.retryAfter, now);
  const plain = body === undefined ? '' : withoutMark(body.toString('utf8'));
  if (readsXml && !media.isPage && body !== undefined && (media.isXml || (!media.isJson && /^\s*</.test(plain)))) {
    const text = xmlText(body, media.contentType);
    return new ReadAnswer(status, media.contentType, text ?? plain, text === undefined ? nothing : readXml, retryAfter);
  }
  const mayBeJson = !media.isPage && (media.isJson || plain.trimStart().startsWith('{'));
  return new ReadAnswer(status, media.contentType, plain, mayBeJson ? parse : nothing, retryAfter);
}

const nothing = (): undefined => undefined;

const absent = Symbol('not looked at');

/** Most answers are told by their status: their JSON is parsed when somebody asks for it. */
class ReadAnswer {
  readonly kind = 'answered';
  declare readonly retryAfter?: number;
  private parsed: unknown = absent;
  private words: string | undefined;

  constructor(
    readonly status: number,
    readonly contentType: string,
    private readonly raw: string,
    private readonly read: (raw: string) => unknown,
    retryAfter: number | undefined,
  ) {
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }

  get json(): unknown {
    if (this.parsed === absent) this.parsed = this.read(this.raw);
    return this.parsed;
  }

  /** Reply rows look for Vietnamese words; a partner that writes them as \u escapes, or as XML's &#…;, means the same words. */
  get text(): string {
    this.words ??=
      /\\u[0-9a-f]{4}|&#/i.test(this.raw) && this.json !== undefined ? JSON.stringify(this.json) : this.raw;
    return this.words;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Media {
  contentType: string;
  isPage: boolean;
  isJson: boolean;
  isXml: boolean;
}

let lastMedia: { header: string | undefined; media: Media } | undefined;

/** A partner says the same content type every time. */
function mediaOf(header: string | undefined): Media {
  if (lastMedia && lastMedia.header === header) return lastMedia.media;
  const contentType = (header ?? '').trim().toLowerCase();
  const media = {
    contentType,
    isPage: /^(text\/html|application\/xhtml)/.test(contentType),
    isJson: /^[\w.-]+\/([\w.-]+\+)?json\b/.test(contentType),
    isXml: /^[\w.-]+\/([\w.-]+\+)?xml\b/.test(contentType),
  };
  lastMedia = { header, media };
  return media;
}

const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

/** Retry-After as seconds or as a date; at most a day, so that a wrong header can't put a lane to sleep for years. */
function secondsOf(header: string, now: number): number | undefined {
  const text = header.trim();
  if (text === '') return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestRetryAfter);
}
