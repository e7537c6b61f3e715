import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { classifyReply } from '#domain';
import { parseAgencyFile, type ContractVersion } from '#wire';
import { holdingPdf, outgoing, recordCase, sending } from '../case.fixture.js';
import type { OutgoingEvent, SendContext } from '../connector.js';
import { json, startPartner, type Answer, type ScriptedPartner } from '../testing/partner.js';
import { DeclaredConnector } from './connector.js';

const yaml = readFileSync(
  join(import.meta.dirname, '../../../../libs/connectors/src/http-declared/labour.fixture.yaml'),
  'utf8',
);
const login = /[ ]{6}login:\n(?:[ ]{8}.*\n)+/;
let partner: ScriptedPartner;
let contract: ContractVersion;
let connector: DeclaredConnector;
const received = outgoing('received', recordCase);
const ofCase = (code: string): OutgoingEvent => outgoing('received', { ...recordCase, code }, { caseCode: code });
const progress = (code: string): OutgoingEvent =>
  outgoing(
    'status-changed',
    { ...recordCase, code },
    { caseCode: code, sequence: 2, data: { status: 4, at: '2024-11-13T09:00:00+07:00' } },
  );

beforeEach(async () => {
  partner = await startPartner(json({ code: '00' }));
});
afterEach(async () => {
  await connector.close(0);
  await partner.stop();
});

/** The labour department with other words in its file, without its login unless told so. */
function describes(changes: [string | RegExp, string][] = [], keepsLogin = false): void {
  let text = keepsLogin ? yaml : yaml.replace(login, '');
  for (const [from, to] of changes) {
    const before = text;
    text = text.replace(from, to);
    expect(text).not.toBe(before);
  }
  contract = parseAgencyFile(text, { LIENTHONG_LABOUR_PORT: new URL(partner.url).port }).versions[0]!;
  connector = new DeclaredConnector(contract);
}
const context = (more: Partial<SendContext> = {}): SendContext =>
  sending(contract, { secret: () => 'let-me-in', ...more });
async function prepared(event: OutgoingEvent) {
  const mapped = await connector.prepare(event, contract, holdingPdf);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return mapped.prepared;
}
async function hears(event: OutgoingEvent, more: Partial<SendContext> = {}) {
  const item = await prepared(event);
  const said = await connector.send(item, event, context(more));
  if (said.kind === 'unmade') throw new Error(said.reason);
  return classifyReply(said, item.operation, contract.replies);
}
const batched = async (event: OutgoingEvent, asUpdate = false) => ({
  prepared: await prepared(event),
  event,
  key: event.caseCode,
  asUpdate,
});
const together = async (event: OutgoingEvent, asUpdate = false): Promise<string | undefined> =>
  connector.together(await batched(event, asUpdate));

describe('several items share a request only where it tells of all alike', () => {
  const body = 'body: { rows: { from: items, otherwise: [] } }';
  it('a body of one item goes alone: else the first would stand for all', async () => {
    describes();
    expect(await together(ofCase('A'))).toBeUndefined();
    expect(await together(progress('A'))).toBe('progress');
  });

  it.each<[string, string]>([
    ['a header', `${body}\n        headers: { x-case: { from: code } }`],
    ['a query', `${body}\n        query: { no: { from: item.caseNo } }`],
    ['a value of the event in the body', 'body: { by: { from: event.sender }, rows: { from: items } }'],
    ['one place of the list', "body: { row: { from: 'items[0]' } }"],
    ['an expression', 'body: { rows: { jsonata: items } }'],
    ['nothing of any item', 'body: { ping: 1 }'],
  ])('%s of one of them keeps it alone', async (_, changed) => {
    describes([[body, changed]]);
    expect(await together(progress('A'))).toBeUndefined();
  });

  it('an answer that names its case is for one item, unless rows do', async () => {
    describes([['rows: { at: result.rows, key: caseNo, itemKey: caseNo }', 'names: { caseNo: { from: code } }']]);
    expect(await together(progress('A'))).toBeUndefined();
  });

  it('an update and an add share none', async () => {
    describes([[body, 'body: { isNew: { from: asUpdate }, rows: { from: items } }']]);
    expect(await together(progress('A'), true)).not.toBe(await together(progress('A')));
  });
});

describe('an item alone', () => {
  it('stands in the list that several would share, and is told by its row', async () => {
    describes();
    partner.answers(json({ code: '00', result: { rows: [{ caseNo: 'A', code: '-3', message: 'Sai' }] } }));
    expect(await hears(progress('A'))).toEqual({ kind: 'refused', reason: 'Sai' });
    expect(partner.arrived[0]?.json).toMatchObject({ rows: [{ caseNo: 'A', status: '4' }] });
    partner.answers(json({ code: '00', result: { rows: [{ caseNo: 'B', code: '00' }] } }));
    expect(await hears(progress('A'))).toMatchObject({ kind: 'doubt' });
    partner.answers(json({ result: { rows: [{ caseNo: 'A', code: '00' }] } }));
    expect(await hears(progress('A'))).toEqual({ kind: 'accepted' });
  });

  it('isn’t sent with what its address, query or headers can’t hold: it waits for a person, by the member’s name', async () => {
    const path = 'path: /progress';
    for (const [changed, why] of [
      [`${path}\n        query: { at: { from: application.field.code, required: true } }`, 'query.at: there is none'],
      [
        `${path}\n        query: { at: { from: code, table: channel } }`,
        'query.at: code table channel has no what stands there, and it is no code',
      ],
      [`${path}\n        headers: { x-case: { from: code } }`, 'headers.x-case: no header can hold it'],
    ] as const) {
      describes([[path, changed]]);
      const mapped = await connector.prepare(progress('A\r\nX: y'), contract, holdingPdf);
      expect(mapped).toEqual({ kind: 'unmappable', reason: `operations.progress.${why}`, operation: 'progress' });
    }
    describes();
    const dots = await connector.prepare(ofCase('..'), contract, holdingPdf);
    expect(dots).toMatchObject({ kind: 'unmappable', reason: 'operations.replace.path: .. is no part of a path' });
    expect(partner.arrived).toEqual([]);
  });

  it('is never overwritten by credentials', async () => {
    const key = '      login: { kind: body-key, field: source, secret: K }\n';
    const find = "{ method: GET, path: '/cases/{code}' }";
    const lines: [string, string] = ['    receives:', `${key}    receives:`];
    expect(() => describes([lines])).toThrow('operations.find: a GET has no body for the credentials');
    describes([lines, [find, find.replace('GET', 'POST, body: { so: { from: code } }')]]);
    const said = await connector.send(await prepared(received), received, context());
    expect(said).toEqual({ kind: 'unmade', reason: 'the request can’t be made' });
    expect(partner.arrived).toEqual([]);
  });
});

