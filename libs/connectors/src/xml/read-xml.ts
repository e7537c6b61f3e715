import { SaxesParser } from 'saxes';

import { XmlElement } from './xml-element.js';

const MOST_DEEP = 40;
/** Elements and attributes together. */
const MOST_PARTS = 100_000;

interface Open {
  name: string;
  element: XmlElement;
  text: string;
  isNil: boolean;
}

/**
 * An XML document as members: an element by its name without prefix, an attribute as `@name`, elements of one name as a list,
 * an element with nothing but text as that text. Undefined: it isn't well-formed, too deep or too large, or brings a document
 * type. Entities but the five of XML itself are unknown, so none can be expanded or fetched.
 */
export function readXml(text: string): XmlElement | undefined {
  try {
    return new XmlReader().read(text);
  } catch {
    return undefined;
  }
}

class XmlReader {
  private readonly whole = new XmlElement();
  private readonly open: Open[] = [{ name: '', element: this.whole, text: '', isNil: false }];
  private parts = 0;

  read(text: string): XmlElement {
    const parser = new SaxesParser({ xmlns: false });
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('doctype', () => {
      throw new Error('no document type');
    });
    parser.on('opentag', ({ name, attributes }) => this.begin(name, attributes));
    parser.on('text', (more) => (this.open.at(-1)!.text += more));
    parser.on('cdata', (more) => (this.open.at(-1)!.text += more));
    parser.on('closetag', () => this.end());
    parser.write(text).close();
    return this.whole;
  }

  private begin(name: string, attributes: Readonly<Record<string, string>>): void {
    const given = Object.entries(attributes);
    this.parts += 1 + given.length;
    if (this.open.length > MOST_DEEP || this.parts > MOST_PARTS) throw new Error('too much');
    const one: Open = { name: local(name), element: new XmlElement(), text: '', isNil: false };
    for (const [attribute, value] of given) {
      if (/^xmlns(?::|$)/.test(attribute)) continue;
      if (!attribute.startsWith('xsi:')) put(one.element, `@${local(attribute)}`, value);
      else if (attribute === 'xsi:nil') one.isNil = value === 'true' || value === '1';
    }
    this.open.push(one);
  }

  private end(): void {
    const { name, element, text, isNil } = this.open.pop()!;
    const words = text.trim();
    const isBare = Object.keys(element).length === 0;
    if (!isBare && words !== '') put(element, '#text', words);
    put(this.open.at(-1)!.element, name, isBare ? (isNil ? null : words) : element);
  }
}

function put(element: XmlElement, name: string, value: unknown): void {
  // Its setter would change what the object is.
  if (name === '__proto__') throw new Error('no such name');
  if (!Object.hasOwn(element, name)) element[name] = value;
  else if (Array.isArray(element[name])) (element[name] as unknown[]).push(value);
  else element[name] = [element[name], value];
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);
