import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, statementPage, textHash, type Statement, type StatementBundle } from '#wire';
import { checkBundle } from './check-bundle.js';
import { checkPage } from './check-page.js';
import { bundleOf, hub, world } from './statement.arbitrary.js';

const trusted = new Map([[hub.id, hub.spki]]);
const [made] = fc.sample(
  world.filter(({ before, list, heads }) => before !== null && list.length > 1 && heads.length > 2),
  { numRuns: 1, seed: 11 },
);
/** As the hub makes it: the copy for reading is the signed bytes, read. */
const whole: StatementBundle = (({ statement, ...rest }) => ({
  ...rest,
  statement: JSON.parse(canonicalJson(statement)) as Statement,
}))(bundleOf(made!));
const text = JSON.stringify(whole, null, 2);
const page = statementPage(whole);
const pathsOf = (file: string, beside = { trusted }): string[] =>
  checkBundle(file, beside).findings.map(({ path }) => path);
const pathsOfPage = (file: string): string[] => checkPage(file, { trusted }).findings.map(({ path }) => path);
const without = (change: (bundle: StatementBundle) => void): string => {
  const bundle = structuredClone(whole);
  change(bundle);
  return JSON.stringify(bundle);
};
const nested = (depth: number, [open, inner, close]: [string, string, string]): string =>
  open.repeat(depth) + inner + close.repeat(depth);

describe('a file that was made to break the verifier', () => {
  it('is whole before that', () => {
    expect([pathsOf(text), pathsOfPage(page)]).toEqual([[], []]);
  });

  it('is refused by name however deep it nests, and wherever', () => {
    for (const depth of [33, 20_000])
      for (const deep of [nested(depth, ['[', '', ']']), nested(depth, ['{"a":', '1', '}'])]) {
        expect(pathsOf(deep)).toEqual(['file']);
        expect(pathsOf(`{"kind":"Statement","x":${deep}}`)).toEqual(['file']);
        expect(pathsOf(text.replace('"epoch": 1', `"epoch": ${deep}`))).toEqual(['file']);
        expect(pathsOfPage(page.replace('"epoch":1,', `"epoch":${deep},`))).toEqual(['file']);
        const signed = canonicalJson(whole.statement).replace('"epoch":1', `"epoch":${deep}`);
        const bytes = Buffer.from(signed).toString('base64');
        expect(pathsOf(without((bundle) => Object.assign(bundle, { signed: bytes, hash: textHash(signed) })))).toContain('signed'); // prettier-ignore
        expect(pathsOf(without((bundle) => (bundle.previous = Buffer.from(deep).toString('base64'))))).toEqual([
          'previous',
        ]);
      }
  });

  it('is refused by name with a string of any length', () => {
    for (const long of ['x'.repeat(500_000), '\\n'.repeat(5_000_000)])
      expect(pathsOf(text.replace('"hub"', `"${long}"`))).toEqual(['parties.ours.id']);
  });

  it('is no page where it carries something else than a bundle', () => {
    const carrying = (json: string): string => page.replace(/(id="statement-bundle">).*(<\/script>)/, `$1${json}$2`);
    for (const json of [canonicalJson(whole.statement), 'null', '0', '[]', '{}', '{"kind":"Statement"}'])
      expect(pathsOfPage(carrying(json))).toEqual(['file']);
  });

  it('is refused where a copy for reading is nothing at all', () => {
    for (const nothing of ['{}', '[]', 'null', '0'])
      expect(pathsOf(text.replace(/"statement": \{[^]*?\n {2}\}/, `"statement": ${nothing}`))).toContain('statement');
  });
});

describe('what was taken out of a file', () => {
  it('is named where every file of the hub’s has it', () => {
    expect(pathsOf(without((bundle) => delete bundle.previous))).toEqual(['previous']);
    expect(pathsOf(without((bundle) => delete bundle.discrepancies))).toEqual(['discrepancies']);
    expect(pathsOf(without(({ publicKeys }) => void publicKeys.splice(0, 1)))).toEqual(['publicKeys']);
    expect(pathsOf(without(({ publicKeys, signatures }) => void (publicKeys.splice(1, 1), signatures.splice(1, 1))))).toEqual(['publicKeys']); // prettier-ignore
  });

  it('is said where the file may have been made without it: the agency’s signatures', () => {
    const { findings, notes } = checkBundle(
      without(({ signatures }) => void signatures.splice(1)),
      { trusted },
    );
    expect([findings, notes.map(({ path }) => path)]).toEqual([[], ['signatures']]);
  });

  it('and a signature that stands there twice is named', () => {
    for (const which of [0, 1, 2])
      expect(pathsOf(without(({ signatures }) => void signatures.push(signatures[which]!)))).toEqual(['signatures[3]']);
  });
});
