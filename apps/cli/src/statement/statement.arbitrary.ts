import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { leafHash, MerklePath, MerkleRoot, type ChainHead } from '#domain';
import {
  canonicalJson,
  countsByType,
  discrepancyList,
  keyIdOf,
  lineDiscrepancies,
  pdfReceipt,
  sealedForOf,
  sealsOf,
  signBytes,
  textHash,
  withSections,
  type Drafted,
  type ListedDiscrepancy,
  type Statement,
  type StatementBundle,
} from '#wire';

const keyPair = (): { key: KeyObject; spki: Buffer; id: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { key: privateKey, spki, id: keyIdOf(spki) };
};
export const hub = keyPair();
export const office = keyPair();
export const stranger = keyPair();

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const few = fc.integer({ min: 0, max: 100_000 });
const said = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '');
const instant = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const listed: fc.Arbitrary<ListedDiscrepancy> = fc.record({
  type: fc.constantFrom(...lineDiscrepancies),
  key: said,
  side: fc.constantFrom('ours', 'theirs', 'data'),
  firstSeenAt: instant,
});
const head: fc.Arbitrary<ChainHead> = fc.record({ code: said, sequence: fc.integer({ min: 1, max: 99 }), head: hash });

const book = fc.option(fc.record({ count: few, digest: hash }));

/** What goes into a bundle, before anybody has signed it. */
export interface World {
  draft: Drafted;
  before: Statement | null;
  list: ListedDiscrepancy[];
  heads: ChainHead[];
  proved: number;
  pdf: string;
}

export const world: fc.Arbitrary<World> = fc
  .record({
    name: fc.record({ vi: said, en: said }),
    code: fc.constantFrom(null, 'G15', 'H53.14'),
    counts: fc.array(few, { minLength: 5, maxLength: 5 }),
    lines: fc.record({ ours: book, theirs: book }),
    compared: fc.boolean(),
    source: fc.constantFrom('digest', 'paged-list'),
    at: instant,
    list: fc.array(listed, { maxLength: 4 }),
    contracts: fc.array(
      fc.record({ validFrom: fc.constant('2018-01-01'), serial: fc.nat(9).map((n) => n + 1), hash }),
      {
        maxLength: 3,
      },
    ),
    heads: fc.array(head, { minLength: 1, maxLength: 9 }),
    proved: fc.nat(8),
    hasBefore: fc.boolean(),
    pdf: hash,
  })
  .map(({ name, code, counts, lines, compared, source, at, list, contracts, heads, proved, hasBefore, pdf }) => {
    const [acknowledged, superseded, closed, carried, planned] = counts as [number, number, number, number, number];
    const total = acknowledged + superseded + closed + carried;
    const opening = Math.max(0, total - planned);
    const root = new MerkleRoot();
    for (const one of heads) root.add(leafHash(one));
    const draft: Drafted = {
      apiVersion: 'lienthong/v1',
      kind: 'Statement',
      parties: {
        ours: { id: 'hub', name: { vi: 'Trục', en: 'Hub' }, code: 'H53' },
        theirs: { id: 'lltp', name, code },
      },
      day: '2021-05-05',
      cutOff: '2021-05-05T17:00:00.000Z',
      epoch: 1,
      previous: null,
      counts: { opening, planned: total - opening, reopened: 0, acknowledged, superseded, closed, carried },
      lines: compared ? lines : { ours: null, theirs: null },
      coverage: compared ? 'both' : 'none',
      comparison: compared ? { source, at } : null,
      discrepancies: { counts: countsByType(list), list: textHash(discrepancyList(list)) },
      contracts,
      codeTables: contracts.map(({ hash }, i) => ({ name: `t${i}`, validFrom: '2020-01-01', hash })),
      chainHeads: { streams: heads.length, merkleRoot: root.root().toString('hex') },
      keys: { ours: [hub.id], theirs: [office.id] },
    };
    const before = hasBefore ? statementBefore(draft) : null;
    const previous = before && { day: before.day, hash: textHash(canonicalJson(before)) };
    return { draft: { ...draft, previous }, before, list, heads, proved: proved % heads.length, pdf };
  });

const statementBefore = (draft: Drafted): Statement =>
  withSections({
    ...draft,
    day: '2021-05-04',
    cutOff: '2021-05-04T17:00:00.000Z',
    counts: { ...draft.counts, opening: 0, planned: draft.counts.opening, reopened: 0, acknowledged: 0, superseded: 0, closed: 0, carried: draft.counts.opening }, // prettier-ignore
  });

/** Everything that a bundle can have, signed by both. */
export function bundleOf(world: World, statement = withSections(world.draft), ours = hub): StatementBundle {
  const text = canonicalJson(statement);
  const { heads, proved } = world;
  const path = new MerklePath(proved, heads.length);
  for (const one of heads) path.add(leafHash(one));
  return {
    apiVersion: 'lienthong/v1',
    kind: 'StatementBundle',
    statement,
    signed: Buffer.from(text).toString('base64'),
    hash: textHash(text),
    signatures: [
      {
        party: 'ours',
        kind: 'ed25519',
        keyId: ours.id,
        signature: signBytes(text, ours.key).toString('base64'),
        sealedFor: sealedForOf(statement),
        seals: sealsOf(statement, ours.key),
      },
      { party: 'theirs', kind: 'ed25519', keyId: office.id, signature: signBytes(text, office.key).toString('base64') },
      {
        party: 'theirs',
        kind: 'pdf',
        keyId: ours.id,
        signature: signBytes(pdfReceipt(textHash(text), world.pdf), ours.key).toString('base64'),
        file: world.pdf,
      },
    ],
    publicKeys: [ours, office].map(({ id, spki }) => ({ keyId: id, spki: spki.toString('base64') })),
    ...(world.before ? { previous: Buffer.from(canonicalJson(world.before)).toString('base64') } : {}),
    discrepancies: JSON.parse(discrepancyList(world.list)) as ListedDiscrepancy[],
    proof: {
      ...heads[proved]!,
      index: proved,
      streams: heads.length,
      path: path.path().map((hash) => hash.toString('hex')),
    },
  };
}
