import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { typed, type Ran } from '../testing/terminal.js';

let folder: string;
let server: Server;
let env: Record<string, string>;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lienthong-submit-'));
  writeFileSync(join(folder, 'mot-cua.key'), 'lt_key\n');
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env = {
    LIENTHONG_SECRETS_DIR: folder,
    LIENTHONG_INTAKE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** Answers each line as it comes, in the words of intake. */
const answerLines =
  (of: (text: string, number: number) => object | 'cut') => (request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    let number = 0;
    const lines = createInterface({ input: request });
    lines.on('line', (text) => {
      number++;
      if (text.trim() === '') return;
      const said = of(text, number);
      if (said === 'cut') response.socket?.end();
      else response.write(`${JSON.stringify({ line: number, ...said })}\n`);
    });
    lines.on('close', () => response.end());
    request.on('error', () => undefined);
    lines.on('error', () => undefined);
  };
const submit = (lines: string[], more = ''): Promise<Ran> => {
  writeFileSync(join(folder, 'in.ndjson'), lines.join('\n'));
  return typed(`submit -f ${join(folder, 'in.ndjson')}${more}`, env);
};
const accepted = { status: 202, outcome: 'accepted' };

describe('submit', () => {
  it('writes an answer a line and shows the key of the agency', async () => {
    let shown: unknown;
    answer = (request, response) => {
      shown = [request.url, request.headers.authorization, request.headers['content-type']];
      answerLines(() => accepted)(request, response);
    };
    const { code, out, err } = await submit(['{"a":1}', '', '{"a":2}']);
    expect(shown).toEqual(['/v1/batches', 'Bearer lt_key', 'application/x-ndjson']);
    expect(code).toBe(0);
    expect(out).toBe('{"line":1,"status":202,"outcome":"accepted"}\n{"line":3,"status":202,"outcome":"accepted"}\n');
    expect(err).toContain('2 dòng, 2 câu trả lời');
  });

  it('ends with 1 where a line was refused, and counts by what was answered', async () => {
    answer = answerLines((text) =>
      text === 'bad'
        ? { status: 422, code: 'invalid-payload' }
        : text === 'old'
          ? { status: 200, outcome: 'repeated' }
          : accepted,
    );
    const { code, err } = await submit(['new', 'bad', 'old', 'old']);
    expect(code).toBe(1);
    expect(err).toMatch(/1 {2}đã ghi nhận/);
    expect(err).toMatch(/2 {2}đã có từ trước/);
    expect(err).toMatch(/1 {2}invalid-payload/);
  });

  it('says what was left unanswered when the connection is cut', async () => {
    answer = answerLines((_text, number) => (number > 2 ? 'cut' : accepted));
    const { code, out, err } = await submit(['1', '2', '3', '4']);
    expect(code).toBe(1);
    expect(out.trim().split('\n')).toHaveLength(2);
    expect(err).toMatch(/2 {2}chưa được trả lời/);
  });

  it('streams: answers are written while lines are still being sent, into a file too', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ i, filler: 'x'.repeat(200) }));
    let answered = 0;
    let answeredBeforeEnd = 0;
    answer = (request, response) => {
      request.on('end', () => (answeredBeforeEnd = answered));
      answerLines(() => (answered++, accepted))(request, response);
    };
    const { code, out } = await submit(lines, ` --out ${join(folder, 'out.ndjson')}`);
    expect([code, out]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'out.ndjson'), 'utf8').trim().split('\n')).toHaveLength(20_000);
    expect(answeredBeforeEnd).toBeGreaterThan(0);
  });

  it('reads from stdin, and draws its progress only on a terminal', async () => {
    answer = answerLines(() => accepted);
    const plain = await typed('submit -f -', env, 'one\ntwo');
    expect(plain).toMatchObject({ code: 0, err: expect.not.stringContaining('\u001b') });
    const tty = await typed('submit -f -', env, 'one\ntwo', true);
    expect(tty.err).toContain('\u001b[2K');
    expect(tty.out).toBe(plain.out);
  });

  it('repeats the problem that refuses everything, in its words', async () => {
    answer = (_request, response) =>
      response.writeHead(401).end(JSON.stringify({ code: 'wrong-credentials', detail: 'Khóa truy cập không đúng.' }));
    expect(await submit(['1'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Khóa truy cập không đúng. [wrong-credentials]'),
    });
  });

  it('says what to do where there is no hub, no file or no key', async () => {
    env.LIENTHONG_INTAKE_URL = 'http://127.0.0.1:1';
    expect(await submit(['1'])).toMatchObject({ code: 1, err: expect.stringContaining('lienthong doctor') });
    expect(await typed('submit -f /nowhere', env)).toMatchObject({ code: 1, err: expect.stringContaining('/nowhere') });
    expect(await typed(`submit -f ${join(folder, 'mot-cua.key')} --agency x`, env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('lienthong key create x'),
    });
  });
});

