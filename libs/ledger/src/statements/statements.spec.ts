import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { leafHash, rootBy } from '#domain';
import {
  canonicalJson,
  discrepancyList,
  keyIdOf,
  newPrivateKey,
  sha256,
  signerOf,
  textHash,
  validateStatement,
  type Party,
  type Signer,
  type Statement,
} from '#wire';
import { applyAgency } from '../contracts/apply-agency.js';
import { readFile } from '../files.js';
import { closesDay } from '../testing/closed-day.js';
import { LaneWorld } from '../testing/lane-world.js';
import { chainHeads, proveStream } from './chain-heads.js';
import { makeStatement, type Made } from './make-statement.js';
import { dueStatements, listStatements, statementBundle, statementDocument } from './read-statements.js';
import { signOurs, takeSignature, takeSignedPdf } from './sign-statement.js';
import { addStatementKey, endStatementKey } from './statement-keys.js';

const hub: Party = { id: 'lienthong', name: { vi: 'Trục', en: 'Hub' }, code: 'H53' };
const newSigner = (): Signer => signerOf(newPrivateKey())!;

let world: LaneWorld;
beforeAll(async () => {
  world = await LaneWorld.begin();
});
afterAll(() => world.end());
beforeEach(async () => {
  await world.db.pool.query(
    `truncate streams, aliases, event_ids, events, outbox, plan_cursor, day_counts, ledger_days, contract_history, comparisons,
       discrepancies, statement_signatures, statements, statement_keys, refused_signatures, ledger_epochs cascade;
     insert into ledger_days (day) values ('2026-11-01')`,
  );
  await world.clear();
  await applyAgency(world.db, {
    apiVersion: 'lienthong/v1',
    kind: 'Agency',
    id: 'a',
    name: { vi: 'Sở Tư pháp', en: 'Justice' },
    versions: [
      {
        validFrom: '2018-01-01',
        owner: 'G15',
        protocol: 'http-json',
        receives: [],
        sends: [],
        limits: { inFlight: 1, timeout: '1s' },
        retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
        replies: [],
        onDuplicate: 'refuse',
        codeTables: { sex: [{ validFrom: '2018-01-01', codes: { m: 1 } }] },
      },
    ],
  });
});

const make = (day: string, more: { withoutComparison?: boolean } = {}): Promise<Made> =>
  makeStatement(world.db, { agency: 'a', day, hub, withoutComparison: true, ...more });
async function made(day: string, more = {}): Promise<Statement> {
  const outcome = await make(day, more);
  if (outcome.outcome !== 'made') throw new Error(outcome.outcome);
  return outcome.statement;
}
const close = (day: string, next: string, ...counts: [number, number, number, number]): Promise<void> =>
  closesDay(world.db, day, next, 'a', counts);
const code = async (stream: string): Promise<string> =>
  (await world.db.pool.query<{ code: string }>(`select code from aliases where stream_id = $1`, [stream])).rows[0]!
    .code;

