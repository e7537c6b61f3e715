import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyAgency, createKey, Database, isUnavailable } from '#ledger';
import { createLog, RefuseFilter } from '#service';
import { bucketOf } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../../../libs/ledger/src/testing/fresh-database.js';
import { caseOf, compares, contractOf, documented, inDocs, lineOf, type Case } from '../sources/books.fixture.js';
import { AgencyKeys } from './agency-keys.js';
import { ShowBookController } from './show-book.controller.js';

const log = createLog('spec', 'silent');
let fresh: FreshDatabase;
let db: Database;
let app: NestFastifyApplication;
let url: string;
let key: string;
const books = Array.from({ length: 3_000 }, (_, n) => caseOf(n));

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', log);
  const version = contractOf({ by: 'digest', url: 'http://127.0.0.1:1', compares });
  for (const id of ['portal', 'other'])
    await applyAgency(db, {
      apiVersion: 'lienthong/v1',
      kind: 'Agency',
      id,
      name: { vi: id, en: id },
      versions: [version],
    });
  const lines = books.map(lineOf);
  await db.pool.query(
    `insert into book_lines (agency_id, stream_id, key, received_on, bucket, hash, fields, settled_through)
     select 'portal', t.nth, t.key, t.day, t.bucket, decode(t.hash, 'hex'), t.fields || '{"judged":"early"}', 1
     from unnest($1::text[], $2::date[], $3::smallint[], $4::text[], $5::jsonb[]) with ordinality as t(key, day, bucket, hash, fields, nth)`,
    [
      ...[lines.map((l) => l.key), lines.map((l) => l.receivedOn), lines.map((l) => bucketOf(l.key))],
      ...[lines.map((l) => l.hash), lines.map((l) => JSON.stringify(l.fields))],
    ],
  );
  await db.pool.query(`insert into book_refreshes (agency_id, up_to, compares) values ('portal', now(), $1)`, [
    compares,
  ]);
  key = await createKey(db, 'portal', 'spec');

  class Books {}
  const providers = [
    { provide: Database, useValue: db },
    { provide: AgencyKeys, useValue: new AgencyKeys(db) },
  ];
  Module({ controllers: [ShowBookController], providers })(Books);
  app = await NestFactory.create<NestFastifyApplication>(Books, new FastifyAdapter(), { logger: false });
  app.useGlobalFilters(new RefuseFilter(log, isUnavailable));
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(async () => {
  await app.close();
  await db.close();
  await fresh.drop();
});

const asked = (path: string, by = key) =>
  fetch(`${url}/v1/agencies/portal/${path}`, { headers: { authorization: `Bearer ${by}` } });
const march = 'from=2026-03-01&to=2026-03-05';

interface Compare {
  differing(of: { url: string; key: string; from: string; to: string; books: AsyncIterable<Case> }): AsyncIterable<{ key: string; differs: unknown }>; // prettier-ignore
}
async function differing(theirs: readonly Case[]): Promise<string[]> {
  const program = await documented<Compare>('compare.mjs');
  const found: string[] = [];
  const given = (async function* () {
    for (const one of theirs) yield await Promise.resolve(one);
  })();
  for await (const one of program.differing({
    url: `${url}/v1/agencies/portal`,
    key,
    from: '2026-03-01',
    to: '2026-03-05',
    books: given,
  }))
    // prettier-ignore
    found.push(`${one.key} ${String(one.differs)}`);
  return found.sort();
}

describe('an agency that asks for our book of it', () => {
  it('compares it with its own by the program that it was given, and finds each case that differs', async () => {
    expect(await differing(books)).toEqual([]);
    const theirs = [...books.slice(1), { ...caseOf(1), key: 'H-MORE' }];
    theirs[9] = caseOf(10, { status: '9' });
    theirs[16] = caseOf(17, { dueOn: null, applicantName: 'KHÁC' });
    expect(await differing(theirs)).toEqual([
      `${caseOf(0).key} missing here`,
      `${caseOf(10).key} status`,
      `${caseOf(17).key} dueOn,applicantName`,
      'H-MORE missing there',
    ]);
  });

  it('runs that program on a file, which names each case, says how it ended and ends with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'books-'));
    const run = async (theirs: readonly Case[]): Promise<string> => {
      const file = join(folder, 'books.ndjson');
      await writeFile(file, theirs.map((one) => JSON.stringify(one)).join('\n'));
      const args = [inDocs('compare.mjs'), `${url}/v1/agencies/portal`, '2026-03-01', '2026-03-05', file];
      const program = execFile(process.execPath, args, { env: { ...process.env, LIENTHONG_KEY: key } });
      const said = Promise.all([text(program.stdout!), text(program.stderr!)]);
      const [code] = (await once(program, 'close')) as [number];
      return [code, ...(await said)].join(' ');
    };
    expect(await run(books)).toBe('0  Hai bên khớp · both sides agree\n');
    expect(await run(books.slice(1))).toMatch(/^1 \{"key":"[^"]+",.+"missing here"\}\n 1 hồ sơ lệch/);
    await rm(folder, { recursive: true });
  });

  it('is shown what its contract compares and nothing else, in the byte order of keys', async () => {
    const lines = (await (await asked(`lines?${march}`)).text()).trim().split('\n').map((line) => JSON.parse(line) as Case); // prettier-ignore
    expect(lines).toHaveLength(3_000);
    expect(Object.keys(lines[0]!.fields).sort()).toEqual([...compares].sort());
    const keys = lines.map((line) => line.key);
    expect(keys).toEqual([...keys].sort());
    const inBucket = (await (await asked(`lines?${march}&bucket=5`)).text()).trim().split('\n');
    expect(inBucket).toHaveLength(keys.filter((one) => bucketOf(one) === 5).length);
  });

  it('is admitted by its own key alone, and told what is wrong with its question', async () => {
    const other = await createKey(db, 'other', 'spec');
    const statuses = async (...paths: [string, string?][]) =>
      Promise.all(paths.map(async ([path, by]) => (await asked(path, by)).status));
    expect(await statuses([`digests?${march}`, other], [`lines?${march}`, 'nobody'], [`digests?${march}`])).toEqual([
      403, 401, 200,
    ]);
    expect(await statuses(['lines?from=2026-03-01'], [`lines?${march}&bucket=64`], ['digests?from=2026-03-05&to=2026-03-01'], [`digests?${march}&by=hour`])).toEqual([400, 400, 400, 400]); // prettier-ignore
    expect((await fetch(`${url}/v1/agencies/portal/lines?${march}`)).status).toBe(401);
    const nobodys = `${url}/v1/agencies/other/digests?${march}`;
    expect((await fetch(nobodys, { headers: { authorization: `Bearer ${other}` } })).status).toBe(404);
  });
});
