import type { Json } from '#wire';

/** Why a value can't be written as XML, in words that name members and no values. */
export class XmlFault extends Error {}

const NAME = /^(?:[\p{L}_][\p{L}\p{N}_.-]*:)?[\p{L}_][\p{L}\p{N}_.-]*$/u;
// eslint-disable-next-line no-control-regex -- what XML 1.0 has no way to write
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const MOST_DEEP = 40;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** The form that is read as the same members: one root, `@name` an attribute, `#text` text beside them, a list one element each. */
export function writeXml(value: Json | undefined, isDeclared = true): string {
  const roots = isObject(value) ? Object.entries(value).filter(([, root]) => root !== undefined) : [];
  const [root] = roots;
  if (!root || roots.length > 1 || Array.isArray(root[1])) throw new XmlFault('XML needs one root element');
  return `${isDeclared ? DECLARATION : ''}${element(root[0], root[1]!, 1)}`;
}

/** Why it can't be written; undefined: it can. */
export function unwritable(value: Json): string | undefined {
  try {
    return void writeXml(value);
  } catch (error) {
    if (error instanceof XmlFault) return error.message;
    throw error;
  }
}

function element(name: string, value: Json, depth: number): string {
  if (!NAME.test(name)) throw new XmlFault(`${name.slice(0, 40)} is no name of an element`);
  if (depth > MOST_DEEP) throw new XmlFault('too deep');
  if (Array.isArray(value)) return value.map((one: Json) => element(name, one, depth)).join('');
  if (!isObject(value)) return wrapped(name, '', textOf(value, name));
  let attributes = '';
  let inside = '';
  for (const [member, one] of Object.entries(value)) {
    if (one === undefined) continue;
    if (member === '#text') inside += textOf(one, name);
    else if (!member.startsWith('@')) inside += element(member, one, depth + 1);
    else if (one !== null) attributes += ` ${attribute(member.slice(1), one)}`;
  }
  return wrapped(name, attributes, inside);
}

const wrapped = (name: string, attributes: string, inside: string): string =>
  inside === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inside}</${name}>`;

function attribute(name: string, value: Json): string {
  if (!NAME.test(name)) throw new XmlFault(`@${name.slice(0, 40)} is no name of an attribute`);
  return `${name}="${textOf(value, `@${name}`).replace(/[\t\n"]/g, (sign) => `&#${sign.charCodeAt(0)};`)}"`;
}

function textOf(value: Json, name: string): string {
  if (value === null) return '';
  if (typeof value === 'object') throw new XmlFault(`${name} is no single text`);
  const text = String(value);
  if (UNWRITABLE.test(text) || !text.isWellFormed()) throw new XmlFault(`${name} has a sign that XML can’t hold`);
  return text.replace(/[&<>\r]/g, (sign) => signs[sign]!);
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

const isObject = (value: unknown): value is Readonly<Record<string, Json | undefined>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
