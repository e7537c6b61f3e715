/** A place of valid JSON that readers could take for different things, or that was not written by a program of the hub's. */
export interface OddPlace {
  /** As in a finding: `statement.counts.opening`. */
  path: string;
  /** `twice`: the member stands there twice; `written`: `1.0`, `1e0`, an escape that need not be. */
  why: 'twice' | 'written';
}

interface Frame {
  /** undefined: an array, of which `at` is the place. */
  names: Set<string> | undefined;
  at: number | string;
  isName: boolean;
}

const MOST = 20;
const isEnd = (sign: string | undefined): boolean => sign === undefined || ' \t\r\n,]}'.includes(sign);

/** At most twenty of them; `text` is JSON. By hand: a parser has forgotten how it was written. */
export function oddPlaces(text: string): OddPlace[] {
  const odd: OddPlace[] = [];
  const frames: Frame[] = [];
  const note = (why: OddPlace['why']): void => void odd.push({ path: pathOf(frames), why });
  for (let i = 0; i < text.length && odd.length < MOST; i++) {
    const top = frames.at(-1);
    switch (text[i]) {
      case '{':
        frames.push({ names: new Set(), at: '', isName: true });
        break;
      case '[':
        frames.push({ names: undefined, at: 0, isName: false });
        break;
      case '}':
      case ']':
        frames.pop();
        break;
      case ',':
        if (top!.names) top!.isName = true;
        else top!.at = (top!.at as number) + 1;
        break;
      case ':':
        top!.isName = false;
        break;
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        break;
      case '"': {
        const end = endOfString(text, i);
        const token = text.slice(i, end + 1);
        const isPlain = !token.includes('\\') || JSON.stringify(JSON.parse(token)) === token;
        if (top?.isName) {
          top.at = JSON.parse(token) as string;
          if (top.names!.has(top.at)) note('twice');
          top.names!.add(top.at);
        }
        if (!isPlain) note('written');
        i = end;
        break;
      }
      default: {
        let end = i + 1;
        while (!isEnd(text[end])) end++;
        const token = text.slice(i, end);
        if (JSON.stringify(JSON.parse(token)) !== token) note('written');
        i = end - 1;
      }
    }
  }
  return odd;
}

/** Where a string ends that begins at `start`. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

const pathOf = (frames: readonly Frame[]): string =>
  frames.reduce((path, { names, at }) => {
    if (!names) return `${path}[${at}]`;
    if (!/^[\w-]+$/.test(String(at))) return `${path}[${JSON.stringify(at)}]`;
    return path === '' ? String(at) : `${path}.${at}`;
  }, '');
