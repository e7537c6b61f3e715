import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { allowKey, applyAgency, Database } from '#ledger';
import { problems, type ContractVersion, type Problem, type ProblemCode } from '#wire';
import { freshDatabase, type FreshDatabase } from '../../libs/ledger/src/testing/fresh-database.js';
import { judicialRecordCase, nextCode, statusChanged } from './cases.js';
import { start, type Started } from './processes.js';

const SECRET = 'Bí-Mật-Không-Được-Lặp-Lại';
const MB = 1_048_576;

let database: FreshDatabase;
let ledger: pg.Pool;
let intake: Started;

/** Intake alone: Kafka and Redis are nowhere, and it accepts all the same. */
beforeAll(async () => {
  database = await freshDatabase();
  ledger = new pg.Pool({ connectionString: database.url, max: 2 });
  await declareAgencies(database.url);
  intake = await start('intake/src/main.js', [], {
    DATABASE_URL: database.url,
    REDIS_URL: 'redis://127.0.0.1:9',
    KAFKA_BROKERS: '127.0.0.1:9',
    LIENTHONG_INTAKE_PORT: '0',
  });
}, 60_000);
afterAll(async () => {
  await intake?.kill('SIGTERM');
  await ledger?.end();
  await database?.drop();
});

interface Answer {
  status: number;
  headers: Headers;
  body: Problem & Record<string, unknown>;
}

