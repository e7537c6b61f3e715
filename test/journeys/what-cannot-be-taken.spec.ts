import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problems, type ProblemCode } from '#wire';
import { judicialRecordCase, nextCode, statusChanged } from './cases.js';
import { IntakeAlone } from './intake-alone.js';

const MB = 1_048_576;
/** Stands somewhere in what is sent, and nowhere else afterwards. */
const SECRET = 'Bí-Mật-Không-Được-Lặp-Lại';
const NFD = 'Nguyễn Thị Mẫu'.normalize('NFD');
const ANOTHER = '000.00.30.H49-210531-9999';
const note = { note: SECRET };

interface Sent {
  method?: string;
  path?: string | ((code: string) => string);
  body?: (code: string) => unknown;
  headers?: Record<string, string | undefined>;
}
type Row = [what: string, sent: Sent, code: ProblemCode, path: string, rule: string | RegExp];

/** The one-stop's own case again, with something else in it. */
const differing = (more: Record<string, unknown> = {}): Pick<Sent, 'body'> => ({
  body: (code) => ({ ...judicialRecordCase(code), summary: SECRET, ...more }),
});
/** A case of that day that doesn't exist yet. */
const fresh = (more: Record<string, unknown>): Pick<Sent, 'body'> => ({
  body: (code) => ({ ...judicialRecordCase(code.replace(/\d{4}$/, '9100')), summary: SECRET, ...more }),
});
const events = (code: string): string => `/v1/cases/${code}/events`;
const event = (status: number, more: Record<string, unknown> = {}): Pick<Sent, 'path' | 'body'> => ({
  path: events,
  body: (code) => ({ ...statusChanged(code, status, 'u1', note), ...more }),
});
const text = (body: string | Buffer): Pick<Sent, 'body'> => ({ body: () => body });
const get = (path: Sent['path']): Sent => ({ method: 'GET', ...(path === undefined ? {} : { path }) });
const put = (hash: string, body: string | Buffer): Sent => ({ method: 'PUT', path: `/v1/files/${hash}`, ...text(body), headers: { 'content-type': 'application/pdf' } }); // prettier-ignore
const as = (authorization: string | undefined): Pick<Sent, 'headers'> => ({ headers: { authorization } });
const FEED = '/v1/agencies/bo-ngoai-giao';
const READER = as('Bearer key-of-bo-ngoai-giao');
const OTHERS = as('Bearer key-of-mot-cua-khac');

