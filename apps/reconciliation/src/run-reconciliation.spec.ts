import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applyAgency, claimLanes, commitOutcomes, Database, enlist, enter, plan } from '#ledger';
import { createLog } from '#service';
import type { AgencyFile } from '#wire';
import { outcomeFor } from '../../../libs/ledger/src/testing/outcome-for.js';
import { freshDatabase, type FreshDatabase } from '../../../libs/ledger/src/testing/fresh-database.js';
import { KeptResults } from './kept-results.js';
import { beside, readBook } from './read-books.js';
import { RunReconciliation, type Run } from './run-reconciliation.js';

const log = createLog('spec', 'silent');
const hash = createHash('sha256').update('item').digest('hex');
const line = (n: number, code: string, more: object = {}): string =>
  `${JSON.stringify({ n, at: 'x', agency: 'office', operation: 'op', code, hash, effect: 'applied', ...more })}\n`;

let fresh: FreshDatabase;
let db: Database;
let folder: string;
let server: Server;
let address: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = new Database(fresh.url, 'spec', log);
  folder = mkdtempSync(join(tmpdir(), 'reconciliation-'));
});
beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await db.close();
  await fresh.drop();
});

const office = (url: string): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: 'office',
  name: { vi: 'Cơ quan', en: 'Office' },
  versions: [
    {
      validFrom: '2018-01-01',
      owner: 'H53',
      protocol: 'one-stop',
      receives: [{ procedures: ['*'], events: ['case.received'] }],
      sends: ['case.received'],
      limits: { inFlight: 1, timeout: '1s' },
      retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
      replies: [],
      onDuplicate: 'refuse',
      reconcile: { by: 'books', url },
    },
  ],
});

/** A case that the office acknowledged. */
async function delivered(code: string): Promise<string> {
  const [entry] = await enter(
    db,
    [
      {
        sender: 'other',
        key: code,
        type: 'vn.lienthong.case.received.v1',
        caseCode: code,
        data: { code },
        opens: { procedure: 'p', openedOn: '2021-01-01', dueAt: null },
        status: 2,
      },
    ],
    () => true,
  );
  if (entry?.outcome !== 'accepted') throw new Error(entry?.outcome);
  await plan(db, [entry.stream], () => ({ recipients: [{ agency: 'office' }], collectFrom: [] }));
  const worker = await enlist(db, 'spec');
  const lane = (await claimLanes(db, { worker, agency: 'office', limit: 1, late: 0, outSeconds: 0, canAsk: false }))
    .claimed[0];
  await commitOutcomes(db, worker, [outcomeFor(lane!, 'acknowledged', { itemHash: hash, contractVersion: null })]);
  return entry.eventId;
}

const run = (): Promise<Run> => new RunReconciliation(db, new KeptResults(folder), log).run();

