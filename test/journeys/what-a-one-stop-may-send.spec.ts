import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problems } from '#wire';
import { judicialRecordCase, nextCode, statusChanged } from './cases.js';
import { IntakeAlone, type Answer } from './intake-alone.js';

const MB = 1_048_576;
const LLTP = { authorization: 'Bearer key-of-lltp' };

let intake: IntakeAlone;
beforeAll(async () => {
  intake = await IntakeAlone.start();
}, 300_000);
afterAll(() => intake?.stop());

const enter = (code: string): Promise<Answer> => intake.send('POST', '/v1/cases', judicialRecordCase(code));
const move = (code: string, status: number, key: string): Promise<Answer> =>
  intake.send('POST', `/v1/cases/${code}/events`, statusChanged(code, status, key));

describe('a case', () => {
  it('is one event however often and however much at once it comes', async () => {
    const code = nextCode();
    const answers = await Promise.all(Array.from({ length: 50 }, () => enter(code)));
    const counts = new Map<string, number>();
    for (const { status, body } of answers)
      counts.set(`${status} ${String(body.outcome)}`, (counts.get(`${status} ${String(body.outcome)}`) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ '202 accepted': 1, '200 repeated': 49 });
    const told = answers.map(({ body: { eventId, sequence, hash, subject } }) =>
      JSON.stringify({ eventId, sequence, hash, subject }),
    );
    expect(new Set(told).size).toBe(1);
    expect(answers[0]!.body).toMatchObject({ subject: `case/${code}`, sequence: 1 });
    const events = 'select count(*)::int as n from events e join aliases a using (stream_id) where a.code = $1';
    expect((await intake.ledger.query(events, [code])).rows).toEqual([{ n: 1 }]);
  });

  it('keeps its answer when it has moved on, and its events may be told by any door', async () => {
    const code = nextCode();
    const first = await enter(code);
    expect(first.headers.get('location')).toBe(`/v1/cases/${code}`);
    const moved = await move(code, 9, 'm1');
    expect(moved.body).toMatchObject({ outcome: 'accepted', sequence: 2, skipped: [4] });
    expect((await enter(code)).body).toMatchObject({ outcome: 'repeated', eventId: first.body.eventId, sequence: 1 });
    const { eventId } = moved.body;
    expect(await intake.sendLines([JSON.stringify(statusChanged(code, 9, 'm1'))])).toMatchObject([
      { line: 1, status: 200, outcome: 'repeated', eventId, sequence: 2 },
    ]);
  });

  it('is the same in another order of its members and with other white space', async () => {
    const code = nextCode();
    const first = await enter(code);
    const turned = Object.fromEntries(Object.entries(judicialRecordCase(code)).reverse());
    const again = await intake.send('POST', '/v1/cases', `\ufeff${JSON.stringify(turned, null, 4)}`);
    expect(again.body).toMatchObject({ outcome: 'repeated', eventId: first.body.eventId, hash: first.body.hash });
  });

  it('can be asked for: where it stands, what happened, where it went', async () => {
    const code = nextCode();
    await enter(code);
    await move(code, 4, 'a1');
    expect((await intake.send('GET', `/v1/cases/${code}`)).body).toMatchObject({
      ...{ code, procedure: '2.000488', enteredBy: 'mot-cua', openedOn: '2021-05-31', status: 4, sequence: 2 },
    });
    expect((await intake.send('GET', `/v1/cases/${code}/timeline`)).body.events).toMatchObject([
      { sequence: 1, type: 'vn.lienthong.case.received.v1', sender: 'mot-cua', data: { code } },
      { sequence: 2, type: 'vn.lienthong.case.status-changed.v1', status: 4, data: { status: 4 } },
    ]);
    // LLTP receives the application, and by its contract no statuses.
    const forLltp = await intake.send('GET', `/v1/cases/${code}/timeline`, undefined, LLTP);
    expect((forLltp.body.events as { data?: unknown }[]).map(({ data }) => data !== undefined)).toEqual([true, false]);
    expect((await intake.send('GET', `/v1/cases/${code}/deliveries`)).body).toEqual({
      subject: `case/${code}`,
      deliveries: [],
    });
  });

  it('has files, kept byte for byte under their hash', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
    const path = `/v1/files/${createHash('sha256').update(bytes).digest('hex')}`;
    const put = async (): Promise<number> =>
      (await intake.send('PUT', path, bytes, { 'content-type': 'application/pdf' })).status;
    expect([await put(), await put()]).toEqual([201, 200]);
    const back = await fetch(intake.url(path), { headers: LLTP });
    expect(back.headers.get('content-type')).toBe('application/pdf');
    expect(Buffer.from(await back.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

const receivedLine = (code: string): string => {
  const event = statusChanged(code, 2, `r-${code}`);
  return JSON.stringify({ ...event, type: 'vn.lienthong.case.received.v1', data: judicialRecordCase(code) });
};
const movedLine = (code: string, status: number, key: string, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ ...statusChanged(code, status, key), ...more });

describe('a batch', () => {
  it('is answered line by line in its order; a bad line stops no other, and lines of one case keep their order', async () => {
    const [a, b] = [nextCode(), nextCode()];
    const answers = await intake.sendLines([
      receivedLine(a),
      movedLine(a, 4, 'b1'),
      '{"specversion":"1.0",',
      '',
      receivedLine(b),
      `{"a":"${'x'.repeat(MB)}"}`,
      movedLine(a, 9, 'b2'),
      movedLine(b, 9, 'b3', { data: { status: 9, at: '2021-06-01T08:00:00Z', note: 'Mẫu'.normalize('NFD') } }),
      movedLine(b, 9, 'b4', { subject: undefined }),
      movedLine(a, 10, 'b5'),
      movedLine(a, 4, 'b6'),
    ]);
    expect(
      answers.map(({ line, status, outcome, code, sequence }) => [line, status, outcome ?? code, sequence]),
    ).toEqual([
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
    const answers = await intake.sendLines([
      ...codes.map(receivedLine),
      ...codes.flatMap((code) => [movedLine(code, 4, `x${code}`), movedLine(code, 9, `y${code}`)]),
    ]);
    expect(answers.map(({ line }) => line)).toEqual(answers.map((_, i) => i + 1));
    expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
    expect(answers.slice(2_000).map(({ sequence }) => sequence)).toEqual(codes.flatMap(() => [2, 3]));
  }, 300_000);

  it('answers a line before the next one is sent', async () => {
    const request = httpRequest(intake.url('/v1/batches'), {
      method: 'POST',
      headers: { authorization: 'Bearer key-of-mot-cua', 'content-type': 'application/x-ndjson' },
    });
    const code = nextCode();
    request.write(`${receivedLine(code)}\n`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const ended = once(response.setEncoding('utf8'), 'end');
    const [first] = (await once(response, 'data')) as [string];
    expect(JSON.parse(first)).toMatchObject({ line: 1, status: 202, sequence: 1 });
    request.end(movedLine(code, 4, 'l2'));
    const [second] = (await once(response, 'data')) as [string];
    expect(JSON.parse(second)).toMatchObject({ line: 2, status: 202, sequence: 2 });
    await ended;
  });
});

describe('the description at /docs', () => {
  it('names every route, every problem code, and only schemas that it has', async () => {
    const { body } = await intake.send('GET', '/docs-json');
    const under = (name: string): string[] =>
      ['', '/deliveries', '/events', '/timeline'].map((part) => `${name}${part}`);
    const parts = ['LLTP/LayMaHoSo', 'LLTP/TaoHoSo', 'filed', 'integration', 'login', 'share'];
    const doors = parts.map((part) => `/partners/{agency}/${part}`);
    const feed = ['/v1/agencies/{id}/acknowledgements', '/v1/agencies/{id}/events'];
    const routes = [...doors, ...feed, '/v1/batches', '/v1/cases', ...under('/v1/cases/{code}'), '/v1/files/{sha256}'];
    expect(Object.keys(body.paths as object).sort()).toEqual(routes);
    const text = JSON.stringify(body);
    const { schemas } = body.components as { schemas: Record<string, unknown> };
    const named = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]!);
    expect(named.filter((name) => !(name in schemas))).toEqual([]);
    expect(named).toEqual(expect.arrayContaining(['case.received', 'case.result-revoked', 'ProblemDto']));
    for (const code of Object.keys(problems)) expect(text).toContain(code);
    expect((await intake.send('GET', '/docs')).status).toBe(200);
  });
});

describe('the door', () => {
  const ask = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(intake.url('/'));
      const asked = httpRequest({ hostname, port, path, method: 'GET' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.once('error', reject).end();
    });

  it('asks for a key however the address is written', async () => {
    const hash = '0'.repeat(64);
    const written = [
      `/v1/files/${hash}`,
      `/%761/files/${hash}`,
      `/%76%31/files/${hash}`,
      `http://elsewhere/v1/files/${hash}`,
    ];
    expect(await Promise.all(written.map(ask))).toEqual([401, 401, 401, 401]);
  });
});
