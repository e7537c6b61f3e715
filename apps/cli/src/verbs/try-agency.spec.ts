import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { portalCase } from '../../../../libs/connectors/src/case.fixture.js';
import { agencyText, ContractWorld } from '../testing/contract-world.js';

let world: ContractWorld;
let partner: Server;
let arrived: { headers: IncomingHttpHeaders; body: string }[] = [];
let status = 200;
beforeAll(async () => {
  world = await ContractWorld.begin();
  partner = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      arrived.push({ headers: request.headers, body });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"detail":"thiếu \\u001b ngày cấp"}');
    });
  });
  await new Promise<void>((resolve) => partner.listen(0, '127.0.0.1', resolve));
});
beforeEach(async () => {
  await world.clear();
  arrived = [];
  status = 200;
  await world.enters(
    {
      sender: 'm',
      key: '1',
      type: 'vn.lienthong.case.received.v1',
      caseCode: 'C-1',
      data: { code: 'C-1' },
      opens: { procedure: '2.000488', openedOn: '2024-01-01', dueAt: null },
      status: 2,
    },
    { sender: 'm', key: '2', type: 'vn.lienthong.case.status-changed.v1', caseCode: 'C-1', data: { status: 4 } },
  );
});
afterAll(async () => {
  partner.close();
  await world.end();
});

const text = (): string =>
  agencyText({
    endpoint: `{ baseUrl: 'http://127.0.0.1:${(partner.address() as AddressInfo).port}', login: { kind: bearer, secret: KEY } }`,
    replies:
      '[{ when: { status: 200 }, means: accepted }, { when: { status: 422 }, means: refused, reason: [detail] }]',
  });
const tried = (words: string) => world.typed(`agency try ${world.file(text())} ${words}`);

describe('agency try', () => {
  it('maps the newest event that the agency takes, or the one named, and sends nothing', async () => {
    expect(await tried('--case C-1')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/case\.received #1, phiên bản · version 2018-01-01.*"sequence": "1".*chưa gửi/s),
    });
    expect((await tried('--case C-1 --sequence 2')).out).toContain('case.status-changed #2');
    expect(await tried('--case C-1 --sequence 3')).toMatchObject({ code: 1, out: '' });
    expect(await tried('--case C-9')).toMatchObject({ code: 1, out: '' });
    expect(await tried('--json')).toMatchObject({ code: 1, out: '' });
    expect(arrived).toEqual([]);
  });

  it('takes a sample, checked like an event that comes in', async () => {
    const sample = {
      specversion: '1.0',
      id: 's',
      source: '/x',
      type: 'vn.lienthong.case.received.v1',
      subject: 'case/S-1',
      data: portalCase,
    };
    const path = world.file(JSON.stringify(sample), 'sample.json');
    expect((await tried(`--sample ${path} --json`)).out).toContain('"subject": "case/S-1"');
    world.file(JSON.stringify({ ...sample, data: { ...portalCase, applicant: undefined } }), 'sample.json');
    expect((await tried(`--sample ${path}`)).err).toContain('/data/applicant còn thiếu');
    world.file('{', 'sample.json');
    expect((await tried(`--sample ${path}`)).code).toBe(1);
  });

  it('sends once where told so, with a warning, under a key of its own, and says what the reply means', async () => {
    const before = await world.rows();
    const { code, out, err } = await tried('--case C-1 --send');
    expect(code).toBe(0);
    expect(out).toContain('→ accepted');
    expect(err).toContain('GỬI THẬT');
    expect(arrived).toHaveLength(1);
    expect(arrived[0]!.headers['idempotency-key']).toMatch(/\.try-/);
    expect(JSON.parse(arrived[0]!.body)).toMatchObject({ subject: 'case/C-1', data: { code: 'C-1' } });
    status = 422;
    expect(await tried('--case C-1 --send')).toMatchObject({
      code: 1,
      out: expect.stringContaining('→ refused: thiếu \uFFFD ngày cấp'),
    });
    // Nothing but the note of who looked at what.
    expect(without(await world.rows())).toBe(without(before));
    const { rows: looks } = await world.db.pool.query(
      'select operator, door, action, agency_id, case_code from audit_log order by id desc limit 2',
    );
    expect(looks).toEqual(
      Array(2).fill({ operator: 'lan', door: 'cli', action: 'try-send', agency_id: 'a', case_code: 'C-1' }),
    );
    const audited = async (words: string) => (await world.typed(`audit ls ${words}`)).out.trim().split('\n');
    expect(await audited('--case C-1 --operator lan --limit 2')).toEqual([
      expect.stringMatching(/^lúc /),
      ...Array(2).fill(expect.stringMatching(/lan +cli +try-send +a +C-1$/)),
    ]);
    expect(await audited('--case C-2')).toEqual(['Chưa ai xem gì · nobody has looked at anything']);
  });

  it('shows the request as it would leave, without what proves who we are', async () => {
    const { out } = await tried('--case C-1');
    expect(out).toMatch(/POST http:\/\/127\.0\.0\.1:\d+/);
    expect(out).toMatch(/content-type: application\/(cloudevents\+)?json/);
    expect(out).toContain('authorization: Bearer ••••');
    expect(arrived).toEqual([]);
  });
});

const without = (rows: string): string => rows.replace(/audit_log \d+, /, '');