describe('a count over HTTP', () => {
  beforeAll(async () => {
    await applyAgency(db, office('http://127.0.0.1:1/books'));
  });

  it('reads both books of an agency, compares them and keeps the result as JSON and as a table', async () => {
    await applyAgency(db, office(`${address}/books`));
    const eventId = await delivered('C-1');
    const asked: (string | undefined)[] = [];
    answer = ({ url }, response) => {
      asked.push(url);
      response.end(
        url?.startsWith('/books')
          ? line(1, 'C-1')
          : `${JSON.stringify({ n: 1, code: 'C-1', eventId })}\n${JSON.stringify({ n: 2, code: 'C-2', eventId: eventId.replace(/^......../, '00000000') })}\n`,
      );
    };
    const counted = await run();
    expect(asked).toEqual(['/books?after=0', '/submitted?after=0']);
    expect(counted).toMatchObject({ outcome: 'counted', result: { entered: 2, expected: 1, delivered: 1, lost: 1 } });
    const { id } = counted as { id: string };
    const results = new KeptResults(folder);
    expect(JSON.parse((await results.read(id, 'json'))!)).toEqual((counted as { result: unknown }).result);
    const table = (await results.read(id, 'txt'))!;
    expect(table).toMatch(/Mất · lost +1 +1 +0\n/);
    expect(table).toMatch(/office {2}C-2 {2}dòng 2 {2}đã báo 202/);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await results.read('../../etc/passwd', 'json')).toBeUndefined();
    expect(await results.read('20200101T000000.000Z', 'json')).toBeUndefined();
  });

  it('says which book could not be read, and counts nothing', async () => {
    await applyAgency(db, office(`${address}/books`));
    const kept = readdirSync(folder).length;
    const answers: [(response: ServerResponse) => void, string][] = [
      [(response) => response.writeHead(500).end(), 'HTTP 500'],
      [(response) => response.writeHead(404).end(), 'HTTP 404'],
      [(response) => response.end('<html>'), 'the line after 0 is not a line of a book'],
      [(response) => response.end(line(1, 'C-1') + line(1, 'C-1')), 'the line after 1 is not a line of a book'],
      [
        (response) => response.end(line(1, 'C-1') + line(2, 'C-1', { effect: 'maybe' })),
        'the line after 1 is not a line of a book',
      ],
      [(response) => response.destroy(), 'UND_ERR_SOCKET'],
    ];
    for (const [give, because] of answers) {
      answer = (_request, response) => give(response);
      expect(await run()).toEqual({ outcome: 'book-unreadable', agency: 'office', because });
    }
    await applyAgency(db, office('http://127.0.0.1:1/books'));
    expect(await run()).toEqual({ outcome: 'book-unreadable', agency: 'office', because: 'ECONNREFUSED' });
    expect(readdirSync(folder)).toHaveLength(kept);
  });

  it('counts one after the other when asked twice at once', async () => {
    await applyAgency(db, office(`${address}/books`));
    let open = 0;
    let most = 0;
    answer = (_request, response) => {
      most = Math.max(most, ++open);
      response.end(line(1, 'C-1'), () => open--);
    };
    answer = ((give) => (request: IncomingMessage, response: ServerResponse) =>
      request.url?.startsWith('/submitted') ? response.writeHead(404).end() : give(request, response))(answer);
    const reconciliation = new RunReconciliation(db, new KeptResults(folder), log);
    const runs = await Promise.all([reconciliation.run(), reconciliation.run(), reconciliation.run()]);
    expect(runs.map(({ outcome }) => outcome)).toEqual(['counted', 'counted', 'counted']);
    expect(most).toBe(1);
  });
});

describe('a book over HTTP', () => {
  it('is taken up after the last line when the connection breaks', async () => {
    const all = Array.from({ length: 12_000 }, (_, i) => line(i + 1, 'H53.14-210505-0001'));
    const asked: number[] = [];
    answer = ({ url }, response) => {
      const after = Number(new URL(url!, address).searchParams.get('after'));
      asked.push(after);
      if (asked.length > 1) return void response.end(all.slice(after).join(''));
      // Cut in the middle of a line, after at least one batch.
      const text = all.join('');
      response.write(text.slice(0, Math.floor(text.length * 0.7)), () => response.destroy());
    };
    const taken: number[] = [];
    expect(await readBook(`${address}/books`, async (lines) => void taken.push(...lines.map(({ n }) => n)))).toBe(
      12_000,
    );
    expect(asked).toHaveLength(2);
    expect(asked[1]).toBeGreaterThan(0);
    expect(taken).toEqual(all.map((_, i) => i + 1));
  });

  it('lies beside the book of submissions', () => {
    expect(beside('http://h:1/books', 'submitted')).toBe('http://h:1/submitted');
    expect(beside('http://h:1/a/books/', 'submitted')).toBe('http://h:1/a/submitted');
    expect(beside('http://h:1', 'submitted')).toBe('http://h:1/submitted');
  });
});
