/**
 * An element with attributes or children, as an answer's paths see it. What XML can't tell apart, one of a list or one alone,
 * is read either way: `row.0` of a single row is that row.
 */
export class XmlElement {
  [member: string]: unknown;

  get 0(): this {
    return this;
  }
}

/** Values of another form in which a document of XML was found. */
const holders = new WeakSet<object>();
export function holdsXml(whole: unknown): void {
  if (whole !== null && typeof whole === 'object') holders.add(whole);
}

/** The list that stands there: of XML also one alone, and none where the element is empty. */
export function listIn(whole: unknown, value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value as unknown[];
  if (value instanceof XmlElement) return [value];
  const isXml = whole instanceof XmlElement || (whole !== null && typeof whole === 'object' && holders.has(whole));
  if (!isXml || value === undefined) return undefined;
  return value === '' || value === null ? [] : [value];
}

/** What an envelope holds: below elements that hold nothing else, a SOAP header left out. */
export function withinEnvelope(json: XmlElement): unknown {
  let at: unknown = json;
  for (;;) {
    if (!(at instanceof XmlElement)) return at;
    const inside = Object.entries(at).filter(([name]) => !name.startsWith('@') && name !== 'Header');
    const [only] = inside;
    if (inside.length !== 1 || !only || !(only[1] instanceof XmlElement)) return at;
    at = only[1];
  }
}