async function send(method: string, path: string, body?: unknown, headers: Record<string, string | undefined> = {}): Promise<Answer> {
  const all = { authorization: 'Bearer key-of-mot-cua', 'content-type': 'application/json', ...headers };
  const response = await fetch(`http://127.0.0.1:${intake.port}${path}`, {
    method,
    headers: Object.fromEntries(Object.entries(all).filter((h): h is [string, string] => h[1] !== undefined)),
    ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Answer['body'] };
}

const enter = (code: string): Promise<Answer> => send('POST', '/v1/cases', judicialRecordCase(code));

const TABLES = ['streams', 'aliases', 'events', 'event_ids', 'outbox', 'plan_cursor', 'receipts', 'sender_states', 'files', 'collections'];
async function everything(): Promise<unknown> {
  const { rows } = await ledger.query(`select ${TABLES.map((t) => `(select count(*)::int from ${t}) as ${t}`).join(', ')},
    (select coalesce(sum(last), 0)::int from streams) as "all events", (select coalesce(sum(status), 0)::int from streams) as "all statuses"`);
  return rows[0];
}

interface Bad {
  method?: string;
  path?: string | ((code: string) => string);
  body?: unknown | ((code: string) => unknown);
  headers?: Record<string, string | undefined>;
  status: number;
  code: ProblemCode;
  fault: { path: string; rule: string | RegExp };
}
const submitted = (more: Record<string, unknown>): ((code: string) => unknown) => (code) => ({ ...judicialRecordCase(code), summary: SECRET, ...more });
const events = (code: string): string => `/v1/cases/${code}/events`;
const another = '000.00.30.H49-210531-9999';
const nfd = 'Nguyễn Thị Mẫu'.normalize('NFD');
const note = { note: SECRET };

/** Each stands for a line of the issue; `code` is a case that the one-stop entered and that has been handed over (10). */
const bad: Record<string, Bad> = {
  'a case that nobody entered': { path: events(another), body: () => statusChanged(another, 4, 'u1', note), status: 404, code: 'unknown-case', fault: { path: 'path:code', rule: 'known' } },
  'a case that nobody entered, asked for': { method: 'GET', path: `/v1/cases/${another}`, status: 404, code: 'unknown-case', fault: { path: 'path:code', rule: 'known' } },
  'a malformed code': { body: submitted({ code: `HS-${SECRET}` }), status: 422, code: 'invalid-case-code', fault: { path: '/code', rule: 'form' } },
  'a malformed code in the address': { path: events('HS-12'), body: () => ({ ...statusChanged('x', 4, 'u2', note), subject: 'case/HS-12' }), status: 422, code: 'invalid-case-code', fault: { path: 'path:code', rule: 'form' } },
  'a code dated 31 February': { body: submitted({ code: '000.00.30.H49-210231-0001' }), status: 422, code: 'invalid-case-code', fault: { path: '/code', rule: 'date' } },
  'a code of a form not yet in force': { body: submitted({ code: 'H49.30-20210531-0001' }), status: 422, code: 'invalid-case-code', fault: { path: '/code', rule: 'not-in-force' } },
  'a status after the last one': { path: events, body: (code: string) => statusChanged(code, 4, 'u3', note), status: 409, code: 'status-cannot-follow', fault: { path: '/data/status', rule: 'follows:10' } },
  'a case that begins with its end': { body: (code: string) => ({ ...judicialRecordCase(code.replace(/\d{4}$/, '9100')), summary: SECRET, status: 9 }), status: 409, code: 'status-cannot-follow', fault: { path: '/status', rule: 'follows:start' } },
  'a status that isn’t one of the ten': { path: events, body: (code: string) => statusChanged(code, 11, 'u4', note), status: 422, code: 'invalid-payload', fault: { path: '/data/status', rule: /^enum:/ } },
  'an undeclared procedure': { body: (code: string) => ({ ...judicialRecordCase(code.replace(/\d{4}$/, '9101')), procedure: { code: '1.999999', name: SECRET } }), status: 422, code: 'undeclared-procedure', fault: { path: '/procedure/code', rule: 'declared' } },
  'a date that isn’t one': { body: submitted({ submittedAt: '2021-02-30T08:00:00+07:00' }), status: 422, code: 'invalid-payload', fault: { path: '/submittedAt', rule: 'format:date-time' } },
  'a member that nobody reads': { body: submitted({ biMat: SECRET }), status: 422, code: 'invalid-payload', fault: { path: '/biMat', rule: 'additionalProperties' } },
  'a body of 20 MB': { body: () => `{"a":"${SECRET}${'x'.repeat(20 * MB)}"}`, status: 413, code: 'too-large', fault: { path: '/', rule: `maxBytes:${10 * MB}` } },
  'broken JSON': { body: () => `{"summary":"${SECRET}",}`, status: 400, code: 'malformed-json', fault: { path: '/', rule: 'json' } },
  'a member that stands twice': { body: () => `{"code":"${SECRET}","code":"x"}`, status: 400, code: 'malformed-json', fault: { path: '/code', rule: 'unique-members' } },
  'a prototype': { body: () => `{"__proto__":{"a":"${SECRET}"}}`, status: 400, code: 'malformed-json', fault: { path: '/', rule: 'no-__proto__' } },
  'a hundred thousand brackets': { body: () => '['.repeat(100_000), status: 400, code: 'malformed-json', fault: { path: '/', rule: /^maxDepth/ } },
  'no body': { body: () => '', status: 400, code: 'malformed-json', fault: { path: '/', rule: 'not-empty' } },
  'invalid UTF-8': { body: () => Buffer.concat([Buffer.from(`{"a":"${SECRET}`), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]), status: 400, code: 'invalid-utf8', fault: { path: '/', rule: 'utf-8' } },
  'NFD instead of NFC': { body: submitted({ applicant: { name: nfd, kind: 'citizen' } }), status: 422, code: 'text-not-nfc', fault: { path: '/applicant/name', rule: 'nfc' } },
  'NFD in an event': { path: events, body: (code: string) => statusChanged(code, 4, 'u5', { note: nfd }), status: 422, code: 'text-not-nfc', fault: { path: '/data/note', rule: 'nfc' } },
  'no credentials': { body: submitted({}), headers: { authorization: undefined }, status: 401, code: 'missing-credentials', fault: { path: 'header:authorization', rule: 'required' } },
  'wrong credentials': { body: submitted({}), headers: { authorization: `Bearer ${'a'.repeat(43)}` }, status: 401, code: 'wrong-credentials', fault: { path: 'header:authorization', rule: 'known-key' } },
  'a password instead of a key': { body: submitted({}), headers: { authorization: 'Basic bW90LWN1YTpi' }, status: 401, code: 'wrong-credentials', fault: { path: 'header:authorization', rule: 'bearer' } },
  'wrong credentials before a body of 20 MB': { body: () => 'x'.repeat(20 * MB), headers: { authorization: 'Bearer b' }, status: 401, code: 'wrong-credentials', fault: { path: 'header:authorization', rule: 'known-key' } },
  'another agency’s case': { path: events, body: (code: string) => statusChanged(code, 10, 'u6', note), headers: { authorization: 'Bearer key-of-mot-cua-khac' }, status: 403, code: 'not-your-case', fault: { path: 'path:code', rule: 'party' } },
  'another agency’s case, asked for': { method: 'GET', path: (code) => `/v1/cases/${code}/timeline`, headers: { authorization: 'Bearer key-of-mot-cua-khac' }, status: 403, code: 'not-your-case', fault: { path: 'path:code', rule: 'party' } },
  'another agency’s case, entered again': { body: submitted({}), headers: { authorization: 'Bearer key-of-mot-cua-khac' }, status: 403, code: 'not-your-case', fault: { path: '/code', rule: 'party' } },
  'an event that its contract doesn’t let it send': { body: submitted({}), headers: { authorization: 'Bearer key-of-lltp' }, status: 403, code: 'not-your-event', fault: { path: '/', rule: 'contract:sends' } },
  'the same code with another body': { body: submitted({}), status: 409, code: 'conflicting-body', fault: { path: '/', rule: 'same-as-before' } },
  'the same code with another body and another key': { body: submitted({}), headers: { 'idempotency-key': 'another' }, status: 409, code: 'conflicting-body', fault: { path: '/', rule: 'same-as-before' } },
  'a key that can’t be one': { body: submitted({}), headers: { 'idempotency-key': 'a b' }, status: 400, code: 'invalid-envelope', fault: { path: 'header:idempotency-key', rule: /^printable/ } },
  'an envelope without an id': { path: events, body: (code: string) => ({ ...statusChanged(code, 4, 'x', note), id: undefined }), status: 400, code: 'invalid-envelope', fault: { path: '/id', rule: 'required' } },
  'an envelope of another case': { path: events, body: () => statusChanged(another, 4, 'x', note), status: 400, code: 'invalid-envelope', fault: { path: '/subject', rule: 'same-as:path:code' } },
  'an event of no known type': { path: events, body: (code: string) => ({ ...statusChanged(code, 4, 'x', note), type: `vn.lienthong.${'x'.repeat(9)}.v1` }), status: 422, code: 'unknown-event-type', fault: { path: '/type', rule: 'known' } },
  'XML': { body: () => `<HoSo>${SECRET}</HoSo>`, headers: { 'content-type': 'text/xml' }, status: 415, code: 'unsupported-media-type', fault: { path: 'header:content-type', rule: 'application/json' } },
  'JSON in UTF-16': { body: () => Buffer.from(`{"a":"${SECRET}"}`, 'utf16le'), headers: { 'content-type': 'application/json; charset=utf-16le' }, status: 415, code: 'unsupported-media-type', fault: { path: 'header:content-type', rule: 'application/json' } },
  'an address that there isn’t': { method: 'GET', path: '/v1/ho-so', status: 404, code: 'not-found', fault: { path: 'path:', rule: 'known' } },
  'a method that isn’t taken': { method: 'DELETE', path: (code) => `/v1/cases/${code}`, headers: { 'content-type': undefined }, status: 405, code: 'method-not-allowed', fault: { path: 'path:', rule: /GET/ } },
  'an address that can’t be decoded': { method: 'GET', path: `/v1/cases/%zz-Bi-Mat`, status: 400, code: 'invalid-envelope', fault: { path: 'path:', rule: 'FST_ERR_BAD_URL' } },
  'a file whose bytes have another hash': { method: 'PUT', path: `/v1/files/${'a'.repeat(64)}`, body: () => SECRET, headers: { 'content-type': 'application/pdf' }, status: 422, code: 'wrong-file-hash', fault: { path: 'path:sha256', rule: 'sha256-of-body' } },
  'a file of 21 MB': { method: 'PUT', path: `/v1/files/${'a'.repeat(64)}`, body: () => Buffer.alloc(21 * MB), headers: { 'content-type': 'application/pdf' }, status: 413, code: 'too-large', fault: { path: '/', rule: `maxBytes:${20 * MB}` } },
  'a file that nobody put': { method: 'GET', path: `/v1/files/${'b'.repeat(64)}`, status: 404, code: 'unknown-file', fault: { path: 'path:sha256', rule: 'known' } },
};

describe('what can’t be taken', () => {
  let held = '';
  beforeAll(async () => {
    held = nextCode();
    expect((await enter(held)).status).toBe(202);
    for (const status of [4, 9, 10]) expect((await send('POST', events(held), statusChanged(held, status, `h${status}`))).status).toBe(202);
  });

  it.each(Object.entries(bad))('%s: its own problem, with the place and the rule, in both languages, and nothing half-written', async (_what, one) => {
    const path = typeof one.path === 'function' ? one.path(held) : (one.path ?? '/v1/cases');
    const body: unknown = typeof one.body === 'function' ? (one.body as (code: string) => unknown)(held) : one.body;
    const before = await everything();
    for (const language of ['vi', 'en'] as const) {
      const accept = language === 'vi' ? 'vi, en;q=0.5' : 'en-GB, vi;q=0.5';
      const answer = await send(one.method ?? 'POST', path, body, { 'accept-language': accept, ...one.headers });
      expect(answer.body).toMatchObject({
        type: `urn:lienthong:problem:${one.code}`,
        title: problems[one.code][language],
        status: one.status,
        code: one.code,
        faults: [{ path: one.fault.path, rule: one.fault.rule instanceof RegExp ? expect.stringMatching(one.fault.rule) : one.fault.rule }],
      });
      expect(answer.status).toBe(one.status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(answer.headers.get('content-language')).toBe(language);
      expect(JSON.stringify(answer.body)).not.toMatch(/Bí-Mật|Bi-Mat|Nguy/);
      if (one.status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      if (one.status === 405) expect(answer.headers.get('allow')).toContain('GET');
      if (one.code === 'conflicting-body') expect(answer.body.hashes).toEqual({ held: expect.stringMatching(/^[0-9a-f]{64}$/), received: expect.stringMatching(/^[0-9a-f]{64}$/) });
    }
    expect(await everything()).toEqual(before);
  });

  it('leaves no word of it in the log', () => {
    expect(intake.lines.join('\n')).not.toMatch(/Bí-Mật|Bi-Mat|Nguyễn|key-of/);
  });

  it('a request that isn’t HTTP is answered in the same form', async () => {
    const socket = connect(intake.port, '127.0.0.1');
    socket.end('GET /v1/cases\r\nHost Bí-Mật\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('application/problem+json');
    expect(text).not.toContain('Mật');
  });

  it('a sender that goes away in the middle of its body leaves nothing, and nobody else notices', async () => {
    const before = await everything();
    const socket = connect(intake.port, '127.0.0.1');
    socket.write('POST /v1/cases HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer key-of-mot-cua\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"code":');
    await once(socket, 'connect');
    socket.destroy();
    expect((await send('GET', '/v1/cases/x')).status).toBe(422);
    expect(await everything()).toEqual(before);
  });
});

describe('what a one-stop sends', () => {
  it('is one event however often and however much at once it comes', async () => {
    const code = nextCode();
    const answers = await Promise.all(Array.from({ length: 50 }, () => enter(code)));
    const outcomes = Map.groupBy(answers, (a) => `${a.status} ${String(a.body.outcome)}`);
    expect([...outcomes].map(([outcome, same]) => [outcome, same.length]).sort()).toEqual([['200 repeated', 49], ['202 accepted', 1]]);
    const told = answers.map(({ body: { eventId, sequence, hash, subject } }) => JSON.stringify({ eventId, sequence, hash, subject }));
    expect(new Set(told).size).toBe(1);
    expect(answers[0]!.body).toMatchObject({ subject: `case/${code}`, sequence: 1 });
    const { rows } = await ledger.query('select count(*)::int as n from events e join aliases a using (stream_id) where a.code = $1', [code]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('keeps its answer when the case has moved on, and may be told by any door', async () => {
    const code = nextCode();
    const first = await enter(code);
    expect(first.headers.get('location')).toBe(`/v1/cases/${code}`);
    const moved = await send('POST', events(code), statusChanged(code, 9, 'm1'));
    expect(moved.body).toMatchObject({ outcome: 'accepted', sequence: 2, skipped: [4] });
    expect((await enter(code)).body).toMatchObject({ outcome: 'repeated', eventId: first.body.eventId, sequence: 1 });
    const byBatch = await lines([JSON.stringify(statusChanged(code, 9, 'm1'))]);
    expect(byBatch).toMatchObject([{ line: 1, status: 200, outcome: 'repeated', eventId: moved.body.eventId, sequence: 2 }]);
  });

  it('can be asked for: where the case stands, what happened, where it went', async () => {
    const code = nextCode();
    await enter(code);
    await send('POST', events(code), statusChanged(code, 4, 'a1'));
    expect((await send('GET', `/v1/cases/${code}`)).body).toMatchObject({ code, procedure: '2.000488', enteredBy: 'mot-cua', openedOn: '2021-05-31', status: 4, sequence: 2 });
    const timeline = await send('GET', `/v1/cases/${code}/timeline`);
    expect(timeline.body.events).toMatchObject([
      { sequence: 1, type: 'vn.lienthong.case.received.v1', sender: 'mot-cua', data: { code } },
      { sequence: 2, type: 'vn.lienthong.case.status-changed.v1', status: 4, data: { status: 4 } },
    ]);
    // LLTP receives the application, and by its contract no statuses.
    const forLltp = await send('GET', `/v1/cases/${code}/timeline`, undefined, { authorization: 'Bearer key-of-lltp' });
    expect((forLltp.body.events as { data?: unknown }[]).map(({ data }) => data !== undefined)).toEqual([true, false]);
    expect((await send('GET', `/v1/cases/${code}/deliveries`)).body).toEqual({ subject: `case/${code}`, deliveries: [] });
  });

  it('may be files, kept byte for byte under their hash', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
    const path = `/v1/files/${createHash('sha256').update(bytes).digest('hex')}`;
    expect((await send('PUT', path, bytes, { 'content-type': 'application/pdf' })).status).toBe(201);
    expect((await send('PUT', path, bytes, { 'content-type': 'application/pdf' })).status).toBe(200);
    const back = await fetch(`http://127.0.0.1:${intake.port}${path}`, { headers: { authorization: 'Bearer key-of-lltp' } });
    expect(back.headers.get('content-type')).toBe('application/pdf');
    expect(Buffer.from(await back.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

/** Sends lines as one batch and gives the answers. */
async function lines(all: (string | Buffer)[]): Promise<Record<string, unknown>[]> {
  const response = await fetch(`http://127.0.0.1:${intake.port}/v1/batches`, {
    method: 'POST',
    headers: { authorization: 'Bearer key-of-mot-cua', 'content-type': 'application/x-ndjson', 'accept-language': 'en' },
    body: Buffer.concat(all.flatMap((line) => [Buffer.from(line as string), Buffer.from('\n')])),
  });
  expect(response.status).toBe(200);
  return (await response.text()).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}
const received = (code: string): string =>
  JSON.stringify({ ...statusChanged(code, 2, `r-${code}`), type: 'vn.lienthong.case.received.v1', data: judicialRecordCase(code) });

describe('a batch', () => {
  it('is answered line by line in its order; a bad line stops no other, and lines of one case are entered in their order', async () => {
    const [a, b] = [nextCode(), nextCode()];
    const answers = await lines([
      received(a),
      JSON.stringify(statusChanged(a, 4, 'b1')),
      '{"specversion":"1.0",',
      '',
      received(b),
      `{"a":"${'x'.repeat(MB)}"}`,
      JSON.stringify(statusChanged(a, 9, 'b2')),
      JSON.stringify(statusChanged(b, 9, 'b3', { note: nfd })),
      JSON.stringify({ ...statusChanged(b, 9, 'b4'), subject: undefined }),
      JSON.stringify(statusChanged(a, 10, 'b5')),
      JSON.stringify(statusChanged(a, 4, 'b6')),
    ]);
    expect(answers.map(({ line, status, outcome, code, sequence }) => [line, status, outcome ?? code, sequence])).toEqual([
      [1, 202, 'accepted', 1],
      [2, 202, 'accepted', 2],
      [3, 400, 'malformed-json', undefined],
      [5, 202, 'accepted', 1],
      [6, 413, 'too-large', undefined],
      [7, 202, 'accepted', 3],
      [8, 422, 'text-not-nfc', undefined],
      [9, 400, 'invalid-envelope', undefined],
      [10, 202, 'accepted', 4],
      [11, 409, 'status-cannot-follow', undefined],
    ]);
  });

  it('of two thousand cases with three events each keeps every case’s order', async () => {
    const codes = Array.from({ length: 2_000 }, (_, i) => `000.00.31.H49-210531-${String(i).padStart(4, '0')}`);
    const answers = await lines([
      ...codes.map(received),
      ...codes.flatMap((code) => [JSON.stringify(statusChanged(code, 4, `x${code}`)), JSON.stringify(statusChanged(code, 9, `y${code}`))]),
    ]);
    expect(answers.map(({ line }) => line)).toEqual(answers.map((_, i) => i + 1));
    expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
    expect(answers.slice(2_000).map(({ sequence }) => sequence)).toEqual(codes.flatMap(() => [2, 3]));
  }, 60_000);

  it('answers a line before the next one is sent', async () => {
    const request = httpRequest({
      port: intake.port,
      host: '127.0.0.1',
      path: '/v1/batches',
      method: 'POST',
      headers: { authorization: 'Bearer key-of-mot-cua', 'content-type': 'application/x-ndjson' },
    });
    const code = nextCode();
    request.write(`${received(code)}\n`);
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    response.setEncoding('utf8');
    const ended = once(response, 'end');
    const [first] = (await once(response, 'data')) as [string];
    expect(JSON.parse(first)).toMatchObject({ line: 1, status: 202, sequence: 1 });
    request.end(JSON.stringify(statusChanged(code, 4, 'l2')));
    const [second] = (await once(response, 'data')) as [string];
    expect(JSON.parse(second)).toMatchObject({ line: 2, status: 202, sequence: 2 });
    await ended;
  });
});

describe('the description at /docs', () => {
  it('names every route, every problem code, and only schemas that it has', async () => {
    const { body } = await send('GET', '/docs-json');
    expect(Object.keys(body.paths as object).sort()).toEqual([
      '/v1/batches',
      '/v1/cases',
      '/v1/cases/{code}',
      '/v1/cases/{code}/deliveries',
      '/v1/cases/{code}/events',
      '/v1/cases/{code}/timeline',
      '/v1/files/{sha256}',
    ]);
    const text = JSON.stringify(body);
    const schemas = (body.components as { schemas: Record<string, unknown> }).schemas;
    const named = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]!);
    expect(named.filter((name) => !(name in schemas))).toEqual([]);
    expect(named).toEqual(expect.arrayContaining(['case.received', 'case.result-revoked', 'ProblemDto']));
    for (const code of Object.keys(problems)) expect(text).toContain(code);
    expect((await send('GET', '/docs')).status).toBe(200);
  });
});

async function declareAgencies(url: string): Promise<void> {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const db = new Database(url, 'test', silent, 1);
  const contract = (more: Partial<ContractVersion>): ContractVersion => ({
    validFrom: '2018-01-01',
    owner: 'H49',
    protocol: 'topic',
    receives: [],
    sends: [],
    limits: { inFlight: 1, timeout: '5s' },
    retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
    replies: [],
    onDuplicate: 'refuse',
    ...more,
  });
  const oneStop = contract({
    sends: ['case.received', 'case.supplemented', 'case.status-changed', 'case.withdrawn'],
    receives: [{ procedures: ['*'], cases: 'own', events: ['case.status-changed', 'case.result-issued'] }],
  });
  const lltp = contract({ receives: [{ procedures: ['2.000488'], events: ['case.received'] }], sends: ['case.status-changed', 'case.result-issued'] });
  for (const [id, version] of [['mot-cua', oneStop], ['mot-cua-khac', oneStop], ['lltp', lltp]] as const) {
    await applyAgency(db, { apiVersion: 'lienthong/v1', kind: 'Agency', id, name: { vi: id, en: id }, versions: [version] });
    await allowKey(db, id, 'test', `key-of-${id}`);
  }
  await db.close();
}
