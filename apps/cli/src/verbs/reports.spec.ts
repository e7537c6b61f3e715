import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { typed } from '../testing/terminal.js';

let server: Server;
let folder: string;
let asked: string[];
let env: Record<string, string>;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lienthong-report-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url!);
    if (request.headers.authorization !== 'Bearer lto_lan') return void response.writeHead(401).end();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env = {
    LIENTHONG_RECONCILIATION_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    LIENTHONG_OPERATOR_KEY: 'lto_lan',
  };
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a report that is downloaded', () => {
  it('is the file that was asked for, in the form of its name', async () => {
    answer = (_request, response) => response.end('ma;ten\r\n');
    const out = join(folder, 'a.xlsx');
    expect(await typed(`report run II.06a --period 2021-Q1 --by unit --out ${out}`, env)).toMatchObject({ code: 0 });
    expect(asked).toEqual(['/v1/reports/II.06a?period=2021-Q1&by=unit&as=xlsx']);
    expect([readdirSync(folder), readFileSync(out, 'utf8')]).toEqual([['a.xlsx'], 'ma;ten\r\n']);
  });

  it('leaves nothing where the answer was cut, and what was there before', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half', () => response.destroy());
    };
    const out = join(folder, 'a.csv');
    expect(await typed(`report appeal --period 2021 --out ${out}`, env)).toMatchObject({ code: 1 });
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(out, 'before');
    expect(await typed(`report appeal --period 2021 --out ${out}`, env)).toMatchObject({ code: 1 });
    expect([existsSync(`${out}.part`), readFileSync(out, 'utf8')]).toEqual([false, 'before']);
  });

  it('says what the process refused, in its words', async () => {
    answer = (_request, response) =>
      response.writeHead(404).end('{"code":"no-definition-then","detail":"index-766: 2021-12-31 < 2022-01-01"}');
    const ran = await typed('report run index-766 --period 2021', env);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('index-766: 2021-12-31 < 2022-01-01 [no-definition-then]');
  });

  it.each([
    'report run II.06a',
    'report run II.06a --period 2021 --as pdf',
    'report cases --period 2021 --column overdue --as xlsx',
  ])('%s isn’t understood, and nobody is asked', async (words) => {
    expect(await typed(words, env)).toMatchObject({ code: 2 });
    expect(asked).toEqual([]);
  });

  it('lists cases on the terminal, the row of cases that name none among them', async () => {
    answer = (_request, response) => response.end('H99-1\r\n');
    expect(await typed('report cases --period 2021 --column open --row=', env)).toMatchObject({
      code: 0,
      out: 'H99-1\r\n',
    });
    expect(asked).toEqual(['/v1/reports/II.06a/cases?period=2021&row=&column=open&as=csv']);
  });

  it('shows shares that nobody can know as such', async () => {
    const period = { text: '2021', first: '2021-01-01', last: '2021-12-31' };
    const counts = { received: 0, online: 0, synced: 0, notSynced: 0, compared: 0, lostThere: 0, onlyThere: 0, doubledThere: 0 }; // prettier-ignore
    const atPortal = { count: 0, by: 'acknowledged', counted: 0 };
    const unknown = { reported: null, denominator: 0, syncRate: null, onlineRate: null, onlineRateCounted: null };
    const report = { period, ...counts, ...unknown, atPortal, days: { compared: 0, of: 31 }, rows: [] };
    answer = (_request, response) => response.end(JSON.stringify(report));
    const { out } = await typed('report sync --period 2021', env);
    expect(out).toMatch(/sync rate\s+–/);
    expect(out).toMatch(/reporting system\s+chưa ai cho biết · not told/);
    expect(out).toMatch(/days compared\s+0 \/ 31/);
    expect(out).toMatch(/portal\s+0 \(chưa đối soát ngày nào/);
  });
});