describe('case show', () => {
  it('shows a timeline and deliveries, and nothing of the payload', async () => {
    const at = '2026-11-23T05:00:00Z';
    const answers: Record<string, object> = {
      '/v1/cases/C-1': {
        code: 'C-1',
        procedure: 'p',
        enteredBy: 'mot-cua',
        openedOn: '2021-05-31',
        status: 9,
        dueAt: null,
        sequence: 1,
        headHash: 'ab',
      },
      '/v1/cases/C-1/timeline': {
        events: [
          {
            sequence: 1,
            type: 'vn.lienthong.case.received.v1',
            sender: 'mot-cua',
            status: 2,
            recordedAt: at,
            hash: 'cd'.repeat(32),
            data: { name: 'Nguyễn' },
          },
        ],
      },
      '/v1/cases/C-1/deliveries': {
        deliveries: [
          {
            agency: 'lltp',
            sequence: 1,
            state: 'parked',
            wait: 'person',
            inDoubt: true,
            attempts: 2,
            owner: 'data',
            reason: 'thiếu \u001b[31mngày cấp',
          },
        ],
      },
    };
    answer = ({ url }, response) => response.end(JSON.stringify(answers[url!]));
    const { code, out } = await typed('case show C-1', env);
    expect(code).toBe(0);
    for (const text of [
      '9 Đã xử lý xong',
      '31/05/2021',
      '23/11/2026 12:00:00',
      'case.received',
      'chờ người xử lý, nghi vấn',
      'dữ liệu hồ sơ: thiếu',
    ])
      expect(out).toContain(text);
    expect(out).not.toContain('Nguyễn');
    expect(out).not.toContain('\u001b');
    expect((await typed('case show C-1 --json', env)).out).not.toContain('Nguyễn');
  });
});

describe('reconcile run', () => {
  const found = { id: '20261123T050000.000Z', lost: 0, outOfOrder: 0, doubled: 0, doubted: 0, brokenChains: 0 };
  const answering =
    (more: object, underWay: object[] = []) =>
    ({ url, method }: IncomingMessage, response: ServerResponse): void => {
      if (url === '/v1/under-way')
        return void response.end(JSON.stringify(underWay.length > 1 ? underWay.shift() : underWay[0]));
      if (url === '/v1/runs' && method === 'POST')
        return void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ ...found, ...more }));
      response.end('the table\n');
    };
  const run = (more = ''): Promise<Ran> =>
    typed(`reconcile run${more}`, { ...env, LIENTHONG_RECONCILIATION_URL: env.LIENTHONG_INTAKE_URL! });

  it.each([
    [{}, 0],
    [{ lost: 1 }, 1],
    [{ outOfOrder: 1 }, 1],
    [{ doubled: 1, doubted: 1 }, 0],
    [{ doubled: 2, doubted: 1 }, 1],
    [{ brokenChains: 1 }, 1],
  ])('ends as it found: %j', async (more, code) => {
    answer = answering(more);
    expect(await run()).toMatchObject({ code, out: 'the table\n' });
  });

  it('keeps result and table in files', async () => {
    answer = answering({});
    expect(await run(` --json ${join(folder, 'r.json')} --out ${join(folder, 'r.txt')}`)).toMatchObject({
      code: 0,
      out: '',
    });
    expect(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'))).toEqual({ ...found, id: undefined });
    expect(readFileSync(join(folder, 'r.txt'), 'utf8')).toBe('the table\n');
  });

  it('waits until nothing moves, and not for what waits for a person', async () => {
    const looks = [
      { unpublished: 1, unplanned: 1, waiting: 0, parked: 0 },
      { unpublished: 0, unplanned: 0, waiting: 3, parked: 2 },
      { unpublished: 0, unplanned: 0, waiting: 0, parked: 2 },
    ];
    answer = answering({}, looks);
    expect(await run(' --wait')).toMatchObject({ code: 0 });
    expect(looks).toHaveLength(1);
  });

  it('gives up waiting, and counts nothing then', async () => {
    answer = answering({}, [{ unpublished: 0, unplanned: 0, waiting: 3, parked: 0 }]);
    expect(await run(' --wait --wait-seconds 0.1')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('3 đang chuyển'),
    });
  });

  it('says which book could not be read', async () => {
    answer = (_request, response) =>
      response.writeHead(502).end(JSON.stringify({ code: 'book-unreadable', detail: 'lltp: ECONNREFUSED' }));
    expect(await run()).toMatchObject({
      code: 1,
      err: expect.stringContaining('lltp: ECONNREFUSED [book-unreadable]'),
    });
  });
});
