import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, leavesOf, textHash, withSections, type Statement, type StatementBundle } from '#wire';
import { checkBundle } from './check-bundle.js';
import { bundleOf, hub, office, stranger, world } from './statement.arbitrary.js';

const trusted = new Map([[hub.id, hub.spki]]);
const textOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const pathsOf = (bundle: unknown, keys = trusted): string[] =>
  checkBundle(typeof bundle === 'string' ? bundle : textOf(bundle), { trusted: keys }).findings.map(({ path }) => path);
const some = { numRuns: 10, endOnFailure: true };

type Holder = Record<string | number, unknown>;

/** Every place of a value that has no members: who holds it, by which name. */
function placesOf(
  value: unknown,
  path: (string | number)[] = [],
): { holder: Holder; name: string | number; path: (string | number)[] }[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const name = Array.isArray(value) ? Number(key) : key;
    const at = [...path, name];
    const inner = placesOf(member, at);
    return inner.length > 0 ? inner : [{ holder: value as Holder, name, path: at }];
  });
}

/** Another value of its kind, as a hand or a script would put there. */
function altered(value: unknown, by: number): unknown {
  if (typeof value === 'number') return value + 1 + (by % 7);
  if (value === null) return ['x', 0, {}][by % 3];
  if (typeof value !== 'string') return by % 2 === 0 ? ['x'] : { x: 1 };
  const at = by % Math.max(1, value.length);
  const other = value[at] === 'b' ? 'c' : 'b';
  return [`${value.slice(0, at)}${other}${value.slice(at + 1)}`, value.slice(0, at) + value.slice(at + 1), `${value} `][by % 3]; // prettier-ignore
}

