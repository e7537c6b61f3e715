import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import exceljs from 'exceljs';
import type { FastifyInstance } from 'fastify';
import { addStatementKey, applyAgency, createKey, createOperatorKey, listStatements, readFile } from '#ledger';
import { createLog } from '#service';
import { newPrivateKey, signerOf, type AgencyFile, type Signer, type StatementBundle } from '#wire';
import { closesDay } from '../../../../libs/ledger/src/testing/closed-day.js';
import { LaneWorld } from '../../../../libs/ledger/src/testing/lane-world.js';
import { admitStatementReaders } from './admit.hook.js';
import { MakeStatementsSchedule } from './make-statements.schedule.js';
import { StatementOffice } from './statement-office.js';
import { StatementsController } from './statements.controller.js';

const log = createLog('spec', 'silent');
const hub = { id: 'lienthong', name: { vi: 'Trục', en: 'Hub' }, code: 'H53' };
const theirs = signerOf(newPrivateKey())!;

let world: LaneWorld;
let folder: string;
let ours: Signer;
let office: StatementOffice;
let app: NestFastifyApplication;
let fastify: FastifyInstance;
const keys: Record<'a' | 'b' | 'operator', string> = { a: '', b: '', operator: '' };

const agency = (id: string, reconcile?: AgencyFile['versions'][number]['reconcile']): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id,
  name: { vi: 'Sở <Tư pháp>', en: 'Justice' },
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
      ...(reconcile ? { reconcile } : {}),
    },
  ],
});
const days = async (id: string): Promise<string[]> =>
  (await listStatements(world.db, { agency: id, before: null, limit: 10 })).map(({ day }) => day).reverse();

beforeAll(async () => {
  world = await LaneWorld.begin();
  await world.clear();
  folder = mkdtempSync(join(tmpdir(), 'statements-'));
  const pem = newPrivateKey();
  ours = signerOf(pem)!;
  writeFileSync(join(folder, 'key.pem'), pem);
  await world.db.pool.query(`truncate ledger_days cascade; insert into ledger_days (day) values ('2026-11-01')`);
  await applyAgency(world.db, agency('a'));
  await applyAgency(world.db, agency('b', { by: 'digest', url: 'http://b/lines', compares: ['status'] }));
  keys.a = await createKey(world.db, 'a', 'spec');
  keys.b = await createKey(world.db, 'b', 'spec');
  keys.operator = await createOperatorKey(world.db, 'an');
  await addStatementKey(world.db, { agency: null, spki: ours.spki, by: 'spec' });
  await addStatementKey(world.db, { agency: 'a', spki: theirs.spki, by: 'spec' });
  office = new StatementOffice(world.db, hub, join(folder, 'key.pem'), log);

  class Root {}
  const module = { module: Root, controllers: [StatementsController], providers: [{ provide: StatementOffice, useValue: office }] }; // prettier-ignore
  const adapter = new FastifyAdapter();
  app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bodyParser: false, logger: false });
  fastify = adapter.getInstance<FastifyInstance>();
  admitStatementReaders(fastify, world.db);
  await app.init();
  await fastify.ready();
});
afterAll(async () => {
  await app.close();
  await world.end();
  rmSync(folder, { recursive: true });
});

describe('statements of closed days', () => {
  it('are made in order: at once where nothing is compared, else once it was or the wait is over; and signed', async () => {
    const round = (waitMs: number): Promise<void> => new MakeStatementsSchedule(office, waitMs, log).make();
    for (const day of [1, 2, 3]) await closesDay(world.db, `2026-11-0${day}`, `2026-11-0${day + 1}`, 'a', [0, 0, 0, 0]);
    await world.db.pool.query(
      `insert into comparisons (agency_id, day, source, author, coverage, ended_at, state) values ('b', '2026-11-02', 'digest', 'spec', 'both', now(), 'done')`,
    );
    await Promise.all([round(3_600_000), round(3_600_000)]);
    expect([await days('a'), await days('b')]).toEqual([['2026-11-01', '2026-11-02', '2026-11-03'], []]);
    // The second day of b was compared, but the first comes first.
    await world.db.pool.query(
      `insert into comparisons (agency_id, day, source, author, coverage, ended_at, state) values ('b', '2026-11-01', 'digest', 'spec', 'ours only', now(), 'done')`,
    );
    await round(3_600_000);
    expect(await days('b')).toEqual(['2026-11-01', '2026-11-02']);
    await round(0);
    const list = await listStatements(world.db, { agency: 'b', before: null, limit: 10 });
    expect(list.map(({ coverage, ours }) => [coverage, ours])).toEqual([['none', true], ['both', true], ['ours only', true]]); // prettier-ignore
  });
});