describe('a statement', () => {
  it('says of a closed day what the ledger says, in a shape that is published', async () => {
    await world.caseOf(['full']);
    await close('2026-11-01', '2026-11-02', 0, 1, 0, 1);
    const statement = await made('2026-11-01');
    expect(validateStatement(statement)).toEqual([]);
    expect(statement).toMatchObject({
      parties: { ours: hub, theirs: { id: 'a', name: { vi: 'Sở Tư pháp' }, code: 'G15' } },
      epoch: 1,
      previous: null,
      counts: { opening: 0, planned: 1, acknowledged: 0, carried: 1 },
      coverage: 'none',
      comparison: null,
      chainHeads: { streams: 1 },
      contracts: [{ validFrom: '2018-01-01', serial: 1 }],
      codeTables: [{ name: 'sex', hash: textHash('{"codes":{"m":1},"validFrom":"2018-01-01"}') }],
    });
    const kept = await statementDocument(world.db, 'a', '2026-11-01');
    expect(kept).toEqual({ document: canonicalJson(statement), hash: textHash(canonicalJson(statement)) });
  });

  it('is made once, whoever comes at the same time, and never changes', async () => {
    await close('2026-11-01', '2026-11-02', 0, 0, 0, 0);
    const all = await Promise.all([make('2026-11-01'), make('2026-11-01'), make('2026-11-01')]);
    expect(all.map(({ outcome }) => outcome).sort()).toEqual(['already', 'already', 'made']);
    expect(new Set(all.map((one) => ('hash' in one ? one.hash : ''))).size).toBe(1);
    await expect(world.db.pool.query(`update statements set document = document`)).rejects.toThrow('append-only');
    await expect(world.db.pool.query(`delete from statements`)).rejects.toThrow('append-only');
  });

  it('names the one before it; a day without one shows, and can’t be put in afterwards', async () => {
    for (const day of [1, 2, 3]) await close(`2026-11-0${day}`, `2026-11-0${day + 1}`, 0, 0, 0, 0);
    const first = await made('2026-11-01');
    const third = await made('2026-11-03');
    expect(third.previous).toEqual({ day: '2026-11-01', hash: textHash(canonicalJson(first)) });
    expect(await make('2026-11-02')).toEqual({ outcome: 'later-one-made', day: '2026-11-03' });
    expect((await statementBundle(world.db, 'a', '2026-11-03'))?.previous).toBe(
      Buffer.from(canonicalJson(first)).toString('base64'),
    );
  });

  it('isn’t made of an open day, before there was a contract, or uncompared where that wasn’t asked for', async () => {
    expect(await make('2026-11-01')).toEqual({ outcome: 'day-not-closed' });
    expect(await make('2026-12-01')).toEqual({ outcome: 'day-not-closed' });
    await close('2026-11-01', '2026-11-02', 0, 0, 0, 0);
    expect(await make('2026-11-01', { withoutComparison: false })).toEqual({ outcome: 'not-compared' });
    await world.db.pool.query(
      `update contract_history set agency_id = agency_id where false; truncate contract_history`,
    );
    expect(await make('2026-11-01')).toEqual({ outcome: 'no-contract' });
  });

  it('takes the comparison that saw most of the day, and the discrepancies that count; another ledger is another epoch', async () => {
    await close('2026-11-01', '2026-11-02', 0, 0, 0, 0);
    await close('2026-11-02', '2026-11-03', 0, 0, 0, 0);
    await world.db.pool.query(
      `insert into comparisons (author, agency_id, day, source, coverage, ended_at, state, lines_ours, lines_theirs, our_digest, their_digest, range_from, range_to)
       values ('spec', 'a', '2026-11-01', 'digest', 'both', now(), 'failed', 9, 9, null, null, '2026-08-01', '2026-11-01'),
         ('spec', 'a', '2026-11-01', 'digest', 'both', now(), 'done', 3, 2, '\\xab', '\\xcd', '2026-08-01', '2026-11-01'),
         ('spec', 'a', '2026-11-01', 'paged-list', 'both', now(), 'done', 1, 1, '\\xaa', '\\xcc', '2026-11-01', '2026-11-01'),
         ('spec', 'a', '2026-11-01', 'look-up', 'ours only', now(), 'done', 4, 4, '\\xaa', null, '2026-08-01', '2026-11-01')`,
    );
    await world.db.pool.query(
      `insert into discrepancies (agency_id, type, key, detail, side, first_comparison, last_comparison, seen, settled_at, settled_as)
       values ('a', 'status-differs', 'K2', '{}', 'theirs', 1, 1, 2, null, null), ('a', 'missing-there', 'K1', '{}', 'ours', 1, 1, 3, null, null),
         ('a', 'missing-there', 'K3', '{}', 'ours', 1, 1, 1, null, null), ('a', 'missing-there', 'K4', '{}', 'ours', 1, 1, 2, now(), 'resent'),
         ('b', 'missing-there', 'K5', '{}', 'ours', 1, 1, 2, null, null)`,
    );
    expect((await dueStatements(world.db)).map(({ day, compared }) => [day, compared])).toEqual([
      ['2026-11-01', true],
      ['2026-11-02', false],
    ]);
    const statement = await made('2026-11-01', { withoutComparison: false });
    expect(statement).toMatchObject({
      coverage: 'both',
      comparison: { source: 'digest' },
      lines: { ours: { count: 3, digest: 'ab' }, theirs: { count: 2, digest: 'cd' } },
      discrepancies: { counts: { 'missing-there': 1, 'status-differs': 1 } },
    });
    const { discrepancies } = (await statementBundle(world.db, 'a', '2026-11-01'))!;
    expect(discrepancies?.map(({ key }) => key)).toEqual(['K1', 'K2']);
    expect(textHash(discrepancyList(discrepancies!))).toBe(statement.discrepancies.list);
    expect((await dueStatements(world.db)).map(({ day }) => day)).toEqual(['2026-11-02']);
    // As after a restore: the rows came along, the cluster is another.
    await world.db.pool.query(`update ledger_epochs set mark = 'elsewhere'`);
    expect((await made('2026-11-02')).epoch).toBe(2);
  });
});

describe('chain heads', () => {
  it('are those of the cut, whenever they are computed, and each is proved', async () => {
    const streams = [await world.caseOf(['full']), await world.caseOf(['full', 'delta']), await world.caseOf(['full'])];
    await world.entered(['full']);
    await close('2026-11-01', '2026-11-02', 0, 4, 0, 4);
    const heads = await chainHeads(world.db, 'a', '2026-11-01');
    expect(heads.streams).toBe(3);
    const { chainHeads: said } = await made('2026-11-01');
    expect(said).toEqual(heads);
    // The next day: a stream goes on, another one is planned.
    await world.grows(streams[0]!, 'delta');
    await world.caseOf(['full']);
    expect(await chainHeads(world.db, 'a', '2026-11-01')).toEqual(heads);
    expect((await chainHeads(world.db, 'a', '2026-11-02')).streams).toBe(4);
    for (const [i, stream] of streams.entries()) {
      const proof = (await proveStream(world.db, 'a', '2026-11-01', await code(stream)))!;
      expect(proof.sequence).toBe(i === 1 ? 2 : 1);
      const path = proof.path.map((hash) => Buffer.from(hash, 'hex'));
      expect(rootBy(leafHash(proof), proof.index, proof.streams, path)?.toString('hex')).toBe(said.merkleRoot);
    }
    expect(await proveStream(world.db, 'a', '2026-11-01', 'nobody')).toBeUndefined();
    expect(await chainHeads(world.db, 'nobody', '2026-11-01')).toMatchObject({ streams: 0 });
  });
});

