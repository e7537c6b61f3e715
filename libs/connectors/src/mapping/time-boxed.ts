import jsonata from 'jsonata';

import { MappingFault } from './path.js';

const MOST_MS = 250;
const MOST_DEPTH = 200;
const MOST_STEPS = 200_000;

/**
 * An expression that ends: past 250 ms, 200 levels or 200,000 steps it is cut off, and the item isn't sent. The clock alone
 * wouldn't do: on a busy machine the same case would be mapped one day and not the next.
 */
export function timeBoxed(text: string, at: string): (input: unknown) => Promise<unknown> {
  try {
    jsonata(text);
  } catch (error) {
    throw new MappingFault(at, `jsonata: ${(error as { message?: string }).message ?? 'not understood'}`);
  }
  return async (input) => {
    const expression = jsonata(text);
    const endBy = performance.now() + MOST_MS;
    let depth = 0;
    let steps = 0;
    const enter = (): void => {
      depth++;
      steps++;
      if (depth > MOST_DEPTH || steps > MOST_STEPS || performance.now() > endBy) throw new TooLong();
    };
    // Hooks of the library's evaluator, called around every step.
    expression.assign('__evaluate_entry', enter);
    expression.assign('__evaluate_exit', () => void depth--);
    const found: unknown = await expression.evaluate(input);
    // Its lists carry markers of their own.
    return found === undefined ? undefined : (JSON.parse(JSON.stringify(found)) as unknown);
  };
}

export class TooLong extends Error {}
