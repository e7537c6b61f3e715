import { XmlElement } from '../xml/xml-element.js';

/** What a mapping can't be made of: an error of the agency file, found before anything is sent. */
export class MappingFault extends Error {
  constructor(at: string, what: string) {
    super(`agency file: ${at}: ${what}`);
  }
}

export type Read = (root: Readonly<Record<string, unknown>>, here: unknown) => unknown;

/** `a.b[0].c` as its parts; a leading dot (of `.b`, or `.` alone) means: of the one at hand. */
export interface Path {
  isRelative: boolean;
  keys: readonly string[];
}

export function parsePath(text: string, at: string): Path {
  if (!/^\.?(?:[^.[\]\s]+(?:\[\d+\])*)?(?:\.[^.[\]\s]+(?:\[\d+\])*)*$/.test(text) || text === '')
    throw new MappingFault(at, `${text} is no path`);
  return { isRelative: text.startsWith('.'), keys: text.split(/[.[\]]+/).filter((part) => part !== '') };
}

type Step = (at: object) => unknown;

/** A member that an object doesn't have of its own isn't there: no path leads into a prototype. */
function step(key: string): Step {
  if (/^\d+$/.test(key))
    return (at) => {
      if (Array.isArray(at)) return at[Number(key)] as unknown;
      return key === '0' && at instanceof XmlElement ? at : own(at, key);
    };
  if (key in Object.prototype) return (at) => own(at, key);
  return (at) => (Array.isArray(at) ? undefined : (at as Record<string, unknown>)[key]);
}

const own = (at: object, key: string): unknown =>
  Object.hasOwn(at, key) ? (at as Record<string, unknown>)[key] : undefined;

export function reader({ isRelative, keys }: Path): Read {
  const steps = keys.map(step);
  return (root, here) => {
    let at: unknown = isRelative ? here : root;
    for (const one of steps) {
      if (at === null || typeof at !== 'object') return undefined;
      at = one(at);
    }
    return at;
  };
}

/** Without places in lists: as disclosures and schemas name it. */
export const withoutPlaces = (keys: readonly string[]): string[] => keys.filter((key) => !/^\d+$/.test(key));