// prettier-ignore
const rows: Row[] = [
  ['a case that nobody entered', { ...event(4, { subject: undefined }), path: events(ANOTHER) }, 'unknown-case', 'path:code', 'known'],
  ['a case that nobody entered, asked for', get(`/v1/cases/${ANOTHER}`), 'unknown-case', 'path:code', 'known'],
  ['a malformed code', differing({ code: `HS-${SECRET}` }), 'invalid-case-code', '/code', 'form'],
  ['a malformed code in the address', { ...event(4, { subject: 'case/HS-12' }), path: events('HS-12') }, 'invalid-case-code', 'path:code', 'form'],
  ['a code dated 31 February', differing({ code: '000.00.30.H49-210231-0001' }), 'invalid-case-code', '/code', 'date'],
  ['a code of a form not yet in force', differing({ code: 'H49.30-20210531-0001' }), 'invalid-case-code', '/code', 'not-in-force'],
  ['a status after the last one', event(4), 'status-cannot-follow', '/data/status', 'follows:10'],
  ['a case that begins with its end', fresh({ status: 9 }), 'status-cannot-follow', '/status', 'follows:start'],
  ['a status that isn’t one of the ten', event(11), 'invalid-payload', '/data/status', /^enum:/],
  ['an undeclared procedure', fresh({ procedure: { code: '1.999999', name: SECRET } }), 'undeclared-procedure', '/procedure/code', 'declared'],
  ['a date that isn’t one', differing({ submittedAt: '2021-02-30T08:00:00+07:00' }), 'invalid-payload', '/submittedAt', 'format:date-time'],
  ['a member that nobody reads', differing({ biMat: SECRET }), 'invalid-payload', '/biMat', 'additionalProperties'],
  ['a body of 20 MB', text(`{"a":"${SECRET}${'x'.repeat(20 * MB)}"}`), 'too-large', '/', `maxBytes:${10 * MB}`],
  ['broken JSON', text(`{"summary":"${SECRET}",}`), 'malformed-json', '/', 'json'],
  ['a member that stands twice', text(`{"code":"${SECRET}","code":"x"}`), 'malformed-json', '/code', 'unique-members'],
  ['a prototype', text(`{"__proto__":{"a":"${SECRET}"}}`), 'malformed-json', '/', 'no-__proto__'],
  ['a hundred thousand brackets', text('['.repeat(100_000)), 'malformed-json', '/', /^maxDepth/],
  ['no body', text(''), 'malformed-json', '/', 'not-empty'],
  ['invalid UTF-8', text(Buffer.concat([Buffer.from(`{"a":"${SECRET}`), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])), 'invalid-utf8', '/', 'utf-8'],
  ['NFD instead of NFC', differing({ applicant: { name: NFD, kind: 'citizen' } }), 'text-not-nfc', '/applicant/name', 'nfc'],
  ['NFD in an event', event(4, { data: { status: 4, at: '2021-06-01T08:00:00Z', note: NFD } }), 'text-not-nfc', '/data/note', 'nfc'],
  ['no credentials', { ...differing(), ...as(undefined) }, 'missing-credentials', 'header:authorization', 'required'],
  ['wrong credentials', { ...differing(), ...as(`Bearer ${'a'.repeat(43)}`) }, 'wrong-credentials', 'header:authorization', 'known-key'],
  ['a password instead of a key', { ...differing(), ...as('Basic bW90LWN1YTpi') }, 'wrong-credentials', 'header:authorization', 'bearer'],
  ['wrong credentials before a body of 20 MB', { ...text('x'.repeat(20 * MB)), ...as('Bearer b') }, 'wrong-credentials', 'header:authorization', 'known-key'],
  ['another agency’s case', { ...event(10), ...OTHERS }, 'not-your-case', 'path:code', 'party'],
  ['another agency’s case, asked for', { ...get((code) => `/v1/cases/${code}/timeline`), ...OTHERS }, 'not-your-case', 'path:code', 'party'],
  ['another agency’s case, entered again', { ...differing(), ...OTHERS }, 'not-your-case', '/code', 'party'],
  ['an event that its contract doesn’t let it send', { ...differing(), ...as('Bearer key-of-lltp') }, 'not-your-event', '/', 'contract:sends'],
  ['the same code with another body', differing(), 'conflicting-body', '/', 'same-as-before'],
  ['the same code with another body and another key', { ...differing(), headers: { 'idempotency-key': 'another' } }, 'conflicting-body', '/', 'same-as-before'],
  ['a key that can’t be one', { ...differing(), headers: { 'idempotency-key': 'a b' } }, 'invalid-envelope', 'header:idempotency-key', /^printable/],
  ['an envelope without an id', event(4, { id: undefined }), 'invalid-envelope', '/id', 'required'],
  ['an envelope of another case', event(4, { subject: `case/${ANOTHER}` }), 'invalid-envelope', '/subject', 'same-as:path:code'],
  ['an event of no known type', event(4, { type: 'vn.lienthong.case.burnt.v1' }), 'unknown-event-type', '/type', 'known'],
  ['XML', { ...text(`<HoSo>${SECRET}</HoSo>`), headers: { 'content-type': 'text/xml' } }, 'unsupported-media-type', 'header:content-type', 'application/json'],
  ['JSON in UTF-16', { ...text(Buffer.from('{}', 'utf16le')), headers: { 'content-type': 'application/json; charset=utf-16le' } }, 'unsupported-media-type', 'header:content-type', 'application/json'],
  ['another agency’s feed', get('/v1/agencies/bo-ngoai-giao/events'), 'not-your-feed', 'path:id', 'own'],
  ['the feed of an agency that there isn’t', get('/v1/agencies/bi-mat/events'), 'not-your-feed', 'path:id', 'own'],
  ['a feed that its contract doesn’t give it', get('/v1/agencies/mot-cua/events'), 'no-feed', 'path:id', 'contract:feed'],
  ['a page of no events', { ...get(`${FEED}/events?limit=0`), ...READER }, 'invalid-envelope', 'query:limit', 'integer:1-1000'],
  ['a place that isn’t one', { ...get(`${FEED}/events?after=Bí-Mật`), ...READER }, 'invalid-envelope', 'query:after', /^integer:0-/],
  ['a place twice', { ...get(`${FEED}/events?after=1&after=2`), ...READER }, 'invalid-envelope', 'query:after', /^integer:0-/],
  ['a place to which the feed hasn’t come', { ...get(`${FEED}/events?after=1`), ...READER }, 'beyond-feed', 'query:after', 'maximum:0'],
  ['an acknowledgement of what nobody sent', { path: `${FEED}/acknowledgements`, body: () => ({ position: 1 }), ...READER }, 'beyond-feed', '/position', 'appended'],
  ['an acknowledgement without a position', { path: `${FEED}/acknowledgements`, body: () => ({}), ...READER }, 'invalid-envelope', '/position', 'required'],
  ['an acknowledgement of half an event', { path: `${FEED}/acknowledgements`, body: () => ({ position: 0.5 }), ...READER }, 'invalid-envelope', '/position', /^integer:0-/],
  ['an acknowledgement of another’s feed', { path: '/v1/agencies/lltp/acknowledgements', body: () => ({ position: 0 }), ...READER }, 'not-your-feed', 'path:id', 'own'],
  ['an address that there isn’t', get('/v1/ho-so'), 'not-found', 'path:', 'known'],
  ['a method that isn’t taken', { method: 'DELETE', path: (code) => `/v1/cases/${code}`, headers: { 'content-type': undefined } }, 'method-not-allowed', 'path:', /GET/],
  ['an address that can’t be decoded', get('/v1/cases/%zz-Bi-Mat'), 'invalid-envelope', 'path:', 'FST_ERR_BAD_URL'],
  ['a file whose bytes have another hash', put('a'.repeat(64), SECRET), 'wrong-file-hash', 'path:sha256', 'sha256-of-body'],
  ['a file of 21 MB', put('a'.repeat(64), Buffer.alloc(21 * MB)), 'too-large', '/', `maxBytes:${20 * MB}`],
  ['a file that nobody put', get(`/v1/files/${'b'.repeat(64)}`), 'unknown-file', 'path:sha256', 'known'],
];

