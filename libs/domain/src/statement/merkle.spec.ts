import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leafHash, MerklePath, MerkleRoot, rootBy } from './merkle.js';

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const plain = (data: string): Buffer => sha256(Buffer.of(0), Buffer.from(data, 'hex'));
const rootOf = (leaves: readonly Buffer[]): Buffer => {
  const root = new MerkleRoot();
  for (const leaf of leaves) root.add(leaf);
  return root.root();
};

/** RFC 6962, section 2.1, as it is written there. */
function asWritten(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), asWritten(leaves.slice(0, k)), asWritten(leaves.slice(k)));
}

const leaves = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => Buffer.from(b)), { minLength: 1, maxLength: 70 }); // prettier-ignore

describe('a Merkle tree over chain heads', () => {
  it('has the roots that Certificate Transparency publishes for its test leaves', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    expect(rootOf(inputs.slice(0, 1).map(plain)).toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect(rootOf(inputs.map(plain)).toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
    expect(rootOf([]).toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('is the one of RFC 6962, however many leaves', () => {
    fc.assert(fc.property(leaves, (all) => expect(rootOf(all)).toEqual(asWritten(all))));
  });

  it('is proved by the path of each leaf, and by no other leaf, place or path', () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.nat(), (all, which, other) => {
        const index = which % all.length;
        const made = new MerklePath(index, all.length);
        for (const leaf of all) made.add(leaf);
        const path = made.path();
        const root = rootOf(all);
        expect(rootBy(all[index]!, index, all.length, path)).toEqual(root);
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(all.length)));
        const place = other % all.length;
        if (place !== index && !all[place]!.equals(all[index]!)) {
          expect(rootBy(all[place]!, index, all.length, path)).not.toEqual(root);
          expect(rootBy(all[index]!, place, all.length, path)).not.toEqual(root);
        }
        expect(rootBy(all[index]!, index, all.length, [...path, root])).toBeUndefined();
        expect(rootBy(all[index]!, all.length, all.length, path)).toBeUndefined();
        if (path.length > 0) {
          const bent = path.map((hash, i) => (i === other % path.length ? sha256(hash) : hash));
          expect(rootBy(all[index]!, index, all.length, bent)).not.toEqual(root);
          // What is missing of a hash is nobody's to fill in.
          const cut = (n: number): Buffer[] => path.map((hash, i) => (i === other % path.length ? Buffer.concat([hash, root]).subarray(0, n) : hash)); // prettier-ignore
          for (const n of [0, 31, 33]) expect(rootBy(all[index]!, index, all.length, cut(n))).toBeUndefined();
        }
      }),
    );
  });

  it('tells apart what a leaf is made of', () => {
    const head = 'ab'.repeat(32);
    const one = leafHash({ code: 'H53.14-260531-0001', sequence: 1, head });
    expect(leafHash({ code: 'H53.14-260531-000', sequence: 11, head })).not.toEqual(one);
    expect(leafHash({ code: 'H53.14-260531-0001', sequence: 2, head })).not.toEqual(one);
    expect(one).toEqual(sha256(Buffer.of(0), Buffer.from(`H53.14-260531-0001\n1\n${head}`)));
  });
});
