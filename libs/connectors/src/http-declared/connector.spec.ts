import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { classifyReply } from '#domain';
import { parseAgencyFile, type ContractVersion } from '#wire';
import { holdingPdf, outgoing, pdf, recordCase, sending } from '../case.fixture.js';
import type { OutgoingEvent, SendContext } from '../connector.js';
import { json, startPartner, type Answer, type ScriptedPartner } from '../testing/partner.js';
import { DeclaredConnector } from './connector.js';

const yaml = readFileSync(
  join(import.meta.dirname, '../../../../libs/connectors/src/http-declared/labour.fixture.yaml'),
  'utf8',
);
let partner: ScriptedPartner;
let contract: ContractVersion;
let connector: DeclaredConnector;
let tokens = 0;
const received = outgoing('received', recordCase);
const progress = (code: string, sequence = 2): OutgoingEvent =>
  outgoing(
    'status-changed',
    { ...recordCase, code },
    { caseCode: code, sequence, data: { status: 4, at: '2024-11-13T09:00:00+07:00' } },
  );

/** Whoever has the secret gets a token; everything else is the spec's. */
const answering = (answer: Answer): void =>
  partner.answers((arrived, response, request) => {
    if (arrived.path !== '/api/auth/token') return answer(arrived, response, request);
    const isEntitled = arrived.body === 'grant_type=client_credentials&client_id=tinh-mau&client_secret=let-me-in';
    json(isEntitled ? { access_token: `t${++tokens}` } : { error: 'invalid_client' }, isEntitled ? 200 : 401)(
      arrived,
      response,
      request,
    );
  });
const inside = (): ScriptedPartner['arrived'] => partner.arrived.filter(({ path }) => path !== '/api/auth/token');

beforeEach(async () => {
  tokens = 0;
  partner = await startPartner(json({ code: '00' }));
  answering(json({ code: '00' }));
  contract = parseAgencyFile(yaml, { LIENTHONG_LABOUR_PORT: new URL(partner.url).port }).versions[0]!;
  connector = new DeclaredConnector(contract);
});
afterEach(async () => {
  await connector.close(0);
  await partner.stop();
});

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

