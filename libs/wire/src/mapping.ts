import type { Json } from './canonical.js';
import type { ReplyRule } from './reply-rule.js';

/**
 * How a value of a partner's message comes about: a text, number, truth value, list or object stands for itself; an object
 * with one of the words of `Expression` is worked out. What isn't there is left out, unless the expression says otherwise.
 */
export type Template =
  string | number | boolean | null | readonly Template[] | { readonly [member: string]: Template } | Expression;

/** One of `expressionWords` says what it is. A partner's own member of such a name stands inside `object`. */
export interface Expression {
  /** Path of the source: `application.applicant.name`, `data.documents[0]`; inside `each` a leading dot is the one at hand. */
  from?: string;
  /** Texts one after the other, what isn't there left out; `with` stands between. */
  join?: Template[];
  with?: string;
  /** Path of a list; `give` is made for each of it. */
  each?: string;
  give?: Template;
  /** A condition: `then` where it holds, else `else`. */
  when?: Condition;
  then?: Template;
  else?: Template;
  /** The value itself, whatever it looks like. */
  value?: Json;
  /** An object whose members are named like these words. */
  object?: Record<string, Template>;
  /** What the words above can't say. At most 250 ms. */
  jsonata?: string;
  /** Path of a file reference: its bytes as base64. At most `limits.fileSize`. */
  file?: string;
  /** One root element: its XML document as text. Members as in answers: `@name` an attribute, `#text` text beside them. */
  xml?: Record<string, Template>;
  /** False: without `<?xml …?>`. */
  declaration?: boolean;
  /** The value as JSON text. */
  json?: Template;
  /** Of a multipart body: a file reference, whose bytes are sent, or a text, sent as a file named so. */
  part?: Template;
  filename?: Template;
  type?: Template;
  /** Of an answer: path of a file's bytes as base64; the hub keeps them, and the value is their reference. */
  keep?: string;
  /** Of an answer: path of a file's address below the endpoint's, or with `by` of what that operation asks for it by (`file`). */
  download?: string;
  by?: string;
  name?: Template;
  /** What the partner says the bytes' hash is; other bytes aren't taken. */
  sha256?: Template;
  /** Code table that turns the value into the partner's. */
  table?: string;
  /** How the value is written. */
  as?: Format;
  /** How the partner wrote it: read into ours (only in `collect.reads`). */
  read?: ReadFormat;
  /** At most so many characters; the rest is cut off. */
  cut?: number;
  /** Instead of what isn't there. */
  otherwise?: Json;
  /** What isn't there keeps the item from being sent. */
  required?: boolean;
}

export interface Condition {
  path: string;
  /** Written so: 9 a digit, A a letter, ? any character, all else itself; * at its end: anything more. */
  like?: string;
  /** Equal to it, or to one of them; as text. Neither: it is there and not empty. */
  is?: string | number | boolean | (string | number | boolean)[];
}

/** Times and days in Asia/Ho_Chi_Minh; `partial-date` as exact as it came: dd/MM/yyyy, MM/yyyy, yyyy. */
export type Format =
  | 'yyyyMMddHHmmss'
  | 'yyyy-MM-dd'
  | 'yyyy-MM-ddTHH:mm:ss'
  | 'yyyy-MM-dd HH:mm:ss'
  | 'yyyy/MM/dd'
  | 'yyyy/MM/dd HH:mm:ss'
  | 'dd/MM/yyyy'
  | 'dd/MM/yyyy HH:mm:ss'
  | 'dd-MM-yyyy'
  | 'partial-date'
  | 'epoch-seconds'
  | 'epoch-milliseconds'
  | 'text'
  | 'number'
  | 'upper'
  | 'yes-no-1-0'
  /** Of a text's UTF-8 bytes. */
  | 'base64'
  | 'sha256';

/** A time becomes RFC 3339, a day ISO 8601. Nothing is guessed: another form is a fault. */
export type ReadFormat =
  | 'yyyyMMddHHmmss'
  | 'yyyy-MM-dd'
  | 'yyyy-MM-ddTHH:mm:ss'
  | 'yyyy-MM-dd HH:mm:ss'
  | 'yyyy/MM/dd'
  | 'yyyy/MM/dd HH:mm:ss'
  | 'dd/MM/yyyy'
  | 'dd/MM/yyyy HH:mm:ss'
  | 'dd-MM-yyyy'
  | 'partial-date'
  | 'rfc3339'
  | 'epoch-seconds'
  | 'epoch-milliseconds';

/** What stands as text in an answer, and is read before anything else: XML or JSON, as it is or as base64. */
export type Decode = 'json' | 'xml' | 'base64' | 'base64-json' | 'base64-xml';

/** One request that a partner takes (protocol `http`). */
export interface Operation {
  /** Short event types that go by it; none: only other operations, look-up or collecting name it. */
  events?: string[];
  /** Of those only where this holds. */
  where?: Condition;
  /** Sent again as an update, the same item goes by this one. */
  update?: string;
  /** Default POST. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the endpoint's address; `{path}` stands for a source's value, encoded. */
  path?: string;
  query?: Record<string, Template>;
  headers?: Record<string, Template>;
  /** What the partner will hold: hashed, compared in both sides' books. No credentials in it. */
  item?: Template;
  /** The request's body around it: `{ from: item }`, or `{ from: items }` where several share one. Default: the item, or their list. */
  body?: Template;
  /** Default json. `xml`: the body is one root element. `multipart`: its members are the parts. */
  encoding?: 'json' | 'form' | 'xml' | 'multipart';
  /** Path in an answer (`*`: each of a list) → what stands there as text; members below it are addressed like any others. */
  decodes?: Record<string, Decode>;
  /** Member (wherever it stands) or path in an answer → what it says if it is for this item. Another value: it is for another case, doubt. */
  names?: Record<string, Template>;
  /** Of several items the answer has a row each: the list's path, the row's member with the key, the item's, the row's own HTTP status. */
  rows?: { at?: string; key: string; itemKey: string; status?: string };
}

/** Codes as the partner writes them, by day: the day of the case decides. */
export interface CodeTable {
  validFrom: string;
  /** Ours → theirs. */
  codes: Record<string, string | number>;
  /** For a code that isn't in it. Absent: the item isn't sent, and the code is named. */
  unmapped?: string | number;
}

/** What a status answer tells: the first whose `when` matches. */
export interface ReadRule {
  when: ReplyRule['when'];
  /** Nothing yet. */
  notYet?: true;
  reports?: { type: string; data: Template }[];
}

/** The words that make an object an expression. */
export const expressionWords = [
  'from',
  'join',
  'each',
  'when',
  'value',
  'jsonata',
  'file',
  'object',
  'xml',
  'json',
  'part',
  'keep',
  'download',
] as const;

export const isExpression = (template: Template): template is Expression =>
  template !== null &&
  typeof template === 'object' &&
  !Array.isArray(template) &&
  expressionWords.some((word) => word in template && isWord(word, (template as Record<string, unknown>)[word]));

/** A path is text: an object there is a member of the partner's that happens to have this name. */
const isWord = (word: (typeof expressionWords)[number], given: unknown): boolean =>
  word === 'value' ||
  (['from', 'each', 'jsonata', 'file', 'keep', 'download'].includes(word)
    ? typeof given === 'string'
    : typeof given === 'object');
