import type { PartnerAnswer } from '#domain';
import type { Decode } from '#wire';

import { parsePath } from '../mapping/path.js';
import { readXml } from '../xml/read-xml.js';
import { holdsXml, listIn, XmlElement } from '../xml/xml-element.js';
import { xmlText } from '../xml/xml-text.js';

type Answered = Extract<PartnerAnswer, { kind: 'answered' }>;

/** As much as one answer may hold of them. */
const MOST_ENCODED = 10_000;

/** Reads what stands as text at those paths. What can't be read stays as it came: no rule will know it for what it isn't. */
export function decoder(given: Readonly<Record<string, Decode>>, at: string): (answer: PartnerAnswer) => PartnerAnswer {
  const paths = Object.entries(given).map(([path, how]) => [parsePath(path, `${at}.${path}`).keys, how] as const);
  if (paths.length === 0) return (answer) => answer;
  return (answer) => {
    if (answer.kind !== 'answered' || answer.json === undefined) return answer;
    let json: unknown = answer.json;
    for (const [keys, how] of paths) {
      json = replaced(json, json, keys, how, { left: MOST_ENCODED });
      if (how.endsWith('xml')) holdsXml(json);
    }
    return new DecodedAnswer(answer, json);
  };
}

function replaced(
  whole: unknown,
  value: unknown,
  keys: readonly string[],
  how: Decode,
  most: { left: number },
): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return most.left-- > 0 ? decoded(value, how) : value;
  if (value === null || typeof value !== 'object') return key === '*' ? every(whole, value, rest, how, most) : value;
  if (key === '*') return every(whole, value, rest, how, most);
  if (Array.isArray(value))
    return value.map((one: unknown, n) => (String(n) === key ? replaced(whole, one, rest, how, most) : one));
  if (!Object.hasOwn(value, key)) return value;
  const copy = Object.assign(value instanceof XmlElement ? new XmlElement() : {}, value) as Record<string, unknown>;
  copy[key] = replaced(whole, copy[key], rest, how, most);
  return copy;
}

const every = (whole: unknown, value: unknown, rest: readonly string[], how: Decode, most: { left: number }): unknown =>
  listIn(whole, value)?.map((one) => replaced(whole, one, rest, how, most)) ?? value;

function decoded(value: unknown, how: Decode): unknown {
  if (typeof value !== 'string') return value;
  const isWrapped = how.startsWith('base64');
  const bytes = isWrapped ? Buffer.from(value, 'base64') : undefined;
  switch (how) {
    case 'json':
      return parsed(value) ?? value;
    case 'base64-json':
      return parsed(bytes!.toString('utf8')) ?? value;
    case 'base64':
      return bytes!.toString('utf8');
    case 'xml':
      return readXml(value.replace(/^\uFEFF/, '')) ?? value;
    case 'base64-xml':
      return readXml(xmlText(bytes!, '') ?? '') ?? value;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

class DecodedAnswer {
  readonly kind = 'answered';
  readonly status: number;
  readonly contentType: string;
  declare readonly retryAfter?: number;

  constructor(
    private readonly answer: Answered,
    readonly json: unknown,
  ) {
    this.status = answer.status;
    this.contentType = answer.contentType;
    if (answer.retryAfter !== undefined) this.retryAfter = answer.retryAfter;
  }

  get text(): string {
    return this.answer.text;
  }
}
