export interface JsonFault {
  /** JSON Pointer of a member that stands twice; '/' where the text isn't JSON. */
  path: string;
  rule: 'json' | 'unique-members' | 'not-empty';
  /** In characters from the start. */
  position?: number;
}

/**
 * A string's characters are all but quote, backslash and controls. One a round: a `+` inside the `*` would try every way
 * to divide a string that doesn't end, for years.
 */
const TOKEN =
  /[ \t\n\r]*(?:(?<mark>[{}[\],:])|(?<string>"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<scalar>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy;

/** Where a text that was refused goes wrong. Only for texts that are: it is slower than JSON.parse, and says no word of the text. */
export function locateJsonFault(text: string): JsonFault {
  if (text.trim() === '') return { path: '/', rule: 'not-empty' };
  try {
    return new Walk(text).run();
  } catch {
    // A single string of many megabytes may exhaust the expression's stack.
    return { path: '/', rule: 'json' };
  }
}

class Unexpected extends Error {}
class Twice extends Error {
  constructor(readonly path: string) {
    super();
  }
}

class Walk {
  private at = 0;
  private next = 0;
  private token = '';

  constructor(private readonly text: string) {}

  run(): JsonFault {
    try {
      this.advance();
      this.value('');
      if (this.token !== '') throw new Unexpected();
      return { path: '/', rule: 'json' };
    } catch (error) {
      if (error instanceof Twice) return { path: error.path, rule: 'unique-members', position: this.at };
      if (error instanceof Unexpected) return { path: '/', rule: 'json', position: this.at };
      throw error;
    }
  }

  /** '' at the end. `at` stands on the token's first character. */
  private advance(): void {
    TOKEN.lastIndex = this.next;
    const found = TOKEN.exec(this.text);
    if (found) {
      this.next = TOKEN.lastIndex;
      this.token = found[0].trimStart();
      this.at = this.next - this.token.length;
      return;
    }
    this.at = this.next + this.text.slice(this.next).search(/[^ \t\n\r]|$/);
    if (this.at < this.text.length) throw new Unexpected();
    this.token = '';
  }

  private expect(mark: string): void {
    if (this.token !== mark) throw new Unexpected();
    this.advance();
  }

  private value(path: string): void {
    if (this.token === '{') return this.object(path);
    if (this.token === '[') return this.list(path);
    if (this.token === '' || /^[}\],:]/.test(this.token)) throw new Unexpected();
    this.advance();
  }

  private object(path: string): void {
    const names = new Set<string>();
    this.advance();
    if (this.token === '}') return this.advance();
    for (;;) {
      if (!this.token.startsWith('"')) throw new Unexpected();
      const name = JSON.parse(this.token) as string;
      const member = `${path}/${name.slice(0, 64).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (names.has(name)) throw new Twice(member);
      names.add(name);
      this.advance();
      this.expect(':');
      this.value(member);
      if (this.token !== ',') return this.expect('}');
      this.advance();
    }
  }

  private list(path: string): void {
    this.advance();
    if (this.token === ']') return this.advance();
    for (let index = 0; ; index++) {
      this.value(`${path}/${index}`);
      if (this.token !== ',') return this.expect(']');
      this.advance();
    }
  }
}
