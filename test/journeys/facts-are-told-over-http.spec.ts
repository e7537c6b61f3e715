import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { periodOf } from '#domain';
import { applyAgency, applyFigures, createKey, createOperatorKey, Database, figureHistory, publishPeriod, readDefinitions, verifyChains } from '#ledger'; // prettier-ignore
import { locateFiguresFile, type AgencyFile } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../libs/ledger/src/testing/fresh-database.js';
import { start, type Started } from './processes.js';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const agency = (id: string): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: 'Cổng thanh toán', en: 'Payments' },
  versions: [
    {
      validFrom: '2018-01-01',
      owner: 'G12',
      protocol: 'feed',
      receives: [],
      sends: [],
      limits: { inFlight: 1, timeout: '1s' },
      retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
      replies: [],
      onDuplicate: 'refuse',
    },
  ],
});

let fresh: FreshDatabase;
let db: Database;
let folder: string;
let reconciliation: Started;
let key: string;
beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', quiet);
  folder = await mkdtemp(join(tmpdir(), 'facts-'));
  for (const id of ['cong-thanh-toan', 'other']) await applyAgency(db, agency(id));
  key = await createOperatorKey(db, 'lan');
  reconciliation = await start('reconciliation/src/main.js', [], {
    DATABASE_URL: fresh.url,
    LIENTHONG_SECRETS_DIR: folder,
    LIENTHONG_BOOKS_DIR: folder,
    LIENTHONG_RECONCILIATION_PORT: '0',
    LIENTHONG_FIGURES_EVERY_MINUTES: '0',
  });
}, 300_000);
afterAll(async () => {
  await reconciliation?.kill('SIGTERM');
  await db?.close();
  await fresh?.drop();
  await rm(folder, { recursive: true });
});

const asked = (code: string, amount = 1_000, at = '2026-05-05T09:00:00+07:00') => ({
  key: `${code}/asked`,
  type: 'vn.lienthong.payment.requested.v1',
  code,
  data: { code, purpose: 'land', amount, requestedAt: at },
});
const settled = (code: string, outcome = 'succeeded', n = 1) => ({
  key: `${code}/settled-${n}`,
  type: 'vn.lienthong.payment.settled.v1',
  code,
  data: { outcome, amount: outcome === 'succeeded' ? 1_000 : 0, at: '2026-05-06T09:00:00+07:00' },
});

interface Told {
  status: number;
  type: string | null;
  body: {
    code?: string;
    detail?: string;
    accepted?: number;
    repeated?: number;
    refused?: number;
    faults?: { path: string; rule: string }[];
    facts?: { outcome: string; subject: string; sequence?: number; eventId?: string }[];
  };
}
async function tell(facts: unknown, { sender = 'cong-thanh-toan', by = key, language = 'vi' } = {}): Promise<Told> {
  const response = await fetch(`http://127.0.0.1:${reconciliation.port}/v1/facts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify({ sender, facts }),
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, body: (await response.json()) as Told['body'] };
}

/** May's figures counted now; every word that was said of one of them. */
const published = async (): Promise<unknown[]> => {
  const definitions = (await readDefinitions(db.pool)).map(({ definition }) => definition);
  await publishPeriod(db, definitions, periodOf('2026-05')!);
  return (await figureHistory(db.pool, 'figure/payments-succeeded/2026-05')).map(({ said }) => [
    said.numerator,
    said.denominator,
    said.revises?.reason ?? null,
  ]);
};

describe('facts told over HTTP', () => {
  it('are counted by the figures, and what comes late revises them', async () => {
    const { file } = locateFiguresFile(readFileSync('deploy/figures/province.yaml', 'utf8'));
    await applyFigures(db, file.figures, { author: 'lan', note: null });
    const codes = Array.from({ length: 20 }, (_, n) => `TTD-${n}`);
    const first = await tell([...codes.map((code) => asked(code)), ...codes.slice(0, 10).map((code) => settled(code))]);
    expect(first).toMatchObject({ status: 200, body: { accepted: 30, repeated: 0, refused: 0 } });
    expect(first.body.facts![20]).toMatchObject({ outcome: 'accepted', subject: 'payment/TTD-0', sequence: 2 });
    expect(await published()).toEqual([[10, 20, null]]);
    await tell([settled('TTD-10')]);
    expect(await published()).toEqual([
      [10, 20, null],
      [11, 20, 'late-facts'],
    ]);
  });

  it('are entered once, however often and side by side they are sent', async () => {
    const batch = [asked('again'), settled('again')];
    const answers = await Promise.all(Array.from({ length: 6 }, () => tell(batch)));
    const sum = (name: 'accepted' | 'repeated'): number => answers.reduce((all, { body }) => all + body[name]!, 0);
    expect([sum('accepted'), sum('repeated')]).toEqual([2, 10]);
    expect(new Set(answers.map(({ body }) => body.facts![1]!.eventId)).size).toBe(1);
    expect(await verifyChains(db.pool)).toMatchObject({ broken: 0 });
  });

  it('are refused row by row, and the others stay taken', async () => {
    const { status, type, body } = await tell(
      [asked('good'), asked('bad', -1), settled('nowhere'), asked('again', 2_000), { ...asked('nul'), key: 'a\0' }],
      { language: 'en' },
    );
    expect([status, type, body.code, body.accepted, body.refused]).toEqual([
      422,
      'application/problem+json; charset=utf-8',
      'facts-refused',
      1,
      4,
    ]);
    expect(body.detail).toMatch(/^Some facts were not taken/);
    expect(body.faults).toEqual([
      { path: '/facts/1/data/amount', rule: 'minimum:0' },
      { path: '/facts/2/code', rule: 'opened' },
      { path: '/facts/3/key', rule: 'conflicting-body' },
      { path: '/facts/4/key', rule: 'nul' },
    ]);
    expect(body.facts!.map(({ outcome }) => outcome)).toEqual(['accepted', 'refused', 'unknown-stream', 'conflict', 'refused']); // prettier-ignore
    expect((await tell([{ ...settled('good'), key: 'of-another' }], { sender: 'other' })).body.faults).toEqual([
      { path: '/facts/0/code', rule: 'own' },
    ]);
  });

  it('come by an operator’s key, of an agency that there is, and are no figures', async () => {
    const agencys = await createKey(db, 'cong-thanh-toan', 'spec');
    expect(await tell([asked('x')], { by: agencys })).toMatchObject({
      status: 401,
      body: { code: 'wrong-credentials' },
    });
    expect(await tell([asked('x')], { sender: 'nobody' })).toMatchObject({
      status: 400,
      body: { code: 'invalid-envelope', faults: [{ path: '/sender', rule: 'known-agency' }] },
    });
    const figure = { key: 'f', type: 'vn.lienthong.figure.published.v1', code: 'payments-succeeded/2026-06', data: {} };
    expect(await tell([asked('x'), figure])).toMatchObject({ status: 400, body: { code: 'invalid-envelope' } });
    const many = Array.from({ length: 1_001 }, (_, n) => asked(`m${n}`));
    expect(await tell(many)).toMatchObject({ status: 400, body: { faults: [{ path: '/facts', rule: 'maxItems:1000' }] } }); // prettier-ignore
    const { rows } = await db.pool.query(`select 1 from aliases where code in ('payment/x', 'payment/m0')`);
    expect(rows).toEqual([]);
  });
});