describe('signatures', () => {
  const at = { agency: 'a', day: '2026-11-01' };
  const refusals = async (): Promise<string[]> =>
    (await world.db.pool.query<{ reason: string }>(`select reason from refused_signatures order by id`)).rows.map(({ reason }) => reason); // prettier-ignore

  it('of both sides are over the same bytes; a wrong one is refused and noted, and stops nothing', async () => {
    const [ours, theirs, other] = [newSigner(), newSigner(), newSigner()];
    expect(await addStatementKey(world.db, { agency: null, spki: ours.spki, by: 'spec' })).toEqual({ outcome: 'added', keyId: keyIdOf(ours.spki) }); // prettier-ignore
    await addStatementKey(world.db, { agency: 'a', spki: theirs.spki, by: 'spec' });
    await close('2026-11-01', '2026-11-02', 0, 0, 0, 0);
    await close('2026-11-02', '2026-11-03', 0, 0, 0, 0);
    const text = canonicalJson(await made('2026-11-01'));
    await addStatementKey(world.db, { agency: 'a', spki: other.spki, by: 'spec' });

    expect(await signOurs(world.db, at, ours)).toEqual({ outcome: 'signed' });
    expect(await signOurs(world.db, at, ours)).toEqual({ outcome: 'already' });
    expect(await signOurs(world.db, at, theirs)).toEqual({ outcome: 'key-not-named', named: [ours.keyId] });
    const take = (signer: Signer, bytes: string): Promise<object> =>
      takeSignature(world.db, at, { keyId: signer.keyId, signature: signer.sign(bytes) });
    expect(await take(theirs, `${text} `)).toEqual({ outcome: 'wrong-signature' });
    expect(await take(ours, text)).toEqual({ outcome: 'unknown-key' });
    expect(await take(other, text)).toEqual({ outcome: 'key-not-named', named: [theirs.keyId] });
    expect(await takeSignature(world.db, at, { keyId: theirs.keyId, signature: Buffer.from('no') })).toEqual({ outcome: 'wrong-signature' }); // prettier-ignore
    expect(await refusals()).toEqual(['wrong-signature', 'unknown-key', 'key-not-named', 'wrong-signature']);
    expect(await take(theirs, text)).toEqual({ outcome: 'signed' });
    expect(await take(theirs, text)).toEqual({ outcome: 'already' });
    expect((await made('2026-11-02')).keys).toEqual({ ours: [ours.keyId], theirs: [theirs.keyId, other.keyId] });

    const [second, first] = await listStatements(world.db, { agency: 'a', before: null, limit: 10 });
    expect([first, second]).toMatchObject([
      { ours: true, theirs: true, refused: 4 },
      { ours: false, theirs: false },
    ]);
    expect((await statementBundle(world.db, 'a', '2026-11-01'))?.signatures.map(({ keyId }) => keyId)).toEqual([ours.keyId, theirs.keyId]); // prettier-ignore
    await expect(world.db.pool.query(`delete from statement_signatures`)).rejects.toThrow('append-only');
  });

  it('of an ended key stay, and it is named no more; a PDF is kept as it came', async () => {
    const ours = newSigner();
    await addStatementKey(world.db, { agency: null, spki: ours.spki, by: 'spec' });
    await close('2026-11-01', '2026-11-02', 0, 0, 0, 0);
    await close('2026-11-02', '2026-11-03', 0, 0, 0, 0);
    await made('2026-11-01');
    await signOurs(world.db, at, ours);
    const pdf = Buffer.from('%PDF-1.7 ký ngoài');
    const file = sha256(pdf).toString('hex');
    expect(await takeSignedPdf(world.db, at, pdf, ours)).toEqual({ outcome: 'signed', file });
    expect(await takeSignedPdf(world.db, at, pdf, ours)).toEqual({ outcome: 'already', file });
    expect((await readFile(world.db, file))?.bytes).toEqual(pdf);
    expect(await endStatementKey(world.db, ours.keyId)).toBe(true);
    expect(await addStatementKey(world.db, { agency: null, spki: ours.spki, by: 'spec' })).toMatchObject({ outcome: 'ended' }); // prettier-ignore
    expect(await addStatementKey(world.db, { agency: 'a', spki: ours.spki, by: 'spec' })).toMatchObject({ outcome: 'of-another' }); // prettier-ignore
    expect((await made('2026-11-02')).keys.ours).toEqual([]);
    expect(await signOurs(world.db, { ...at, day: '2026-11-02' }, ours)).toEqual({ outcome: 'key-not-named', named: [] }); // prettier-ignore
    expect((await statementBundle(world.db, 'a', '2026-11-01'))?.publicKeys).toHaveLength(1);
  });
});