let intake: IntakeAlone;
/** A case that the one-stop entered and that has been handed over (10). */
let held = '';
beforeAll(async () => {
  intake = await IntakeAlone.start();
  held = nextCode();
  expect((await intake.send('POST', '/v1/cases', judicialRecordCase(held))).status).toBe(202);
  for (const status of [4, 9, 10]) {
    const { status: answered } = await intake.send('POST', events(held), statusChanged(held, status, `h${status}`));
    expect(answered).toBe(202);
  }
}, 300_000);
afterAll(() => intake?.stop());

describe('its own problem, with the place and the rule, in both languages, and nothing half-written', () => {
  it.each(rows)('%s', async (_what, { method = 'POST', path = '/v1/cases', body, headers }, code, place, rule) => {
    const at = typeof path === 'function' ? path(held) : path;
    const before = await intake.everything();
    for (const [language, accept] of [
      ['vi', 'vi, en;q=0.5'],
      ['en', 'en-GB, vi;q=0.5'],
    ] as const) {
      const answer = await intake.send(method, at, body?.(held), { 'accept-language': accept, ...headers });
      const { status } = problems[code];
      expect(answer.body).toMatchObject({
        type: `urn:lienthong:problem:${code}`,
        title: problems[code][language],
        status,
        code,
        faults: [{ path: place, rule: rule instanceof RegExp ? expect.stringMatching(rule) : rule }],
      });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(answer.headers.get('content-language')).toBe(language);
      expect(JSON.stringify(answer.body)).not.toMatch(/Bí-Mật|Bi-Mat|Nguy/);
      if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      if (status === 405) expect(answer.headers.get('allow')).toContain('GET');
      const hash: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
      if (code === 'conflicting-body') expect(answer.body.hashes).toEqual({ held: hash, received: hash });
    }
    expect(await intake.everything()).toEqual(before);
  });

  it('leaves no word of it in the log', () => {
    expect(intake.process.lines.length).toBeGreaterThan(0);
    expect(intake.process.lines.join('\n')).not.toMatch(/Bí-Mật|Bi-Mat|Nguyễn|key-of/);
  });
});

describe('below HTTP', () => {
  it('a request that isn’t HTTP is answered in the same form', async () => {
    const socket = connect(intake.process.port, '127.0.0.1');
    socket.end('GET /v1/cases\r\nHost Bí-Mật\r\n\r\n');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('application/problem+json');
    expect(answer).not.toContain('Mật');
  });

  it('a sender that goes away in the middle of its body leaves nothing, and nobody else notices', async () => {
    const before = await intake.everything();
    const socket = connect(intake.process.port, '127.0.0.1');
    const head = ['POST /v1/cases HTTP/1.1', 'Host: h', 'Authorization: Bearer key-of-mot-cua', 'Content-Type: application/json', 'Content-Length: 500']; // prettier-ignore
    socket.write(`${head.join('\r\n')}\r\n\r\n{"code":`);
    await once(socket, 'connect');
    socket.destroy();
    expect((await intake.send('GET', '/v1/cases/x')).status).toBe(422);
    expect(await intake.everything()).toEqual(before);
  });
});