describe('a partner that its file alone describes', () => {
  it('gets the case as it wants it, and the key and the token in headers', async () => {
    expect(await hears(received)).toEqual({ kind: 'accepted' });
    expect(inside()).toHaveLength(1);
    expect(inside()[0]).toMatchObject({
      path: '/api/cases',
      headers: { authorization: 'Bearer t1', 'idempotency-key': context().key, 'content-type': 'application/json' },
      json: {
        source: 'lien-thong',
        isNew: true,
        data: {
          caseNo: 'H56.14-241112-0009',
          kind: 1,
          person: { name: 'NGUYỄN THỊ MẪU ĐƠN', id: '038190000123' },
          via: 'truc-tuyen',
          received: '12/11/2024 00:30:00',
          due: '22/11/2024',
          files: [{ name: 'to-khai.pdf', content: pdf.toString('base64') }],
        },
      },
    });
  });

  it('gets an update of what it holds as it wants updates', async () => {
    answering(json({ code: '05', message: 'Hồ sơ ĐÃ TỒN TẠI' }, 409));
    expect(await hears(received)).toEqual({ kind: 'already-held' });
    answering(json({ code: '00' }));
    expect(await hears(received, { asUpdate: true })).toEqual({ kind: 'accepted' });
    expect(inside().at(-1)).toMatchObject({ path: '/api/cases/H56.14-241112-0009', json: { isNew: false } });
  });

  it('has its items hashed without envelope and credentials: same key, same bytes', async () => {
    expect(await prepared(received)).toEqual(await prepared(received));
    expect(JSON.stringify(await prepared(received))).not.toContain('lien-thong');
  });

  it('is asked by the case’s own codes, whenever it is sent', async () => {
    const of2026 = { ...recordCase, receivedAt: '2026-01-01T00:00:00+07:00' };
    expect((await prepared(outgoing('received', of2026))).item).toMatchObject({ kind: 'C' });
    expect(
      (await prepared(outgoing('received', { ...of2026, receivedAt: '2025-12-31T23:59:59+07:00' }))).item,
    ).toMatchObject({ kind: 1 });
  });

  it('logs in again when the token has expired, once for all who wait', async () => {
    answering((arrived, response, request) =>
      json(
        arrived.headers.authorization === 'Bearer t1' ? { error: 'TOKEN_EXPIRED' } : { code: '00' },
        arrived.headers.authorization === 'Bearer t1' ? 401 : 200,
      )(arrived, response, request),
    );
    expect(await hears(received)).toEqual({ kind: 'session-expired' });
    expect(await Promise.all([hears(received), hears(received)])).toEqual([{ kind: 'accepted' }, { kind: 'accepted' }]);
    expect(tokens).toBe(2);
  });

  it('is sent nothing while it doesn’t let us in: unsent, not in doubt', async () => {
    const said = await connector.send(await prepared(received), received, context({ secret: () => 'wrong' }));
    expect(said).toEqual({ kind: 'unsent', reason: 'login was refused (HTTP 401)' });
    expect(inside()).toEqual([]);
  });

  it.each<[string, Answer, object]>([
    [
      'a refusal in its own words',
      json({ code: '-3', message: 'Thiếu ngày cấp' }),
      { kind: 'refused', reason: 'Thiếu ngày cấp' },
    ],
    [
      'a page, whatever its status',
      (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>"code":"00"'),
      { kind: 'busy' },
    ],
    ['success that says error', json({ code: '07', message: 'thành công' }), { kind: 'doubt', answered: true }],
    [
      'another case’s answer',
      json({ code: '00', caseNo: 'H99-1' }),
      { kind: 'doubt', reason: 'the answer is for another case' },
    ],
  ])('is understood: %s', async (_, answer, expected) => {
    answering(answer);
    expect(await hears(received)).toMatchObject(expected);
  });

  it('answers several by rows: one that is missing, there twice or unknown is doubt', async () => {
    answering(
      json({
        result: {
          rows: [
            { caseNo: 'A', code: '00' },
            { caseNo: 'B', code: '-3', message: 'Sai' },
            { caseNo: 'D', code: '00' },
            { caseNo: 'D', code: '00' },
          ],
        },
      }),
    );
    const items = await Promise.all(
      ['A', 'B', 'C', 'D'].map(async (code) => ({
        prepared: await prepared(progress(code)),
        event: progress(code),
        key: code,
        asUpdate: false,
      })),
    );
    expect(new Set(items.map((item) => connector.together(item)))).toEqual(new Set(['progress']));
    const several = await connector.sendSeveral(items, context());
    if (several.kind !== 'rows') throw new Error('no rows');
    const replies = several.answers.map((row) => row && classifyReply(row, 'progress', contract.replies));
    expect(replies).toEqual([{ kind: 'accepted' }, { kind: 'refused', reason: 'Sai' }, undefined, undefined]);
    expect(inside()[0]?.json).toMatchObject({ rows: [{ caseNo: 'A', status: '4', at: '20241113090000' }, {}, {}, {}] });
  });

  it.each<[string, Answer, object]>([
    ['held', json({ case: { no: 'A' } }), { kind: 'held' }],
    ['not held', json({ error: 'NOT_FOUND' }, 404), { kind: 'not-held' }],
    [
      'a gateway’s 404',
      (_, r) => r.writeHead(404, { 'content-type': 'text/html' }).end('nothing here'),
      { kind: 'busy' },
    ],
    ['another', json({ case: { no: 'B' } }), { kind: 'unknown' }],
    ['a failure', json({}, 500), { kind: 'busy' }],
  ])('is asked before a resend: %s', async (_, answer, expected) => {
    answering(answer);
    expect(await connector.lookUp?.(await prepared(received), received, context())).toMatchObject(expected);
    expect(inside()[0]).toMatchObject({ path: '/api/cases/H56.14-241112-0009', body: '' });
  });

  it('is asked again with a new token when the old one has expired', async () => {
    const item = await prepared(received);
    answering((arrived, response, request) =>
      arrived.headers.authorization === 'Bearer t2'
        ? json({ case: { no: 'A', state: 'new' } })(arrived, response, request)
        : json({ error: 'TOKEN_EXPIRED' }, 401)(arrived, response, request),
    );
    expect(await connector.lookUp?.(item, received, context())).toEqual({
      kind: 'busy',
      reason: 'the session had expired',
    });
    expect(await connector.lookUp?.(item, received, context())).toEqual({ kind: 'held' });
    tokens = 0;
    expect(await connector.collect?.(recordCase.code, recordCase, context())).toEqual({ kind: 'not-yet' });
  });

  it('tells how a case stands, in our words', async () => {
    const collect = () => connector.collect?.(recordCase.code, recordCase, context());
    answering(json({ case: { state: 'new' } }));
    expect(await collect()).toEqual({ kind: 'not-yet' });
    answering(json({ case: { state: 'done', finished: '20/11/2024 16:00:00', officer: 'Lê Văn Mẫu' } }));
    const told = await collect();
    expect(told).toMatchObject({
      kind: 'reported',
      reports: [
        {
          type: 'vn.lienthong.case.status-changed.v1',
          caseCode: recordCase.code,
          data: { status: 9, at: '2024-11-20T16:00:00+07:00', officer: { name: 'Lê Văn Mẫu' } },
        },
      ],
    });
    expect(await collect()).toEqual(told);
    answering(json({ case: { state: 'done', finished: '20/11/24', officer: 'Lê Văn Mẫu' } }));
    expect(await collect()).toMatchObject({
      kind: 'busy',
      reason: expect.stringContaining("isn't dd/MM/yyyy HH:mm:ss"),
    });
    answering(json({ case: { state: 'lost' } }));
    expect(await collect()).toMatchObject({ kind: 'busy' });
  });

  it('is reached below its own address, whatever a code holds', async () => {
    const codes = ['../../admin', 'a/b?x=1#y', '%2e%2e', 'http://elsewhere.invalid/'];
    for (const code of codes) await hears({ ...received, caseCode: code }, { asUpdate: true });
    expect(inside().map(({ path }) => path)).toEqual(codes.map((code) => `/api/cases/${encodeURIComponent(code)}`));
    const dots = await connector.prepare({ ...received, caseCode: '..' }, contract, holdingPdf);
    expect(dots).toMatchObject({ kind: 'unmappable' });
  });
});

describe('a file that can’t work is refused when its connector is made', () => {
  const changed =
    (from: string, to: string): (() => unknown) =>
    () => {
      const text = yaml.replace(from, to);
      expect(text).not.toBe(yaml);
      return new DeclaredConnector(parseAgencyFile(text, {}).versions[0]!);
    };
  it.each<[string, string, RegExp]>([
    ['events: [case.supplemented]', 'events: [case.withdrawn]', /none takes case.supplemented/],
    [
      'find: { method: GET, path',
      'find: { method: POST, path',
      /collect.operation: a question that is no GET needs a body/,
    ],
    ['update: replace', 'update: replac', /operations.create.update: there is no operation replac/],
    ['table: channel }', 'table: chanel }', /operations.create.item.via: there is no code table chanel/],
    ['applicant.idNumber, ', '', /operations.create.item.person.id: applicant.idNumber is personal/],
    ['operation: find\n      held', 'operation: fnd\n      held', /lookUp.operation: there is no operation fnd/],
    ['path: /progress', "path: '/progress/{data.sttus}'", /operations.progress.path: there is no data.sttus/],
  ])('%s → %s', (from, to, why) => expect(changed(from, to)).toThrow(why));
});
