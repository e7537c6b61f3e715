import { hash } from 'node:crypto';

/** A stream's head as strangers know it: its public code, its last sequence and that event's hash (hex). */
export interface ChainHead {
  code: string;
  sequence: number;
  head: string;
}

const sha256 = (data: Uint8Array | string): Buffer => hash('sha256', data, 'buffer');
/** Bytes of a hash. */
const HASH = 32;
/** A byte that says that it is no leaf, and two hashes: one for all, since a million Buffers cost more than their hashing. */
const inner = Buffer.alloc(1 + 2 * HASH, 1);

/** RFC 6962: leaves and inner nodes can't stand for one another. A leaf is code, sequence and head, each on its line. */
export const leafHash = ({ code, sequence, head }: ChainHead): Buffer => sha256(`\0${code}\n${sequence}\n${head}`);

function innerHash(left: Uint8Array, right: Uint8Array): Buffer {
  inner.set(left, 1);
  inner.set(right, 1 + HASH);
  return sha256(inner);
}

/** The root of a tree whose leaves come one by one; holds one hash a level. */
export class MerkleRoot {
  private readonly full: { size: number; hash: Buffer }[] = [];
  size = 0;

  add(leaf: Buffer): void {
    this.size++;
    let node = { size: 1, hash: leaf };
    while (this.full.at(-1)?.size === node.size)
      node = { size: node.size * 2, hash: innerHash(this.full.pop()!.hash, node.hash) };
    this.full.push(node);
  }

  /** Of no leaf: sha-256 of nothing. */
  root(): Buffer {
    return (
      this.full.reduceRight<Buffer | undefined>(
        (right, { hash: left }) => (right === undefined ? left : innerHash(left, right)),
        undefined,
      ) ?? sha256(Buffer.alloc(0))
    );
  }
}

/** The path from one leaf to the root, of leaves that come one by one; holds one hash a level for each of its members. */
export class MerklePath {
  private readonly siblings: { from: number; to: number; root: MerkleRoot }[];
  private seen = 0;

  constructor(
    readonly index: number,
    readonly streams: number,
  ) {
    this.siblings = siblingsOf(index, streams).map((range) => ({ ...range, root: new MerkleRoot() }));
  }

  add(leaf: Buffer): void {
    const at = this.seen++;
    this.siblings.find(({ from, to }) => from <= at && at < to)?.root.add(leaf);
  }

  /** From the leaf upwards. */
  path(): Buffer[] {
    return this.siblings.map(({ root }) => root.root());
  }
}

/** The root that a leaf and its path lead to; undefined: no leaf of such a tree has a path of this length, or of such hashes. */
export function rootBy(leaf: Buffer, index: number, streams: number, path: readonly Buffer[]): Buffer | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(streams) || index < 0 || index >= streams) return undefined;
  const siblings = siblingsOf(index, streams);
  if (siblings.length !== path.length || [leaf, ...path].some(({ length }) => length !== HASH)) return undefined;
  return path.reduce(
    (node, sibling, i) => (siblings[i]!.from > index ? innerHash(node, sibling) : innerHash(sibling, node)),
    leaf,
  );
}

/** The ranges of leaves beside the way down to one, the lowest first: each split is at the largest power of two below. */
function siblingsOf(index: number, streams: number): { from: number; to: number }[] {
  const siblings: { from: number; to: number }[] = [];
  let [from, to] = [0, streams];
  while (to - from > 1) {
    let half = 1;
    while (half * 2 < to - from) half *= 2;
    const middle = from + half;
    if (index < middle) {
      siblings.unshift({ from: middle, to });
      to = middle;
    } else {
      siblings.unshift({ from, to: middle });
      from = middle;
    }
  }
  return siblings;
}
