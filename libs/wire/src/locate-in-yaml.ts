import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair } from 'yaml';

/** Where something stands in a file's text, both counted from 1. */
export interface Place {
  line: number;
  column: number;
}

interface Found {
  value: Node | null;
  /** Where its name, or its dash, stands. */
  named: Node | null;
}

/**
 * The place of a JSON Pointer's target. What is missing is placed where the nearest of its ancestors stands; what an alias
 * stands for is placed where it is written. A scalar is placed by its value, or by its name where `byName` says so.
 */
export function locateInYaml(
  document: Document.Parsed,
  lines: LineCounter,
  pointer: string,
  byName = false,
): Place | undefined {
  let found: Found = { value: document.contents, named: null };
  for (const part of pointer.split('/').slice(1)) {
    const next = memberOf(document, found.value, part.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (!next) return placed(found, lines, true);
    found = next;
  }
  return placed(found, lines, byName);
}

function memberOf(document: Document.Parsed, node: Node | null, name: string): Found | undefined {
  const within = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(within)) {
    const item = within.items[Number(name)] as Node | undefined;
    return item && { value: item, named: null };
  }
  if (!isMap(within)) return undefined;
  const pair = (within.items as Pair<Node, Node | null>[]).find(
    ({ key }) => isScalar(key) && String(key.value) === name,
  );
  return pair && { value: pair.value, named: pair.key };
}

function placed({ value, named }: Found, lines: LineCounter, byName: boolean): Place | undefined {
  const node = named && (byName || !isScalar(value)) ? named : value;
  if (!node?.range) return undefined;
  const { line, col } = lines.linePos(node.range[0]);
  return { line, column: col };
}
