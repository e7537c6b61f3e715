import type { CodeTable } from '#wire';

import { MappingFault } from './path.js';

export type Translate = (code: string, day: string) => string | number | undefined;

/** A code that a table hasn't. `stoodIn`: the table says what stands for it, so the item is made all the same. */
export interface UnmappedCode {
  table: string;
  /** Undefined: what stands there doesn't look like a code, and isn't told. */
  code: string | undefined;
  stoodIn: boolean;
}

/** Only what looks like a code is told: a name, a telephone or an identity number never stands in a reason. */
export const isCodeLike = (text: string): boolean => /^[\w.-]{1,40}$/.test(text) && !/\d{9}/.test(text);

/** The table that is in force on the case's own day decides, whenever the item is sent. Undefined: no such code. */
export function codeTables(
  tables: Readonly<Record<string, readonly CodeTable[]>>,
  onUnmapped?: (found: UnmappedCode) => void,
): ReadonlyMap<string, Translate> {
  return new Map(Object.entries(tables).map(([name, versions]) => [name, translate(name, versions, onUnmapped)]));
}

function translate(
  name: string,
  versions: readonly CodeTable[],
  onUnmapped?: (found: UnmappedCode) => void,
): Translate {
  const dated = versions
    .map(({ validFrom, codes, unmapped }) => ({ validFrom, unmapped, codes: new Map(Object.entries(codes)) }))
    .sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
  const twice = dated.find(({ validFrom }, i) => dated[i + 1]?.validFrom === validFrom);
  if (twice) throw new MappingFault(`codeTables.${name}`, `two tables are valid from ${twice.validFrom}`);
  return (code, day) => {
    const inForce = dated.findLast(({ validFrom }) => validFrom <= day);
    const theirs = inForce?.codes.get(code);
    if (theirs !== undefined) return theirs;
    const standsIn = inForce?.unmapped;
    onUnmapped?.({ table: name, code: isCodeLike(code) ? code : undefined, stoodIn: standsIn !== undefined });
    return standsIn;
  };
}
