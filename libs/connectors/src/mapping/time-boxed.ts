import jsonata from 'jsonata';

import { MappingFault } from './path.js';

/** Its own bounds: past one of them it is cut off, and the item isn't sent. */
const bounds = { timeout: 250, stack: 200, sequence: 10_000 };
const MOST_TEXT = 1_000_000;
/** Called after each step: a text or list past these bounds, put into some function, ends the whole process. */
const afterStep = Symbol.for('jsonata.__evaluate_exit') as unknown as string;
/** The same case gives the same item, whenever it is mapped. */
const impure = ['now', 'millis', 'toMillis', 'random', 'shuffle', 'eval'];

/** An expression that ends and depends on nothing but its input. */
export function timeBoxed(text: string, at: string): (input: unknown) => Promise<unknown> {
  let expression: jsonata.Expression;
  try {
    expression = jsonata(text, bounds);
  } catch (error) {
    const { code = 'not understood', position } = error as Partial<jsonata.JsonataError>;
    throw new MappingFault(at, `jsonata: ${code}${position === undefined ? '' : ` at ${position}`}`);
  }
  expression.assign(afterStep, (_step: unknown, _input: unknown, _environment: unknown, found: unknown) => {
    if (typeof found === 'string' && found.length > MOST_TEXT) throw tooLong();
    if (Array.isArray(found) && found.length > bounds.sequence) throw tooLong();
  });
  expression.registerFunction('pad', pad, '<s-ns?:s>');
  const strange = strangeIn(expression.ast());
  if (strange !== undefined) throw new MappingFault(at, `jsonata: ${strange}`);
  return async (input) => {
    const found: unknown = await expression.evaluate(input);
    // Its lists carry markers of their own.
    return found === undefined ? undefined : (JSON.parse(JSON.stringify(found)) as unknown);
  };
}

const tooLong = (): Error => Object.assign(new Error('too long'), { code: 'D2015' });

/** As the library's own, which ends the process where a case's amount is taken for a width. */
function pad(text: string | undefined, width: number, fill?: string): string | undefined {
  if (text === undefined) return undefined;
  if (Math.abs(width) > MOST_TEXT) throw tooLong();
  const signs = [...(fill || ' ')];
  const missing = Math.max(Math.abs(Math.trunc(width)) - [...text].length, 0);
  const padding = Array.from({ length: missing }, (_, n) => signs[n % signs.length]).join('');
  return width > 0 ? text + padding : padding + text;
}

/** A regular expression can't be cut off once it runs. */
function strangeIn(node: unknown): string | undefined {
  if (node === null || typeof node !== 'object') return undefined;
  const { type, value } = node as { type?: unknown; value?: unknown };
  if (type === 'regex' || value instanceof RegExp) return 'no regular expressions: they may never end';
  if (type === 'variable' && impure.includes(String(value)))
    return `no $${String(value)}: the same case would give another item`;
  for (const part of Object.values(node)) {
    const strange = strangeIn(part);
    if (strange !== undefined) return strange;
  }
  return undefined;
}

/** By the library's codes: time, depth, length of a list. */
export const isTooLong = (error: unknown): boolean =>
  ['D1011', 'D1012', 'D2014', 'D2015'].includes((error as { code?: string }).code ?? '');