describe('the file of a statement', () => {
  it('is whole as it was made, in any indentation', () => {
    fc.assert(
      fc.property(world, (made) => {
        const bundle = bundleOf(made);
        for (const text of [textOf(bundle), JSON.stringify(bundle)])
          expect(checkBundle(text, { trusted }).findings).toEqual([]);
      }),
      some,
    );
  });

  it('is refused whichever of its values is altered, and the part is named', () => {
    fc.assert(
      fc.property(world, fc.nat(), fc.nat(), (made, which, by) => {
        const bundle = structuredClone(bundleOf(made));
        const places = placesOf(bundle);
        const { holder, name, path } = places[which % places.length]!;
        holder[name] = altered(holder[name], by);
        const found = pathsOf(bundle);
        const [top, section] = path;
        // A copy that was altered is named by the section of the statement, everything else by its own place.
        const part =
          top === 'statement' ? String(section) : top === 'signatures' ? `signatures[${section}]` : String(top);
        const names = found.some(
          (one) => one.startsWith(part) || one === 'signatures' || (part === 'signed' && one === 'signatures[0]'),
        );
        expect([path, holder[name], found, names]).toEqual([path, holder[name], found, true]);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('names the very value where everything else was made to fit it, the signatures excepted', () => {
    fc.assert(
      fc.property(world, fc.nat(), fc.nat(), (made, which, by) => {
        const before = bundleOf(made);
        const statement = structuredClone(before.statement);
        const places = placesOf(statement).filter(({ path }) => path[0] !== 'sections');
        const { holder, name } = places[which % places.length]!;
        holder[name] = altered(holder[name], by);
        const forged = withSections(statement);
        const text = canonicalJson(forged);
        const found = pathsOf({ ...before, statement: forged, signed: Buffer.from(text).toString('base64'), hash: textHash(text) }); // prettier-ignore
        const [was, is] = [leavesOf(before.statement), leavesOf(forged)];
        const changed = [...is].filter(([path, leaf]) => !path.startsWith('sections') && was.get(path) !== leaf);
        for (const [path] of changed) expect(found).toContain(path);
        expect(found).toContain('signatures[0]');
        expect(found).toContain('signatures[1]');
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('is refused with a member added or taken away, anywhere', () => {
    fc.assert(
      fc.property(world, fc.nat(), fc.boolean(), (made, which, adds) => {
        const bundle = structuredClone(bundleOf(made));
        const objects = [bundle, bundle.statement, ...placesOf(bundle).map(({ holder }) => holder)].filter((one) => !Array.isArray(one)); // prettier-ignore
        const holder = objects[which % objects.length] as Holder;
        const optional = ['previous', 'discrepancies', 'proof'];
        const names = Object.keys(holder).filter((name) => holder !== (bundle as unknown) || !optional.includes(name));
        if (adds) holder['counts.opening'] = made.draft.counts.opening;
        else if (names.length > 0) delete holder[names[which % names.length]!];
        else return;
        expect(pathsOf(bundle)).not.toEqual([]);
      }),
      some,
    );
  });

  it('is refused when the signed bytes say the same in another form, or a member stands twice', () => {
    fc.assert(
      fc.property(world, (made) => {
        const bundle = bundleOf(made);
        const { sections, ...rest } = bundle.statement;
        for (const text of [
          JSON.stringify({ sections, ...rest }),
          JSON.stringify(bundle.statement, null, 1),
          `${canonicalJson(bundle.statement)}\n`,
        ])
          expect(pathsOf({ ...bundle, signed: Buffer.from(text).toString('base64'), hash: textHash(text) })).toContain('signed'); // prettier-ignore
        const twice = textOf(bundle).replace('\n  "hash":', '\n  "hash": "00", "hash":');
        expect(pathsOf(twice)).toContain('hash');
      }),
      some,
    );
  });

  it('is refused when it is cut off anywhere, or a byte is lost', () => {
    fc.assert(
      fc.property(world, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (made, where) => {
        const text = textOf(bundleOf(made));
        const at = Math.floor(where * (text.length - 2));
        expect(pathsOf(text.slice(0, at))).toContain('file');
      }),
      some,
    );
  });

  it('is refused with another statement’s signature, and says so', () => {
    fc.assert(
      fc.property(world, (made) => {
        const one = bundleOf(made);
        const other = bundleOf({ ...made, draft: { ...made.draft, day: '2021-05-06', cutOff: '2021-05-06T17:00:00.000Z' } }); // prettier-ignore
        expect(pathsOf({ ...one, signatures: other.signatures })).toEqual(
          expect.arrayContaining(['signatures[0]', 'signatures[0].sealedFor', 'signatures[1]', 'signatures[2]']),
        );
        const [ours, theirs] = one.signatures as [object, object];
        const swapped = [{ ...ours, signature: one.signatures[1]!.signature }, { ...theirs, signature: one.signatures[0]!.signature }]; // prettier-ignore
        expect(pathsOf({ ...one, signatures: swapped })).toEqual(expect.arrayContaining(['signatures[0]', 'signatures[1]'])); // prettier-ignore
      }),
      some,
    );
  });

  it('signed anew by a stranger is unknown to whoever knows the hub’s key', () => {
    fc.assert(
      fc.property(world, (made) => {
        const draft = { ...made.draft, keys: { ours: [stranger.id], theirs: [office.id] } };
        const forged = bundleOf({ ...made, draft }, withSections(draft), stranger);
        expect(pathsOf(forged)).toContain('signatures[0].keyId');
        // Without any key from elsewhere nobody can tell, and that is said.
        const { findings, notes } = checkBundle(textOf(forged), { trusted: new Map() });
        expect([findings, notes.some(({ path }) => path === 'publicKeys')]).toEqual([[], true]);
      }),
      some,
    );
  });

  it('isn’t vouched for by the hub alone, nor without the hub, nor by a key that isn’t named', () => {
    fc.assert(
      fc.property(world, (made) => {
        const bundle = bundleOf(made);
        const [ours, theirs] = bundle.signatures as [object, object];
        expect(pathsOf({ ...bundle, signatures: [ours] })).toEqual([]);
        expect(pathsOf({ ...bundle, signatures: [theirs] })).toContain('signatures');
        expect(pathsOf({ ...bundle, signatures: [ours, { ...theirs, keyId: hub.id }] })).toContain(
          'signatures[1].keyId',
        );
      }),
      some,
    );
  });
});

describe('what a statement has to say', () => {
  const [made] = fc.sample(world, { numRuns: 1, seed: 7 });
  const signedAnew = (change: (statement: Statement) => void): StatementBundle => {
    const { sections: _, ...statement } = structuredClone(bundleOf(made!).statement);
    change(statement as Statement);
    return bundleOf(made!, withSections(statement));
  };

  it('adds up, though both had signed it', () => {
    expect(pathsOf(signedAnew(({ counts }) => void counts.acknowledged++))).toEqual(['counts']);
  });

  it('begins where the day before ended', () => {
    const [with_] = fc.sample(world.filter(({ before }) => before !== null), { numRuns: 1, seed: 3 }); // prettier-ignore
    const statement = structuredClone(withSections(with_!.draft));
    statement.counts.opening++;
    statement.counts.carried++;
    const { sections: _, ...draft } = statement;
    expect(pathsOf(bundleOf(with_!, withSections(draft)))).toEqual(['counts.opening']);
  });

  it('as bytes alone says that nobody signed it', () => {
    expect(pathsOf(canonicalJson(bundleOf(made!).statement))).toEqual(['signatures']);
    expect(pathsOf(canonicalJson({ ...bundleOf(made!).statement, epoch: 2 }))).toEqual(['epoch', 'signatures']);
  });

  it('and a PDF beside it is the one that was handed in', () => {
    const text = textOf(bundleOf(made!));
    expect(checkBundle(text, { trusted, pdf: made!.pdf }).findings).toEqual([]);
    expect(checkBundle(text, { trusted, pdf: 'ab'.repeat(32) }).findings.map(({ path }) => path)).toEqual(['pdf']);
  });
});