describe('the statements’ door', () => {
  const at = '/v1/agencies/a/statements';
  const ask = (url: string, key?: string, more: object = {}) =>
    fastify.inject({ method: 'GET', url, ...(key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }), ...more }); // prettier-ignore
  const hand = (key: string, url: string, body: object) =>
    fastify.inject({ method: 'POST', url, headers: { authorization: `Bearer ${key}`, 'accept-language': 'en' }, payload: body }); // prettier-ignore
  const handPdf = (key: string, payload: Buffer) =>
    fastify.inject({ method: 'PUT', url: `${at}/2026-11-01/signed-pdf`, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/pdf' }, payload }); // prettier-ignore

  it('opens an agency’s own statements to its key, and all to an operator’s', async () => {
    const answers: [string, string | undefined, number, string?][] = [
      [`${at}/2026-11-01`, undefined, 401, 'missing-credentials'],
      [`${at}/2026-11-01`, 'nobody', 401, 'wrong-credentials'],
      [`${at}/2026-11-01`, keys.b, 403, 'not-your-statement'],
      [`${at}/2026-11-09`, keys.a, 404, 'unknown-statement'],
      [`${at}/2026-11-01.docx`, keys.a, 404, 'unknown-statement'],
      [`${at}/2026-02-30`, keys.a, 404, 'unknown-statement'],
      [at, keys.a, 200],
      [at, keys.operator, 200],
      ['/v1/statements', keys.operator, 200],
      ['/v1/statements', keys.a, 403, 'not-your-statement'],
      ['/v1/agencies/a/statement-keys', keys.a, 200],
    ];
    for (const [url, key, status, code] of answers) {
      const { statusCode, body } = await ask(url, key);
      expect([url, statusCode, (JSON.parse(body) as { code?: string }).code]).toEqual([url, status, code]);
    }
  });

  it('gives the bytes that are signed, and takes the agency’s signature over them', async () => {
    const { body, headers } = await ask(`${at}/2026-11-01`, keys.a);
    expect(headers.etag).toBe(`"${createHash('sha256').update(body).digest('hex')}"`);
    const signing = `${at}/2026-11-01/signatures`;
    const signature = theirs.sign(body).toString('base64');
    const { keyId } = theirs;
    const wrong = await hand(keys.a, signing, { keyId, signature: theirs.sign(`${body} `).toString('base64') });
    expect([wrong.statusCode, JSON.parse(wrong.body)]).toMatchObject([422, { code: 'wrong-signature', title: 'The signature does not fit the statement’s bytes; this was noted.' }]); // prettier-ignore
    expect((await hand(keys.a, signing, { keyId: ours.keyId, signature })).statusCode).toBe(422);
    expect((await hand(keys.a, signing, { keyId, signature: 'no' })).statusCode).toBe(400);
    const broken = await fastify.inject({ method: 'POST', url: signing, headers: { authorization: `Bearer ${keys.a}`, 'content-type': 'application/json' }, payload: '{' }); // prettier-ignore
    expect([broken.statusCode, JSON.parse(broken.body)]).toMatchObject([400, { code: 'malformed-json', title: 'Nội dung không phải JSON hợp lệ.' }]); // prettier-ignore
    for (const other of [keys.b, keys.operator])
      expect((await hand(other, signing, { keyId, signature })).statusCode).toBe(403);
    expect(JSON.parse((await hand(keys.a, signing, { keyId, signature })).body)).toEqual({ outcome: 'signed' });
    expect(JSON.parse((await hand(keys.a, signing, { keyId, signature })).body)).toEqual({ outcome: 'already' });
    expect((await listStatements(world.db, { agency: 'a', before: '2026-11-02', limit: 1 }))[0]).toMatchObject({ theirs: true, refused: 2 }); // prettier-ignore
  });

  it('keeps a PDF that was signed outside byte for byte, and nothing else', async () => {
    const pdf = Buffer.from('%PDF-1.7\n\u0000\u00ff');
    const answer = JSON.parse((await handPdf(keys.a, pdf)).body) as { file: string; outcome: string };
    expect(answer).toEqual({ outcome: 'signed', file: createHash('sha256').update(pdf).digest('hex') });
    expect((await readFile(world.db, answer.file))?.bytes).toEqual(pdf);
    expect((await handPdf(keys.a, Buffer.from('<html>'))).statusCode).toBe(415);
    expect((await handPdf(keys.b, pdf)).statusCode).toBe(403);
    writeFileSync(join(folder, 'key.pem'), 'no key');
    expect((await handPdf(keys.a, pdf)).statusCode).toBe(503);
  });

  it('gives it to read as JSON, as a page and as a workbook', async () => {
    const { body } = await ask(`${at}/2026-11-01.json`, keys.a);
    expect((JSON.parse(body) as StatementBundle).signatures.map(({ kind }) => kind)).toEqual(['ed25519', 'ed25519', 'pdf']); // prettier-ignore
    const page = await ask(`${at}/2026-11-01.html`, keys.operator);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('Sở &lt;Tư pháp&gt;');
    expect(page.body).not.toMatch(/Sở <Tư|src=|href=|url\(/);
    const book = new exceljs.Workbook();
    await book.xlsx.load((await ask(`${at}/2026-11-01.xlsx`, keys.a)).rawPayload as never);
    expect(book.worksheets.map(({ name }) => name)).toEqual(['Số lượt chuyển', 'Chênh lệch', 'Căn cứ']);
  });
});
