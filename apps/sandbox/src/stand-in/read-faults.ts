import { Ajv, type ErrorObject } from 'ajv';

import { faultNames, faultSchema, kindOf } from './fault-kinds.js';
import type { Fault } from './faults.js';
import { mute, type Manner } from './manner.js';

const validate = new Ajv({ strict: false, allErrors: false }).compile(faultSchema);

/** What is wrong with one fault and where in it, by JSON Pointer; undefined where it can be played by a partner of this manner. */
export function wrongWithFault(asked: unknown, manner: Manner): { path: string; text: string } | undefined {
  if (!validate(asked)) return ofError(validate.errors?.[0]);
  const kinds = faultNames.filter((name) => name in (asked as object));
  const [only] = kinds;
  if (only === undefined || kinds.length > 1)
    return { path: '', text: `each fault names one of ${faultNames.join(', ')}; send several as an array` };
  return kindOf(only).real(manner) ? undefined : { path: `/${only}`, text: `${only} can't go wrong at this partner` };
}

/** The faults asked for, or why they aren't any. */
export function readFaults(body: unknown, manner: Manner = mute): Fault[] | string {
  const asked: unknown[] = Array.isArray(body) ? body : [body];
  for (const each of asked) {
    const wrong = wrongWithFault(each, manner);
    if (wrong) return wrong.path === '' ? wrong.text : `${wrong.path}: ${wrong.text}`;
  }
  return asked as Fault[];
}

export function ofError(error: ErrorObject | undefined): { path: string; text: string } {
  const { instancePath = '', keyword, params = {}, message = 'is wrong' } = error ?? {};
  const extra = (params as Record<string, unknown>)['additionalProperty'];
  if (keyword === 'additionalProperties')
    return { path: `${instancePath}/${String(extra)}`, text: `nothing is called ${String(extra)}` };
  return { path: instancePath, text: message };
}