describe('an answer about another case', () => {
  const find = "find: { method: GET, path: '/cases/{code}'";
  const changes: [string, string][] = [[find, `${find}, names: { 'case.no': { from: code } }`]];
  it('is neither a report nor a proof', async () => {
    describes([...changes, ["json: { 'case.no': A }", 'contentType: application/json']]);
    partner.answers(json({ case: { no: 'H99-1', state: 'done', finished: '20/11/2024 16:00:00', officer: 'X' } }));
    expect(await connector.collect?.(recordCase.code, recordCase, context())).toEqual({
      kind: 'busy',
      reason: 'the answer is for another case',
    });
    expect(await connector.lookUp?.(await prepared(received), received, context())).toEqual({ kind: 'unknown' });
  });

  it('is none where it sends us elsewhere, whatever comes along', async () => {
    describes([
      ["held: { status: 200, json: { 'case.no': A } }", "held: { json: { 'case.no': A } }"],
      ['{ status: 404, contentType: application/json, json: { error: NOT_FOUND } }', '{ json: { error: NOT_FOUND } }'],
      ["when: { status: 200, json: { 'case.state': done } }", "when: { json: { 'case.state': done } }"],
    ]);
    const case_ = { no: 'A', state: 'done', finished: '20/11/2024 16:00:00', officer: 'X' };
    const item = await prepared(received);
    for (const said of [{ case: case_ }, { error: 'NOT_FOUND' }]) {
      partner.answers(json(said, 302));
      expect(await connector.lookUp?.(item, received, context())).toEqual({ kind: 'unknown' });
      expect(await connector.collect?.(recordCase.code, recordCase, context())).toMatchObject({ kind: 'busy' });
    }
  });

  it('is known by a name that an expression gives', async () => {
    describes([['names: { caseNo: { from: code } }', "names: { caseNo: { jsonata: 'code' } }"]]);
    partner.answers(json({ code: '00', caseNo: recordCase.code }));
    expect(await hears(received)).toEqual({ kind: 'accepted' });
    partner.answers(json({ code: '00', caseNo: 'H99-1' }));
    expect(await hears(received)).toMatchObject({ kind: 'doubt' });
  });
});

describe('a session', () => {
  let tokens = 0;
  const answering = (token: (n: number) => unknown, answer: Answer): void => {
    tokens = 0;
    partner.answers((arrived, response, request) =>
      arrived.path === '/api/auth/token'
        ? json({ access_token: token(++tokens) })(arrived, response, request)
        : answer(arrived, response, request),
    );
  };

  it('that is turned away takes no newer one with it', async () => {
    describes([], true);
    const late: (() => void)[] = [];
    answering(
      (n) => `t${n}`,
      (arrived, response, request) => {
        if (arrived.headers.authorization !== 'Bearer t1') return json({ code: '00' })(arrived, response, request);
        const expire = (): void => void json({ error: 'TOKEN_EXPIRED' }, 401)(arrived, response, request);
        if (arrived.path === '/api/progress') late.push(expire);
        else expire();
      },
    );
    const slow = hears(progress('A'));
    while (late.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await hears(received)).toEqual({ kind: 'session-expired' });
    expect(await hears(received)).toEqual({ kind: 'accepted' });
    late[0]!();
    expect(await slow).toEqual({ kind: 'session-expired' });
    expect(await hears(received)).toEqual({ kind: 'accepted' });
    expect(tokens).toBe(2);
  });

  it.each([['a\r\nx: y'], ['mã'], ['two words'], [7], [''], [null]])('is never %j', async (token) => {
    describes([], true);
    answering(() => token, json({ code: '00' }));
    const said = await connector.send(await prepared(received), received, context());
    expect(said).toEqual({ kind: 'unsent', reason: 'login was refused (HTTP 200)' });
  });

  it('is opened within the item’s own time', async () => {
    describes([], true);
    partner.answers((arrived, response, request) => {
      if (arrived.path === '/api/auth/token')
        setTimeout(() => json({ access_token: 't' })(arrived, response, request), 1_000);
    });
    const item = await prepared(received);
    const began = performance.now();
    expect(await connector.send(item, received, context({ timeoutMs: 1_500 }))).toMatchObject({ kind: 'no-answer' });
    // The login's time and the item's own after it would be 2,500 ms.
    expect(performance.now() - began).toBeLessThan(2_400);
  });
});

it('a file stands in an item and nowhere else: no request fails over it', () => {
  const path = 'path: /progress';
  const given = `${path}\n        query: { f: { file: 'application.documents[0]' } }`;
  expect(() => describes([[path, given]])).toThrow('operations.progress.query.f: a file stands in an item only');
});
