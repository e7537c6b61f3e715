import type { CodeTable } from '#wire';

import { MappingFault } from './path.js';

export type Translate = (code: string, day: string) => string | number | undefined;

/** The table that is in force on the case's own day decides, whenever the item is sent. Undefined: no such code. */
export function codeTables(tables: Readonly<Record<string, readonly CodeTable[]>>): ReadonlyMap<string, Translate> {
  return new Map(Object.entries(tables).map(([name, versions]) => [name, translate(name, versions)]));
}

function translate(name: string, versions: readonly CodeTable[]): Translate {
  const dated = versions
    .map(({ validFrom, codes, unmapped }) => ({ validFrom, unmapped, codes: new Map(Object.entries(codes)) }))
    .sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1));
  const twice = dated.find(({ validFrom }, i) => dated[i + 1]?.validFrom === validFrom);
  if (twice) throw new MappingFault(`codeTables.${name}`, `two tables are valid from ${twice.validFrom}`);
  return (code, day) => {
    const inForce = dated.findLast(({ validFrom }) => validFrom <= day);
    return inForce && (inForce.codes.get(code) ?? inForce.unmapped);
  };
}
