import jsonata from 'jsonata';

import { MappingFault } from './path.js';

/** Its own bounds: past one of them it is cut off, and the item isn't sent. */
const bounds = { timeout: 250, stack: 200, sequence: 100_000 };
/** The same case gives the same item, whenever it is mapped. */
const impure = ['now', 'millis', 'random', 'shuffle', 'eval'];

/** An expression that ends and depends on nothing but its input. */
export function timeBoxed(text: string, at: string): (input: unknown) => Promise<unknown> {
  let expression: jsonata.Expression;
  try {
    expression = jsonata(text, bounds);
  } catch (error) {
    const { code = 'not understood', position } = error as Partial<jsonata.JsonataError>;
    throw new MappingFault(at, `jsonata: ${code}${position === undefined ? '' : ` at ${position}`}`);
  }
  const strange = strangeIn(expression.ast());
  if (strange !== undefined) throw new MappingFault(at, `jsonata: ${strange}`);
  return async (input) => {
    const found: unknown = await expression.evaluate(input);
    // Its lists carry markers of their own.
    return found === undefined ? undefined : (JSON.parse(JSON.stringify(found)) as unknown);
  };
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
