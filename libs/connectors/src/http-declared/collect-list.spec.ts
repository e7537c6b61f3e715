import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { classifyReply } from '#domain';

import { outgoing, pdf, recordCase } from '../case.fixture.js';
import type { Listed } from '../connector.js';
import { json, type Answer } from '../testing/partner.js';
import { Described } from './described.fixture.js';

let described: Described;
afterEach(() => described.end());

const page = async (cursor?: string): Promise<Extract<Listed, { kind: 'page' }>> => {
  const listed = await described.connector.collectList!(cursor, described.context());
  if (listed.kind !== 'page') throw new Error(listed.reason);
  return listed;
};

describe('a feed of all orders, read with a cursor', () => {
  const order = (id: number, statusCode = 4, orderNumber = `H1-${id}`) => ({
    _id: { $oid: String(id).padStart(24, '0') },
    orderNumber,
    statusCode,
    statusMessage: 'đã phát',
    time: 1_732_089_600_000,
  });
  const post = async (orders: readonly object[], answer?: Answer): Promise<void> => {
    described = await Described.by('post');
    described.partner.answers((arrived, response, request) => {
      if (arrived.path === '/post/token')
        return json(
          arrived.headers.authorization === `Basic ${Buffer.from('hub-key:value-of-POST_SECRET').toString('base64')}` &&
            arrived.body === 'grant_type=client_credentials'
            ? { access_token: 'T' }
            : {},
        )(arrived, response, request);
      if (answer) return answer(arrived, response, request);
      const { lastId, pageSize } = arrived.json as { lastId: string; pageSize: number };
      const after = orders.filter((one) => (one as ReturnType<typeof order>)._id.$oid > lastId).slice(0, pageSize);
      return json({ _embedded: { 'rh:doc': after } })(arrived, response, request);
    });
  };

  it('is read to its end, page by page, from where it was left', async () => {
    await post([order(1), order(2, 1), order(3)]);
    const first = await page();
    expect(first).toMatchObject({
      reports: [
        {
          caseCode: 'H1-1',
          type: 'vn.lienthong.case.status-changed.v1',
          data: { status: 10, at: '2024-11-20T15:00:00+07:00', note: 'đã phát' },
        },
      ],
      more: true,
      cursor: '0'.repeat(23) + '2',
    });
    const second = await page(first.cursor);
    expect(second).toMatchObject({ reports: [{ caseCode: 'H1-3' }], more: true });
    expect(await page(second.cursor)).toEqual({ kind: 'page', reports: [], more: false, cursor: second.cursor });
    expect(described.partner.arrived[1]).toMatchObject({
      headers: { access_token: 'T' },
      json: { customerCode: 'MAU', lastId: '0'.repeat(24) },
    });
  });

  it('whose row can’t be read tells the others, and stays there: nothing is passed over', async () => {
    await post([order(1, 77), order(2)]);
    expect(await page('0')).toMatchObject({
      reports: [{ caseCode: 'H1-2' }],
      more: false,
      cursor: '0',
      unread: ['row 0: no rule reads it'],
    });
    await described.end();
    await post([order(1, 4, '')]);
    expect(await page()).toMatchObject({ reports: [], more: false, unread: ['row 0: names no case'] });
  });

  it.each<[string, (n: number) => unknown]>([
    [
      'gives the same page under new cursors',
      (n) => [
        { ...order(1), _id: { $oid: String(1) } },
        { ...order(2), _id: { $oid: `n${n % 1}` } },
      ],
    ],
    ['gives a cursor that stands still', () => [order(7)]],
    ['goes round', (n) => [order(n % 3)]],
  ])('that %s isn’t asked for ever', async (_, rows) => {
    let n = 0;
    await post([], (arrived, response, request) =>
      json({ _embedded: { 'rh:doc': rows(n++) } })(arrived, response, request),
    );
    let cursor: string | undefined;
    let asked = 0;
    for (let more = true; more && asked < 20; asked++) ({ more, cursor } = await page(cursor));
    expect(asked).toBeLessThan(6);
  });

  it('by numbered pages is one list, read anew as a whole, acknowledged as one', async () => {
    described = await Described.by('post', [['cursor: { lastRow: _id.$oid }', 'cursor: { page: 1 }']]);
    const pages: Record<string, object[]> = { 1: [order(1), order(2, 1)], 2: [order(3), order(1, 4, 'H1-3')], 3: [] };
    described.partner.answers((arrived, response, request) => {
      if (arrived.path === '/post/token') return json({ access_token: 'T' })(arrived, response, request);
      const { lastId } = arrived.json as { lastId: string };
      return json({ _embedded: { 'rh:doc': pages[lastId] ?? [] } })(arrived, response, request);
    });
    for (const kept of [undefined, '7']) {
      const whole = await page(kept);
      expect(whole.reports.map(({ caseCode }) => caseCode)).toEqual(['H1-1', 'H1-3', 'H1-3']);
      expect([whole.more, whole.cursor]).toEqual([false, undefined]);
    }
    pages[2] = [];
    pages[3] = [{}];
    expect((await page()).reports).toHaveLength(1);
  });

  it.each<[string, Answer, string]>([
    ['no list', json({ _embedded: {} }), 'no list of rows (HTTP 200)'],
    [
      'an error page',
      (_, r) => r.writeHead(502, { 'content-type': 'text/html' }).end('<html>'),
      'unrecognised answer (HTTP 502, text/html)',
    ],
    ['an expired session', json({}, 401), 'the session had expired'],
  ])('says nothing by %s', async (_, answer, reason) => {
    await post([], answer);
    expect(await described.connector.collectList!('5', described.context())).toEqual({ kind: 'busy', reason });
  });

  it('can’t be declared with an operation that knows no cursor, or reads a case', async () => {
    const file = (from: string, to: string) => Described.by('post', [[from, to]]);
    described = await Described.by('post');
    await expect(file('{ from: cursor, otherwise', '{ value: 1, otherwise')).rejects.toThrow(
      'collect.cursor: operation tracking doesn’t read it',
    );
    await expect(file('customerCode: MAU', 'customerCode: { from: code }')).rejects.toThrow(
      'operation tracking reads code',
    );
  });
});

describe('notices in a document of XML within JSON', () => {
  const hash = createHash('sha256').update(pdf).digest('hex');
  const notices = (rows: string, error_code: string | number = '0') =>
    json({
      error_code,
      Ngay: '20241120160000',
      Data: { FileThongBaoThue: Buffer.from(`<DATA><BODY>${rows}</BODY></DATA>`).toString('base64') },
    });
  const row = (code: string, more = ''): string =>
    `<ROW_LIST><MA_HSO>${code}</MA_HSO><LIST><TEN_TIEUMUC>Lệ phí</TEN_TIEUMUC><SO_TIEN>120000</SO_TIEN></LIST>${more}</ROW_LIST>`;
  const tax = async (answer: Answer): Promise<void> => {
    described = await Described.by('land-tax');
    described.partner.answers(answer);
  };

  it('are told row by row, one alone or none, and acknowledged by a second operation', async () => {
    await tax(notices(row('A') + row('B')));
    const listed = await page();
    expect(listed).toMatchObject({
      reports: [{ caseCode: 'A', data: { status: 4, note: 'Lệ phí: 120000' } }, { caseCode: 'B' }],
      more: false,
    });
    described.partner.answers(json({ error_code: '0' }));
    const said = await described.connector.acknowledgeList!(listed.acknowledge!, described.context());
    expect(classifyReply(said, '', described.contract.replies)).toEqual({ kind: 'accepted' });
    expect(described.partner.arrived.at(-1)).toMatchObject({
      path: '/thue/da-nhan',
      json: { maHoSo: ['A', 'B'], SecurityKey: 'value-of-TAX_KEY' },
    });
    described.partner.answers(notices(row('C')));
    expect(await page()).toMatchObject({ reports: [{ caseCode: 'C' }] });
    for (const none of ['<ROW_LIST/>', '<TONG>0</TONG>']) {
      described.partner.answers(notices(none));
      expect(await page()).toEqual({ kind: 'page', reports: [], more: false });
    }
    described.partner.answers(json({ error_code: '0', Data: {} }));
    expect(await described.connector.collectList!(undefined, described.context())).toMatchObject({ kind: 'busy' });
  });

  it('of which one can’t be read aren’t acknowledged with it, and the others are', async () => {
    await tax(notices(row('') + row('B')));
    expect(await page()).toMatchObject({
      reports: [{ caseCode: 'B' }],
      acknowledge: [{ MA_HSO: 'B' }],
      unread: ['row 0: names no case'],
    });
  });

  it('that say an error are no page, whatever they hold', async () => {
    await tax(notices(row('A'), '-9'));
    expect(await described.connector.collectList!(undefined, described.context())).toMatchObject({ kind: 'busy' });
  });

  it('go the other way, too, and the answer is read through its wrapping', async () => {
    await tax(json({ ketQua: Buffer.from('{"ma":1}').toString('base64') }));
    expect(await described.hears(outgoing('received', recordCase))).toEqual({ kind: 'accepted' });
    const { Data } = described.partner.arrived[0]!.json as { Data: { noiDung: string } };
    expect(Buffer.from(Data.noiDung, 'base64').toString()).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><DATA><MA_HSO>${recordCase.code}</MA_HSO></DATA>`,
    );
  });

  const issued = (...files: string[]): Answer =>
    notices(
      row(
        'A',
        `<KET_THUC>1</KET_THUC><NGAY>20241120160000</NGAY>${files.map((file) => `<TEP><TEN>kq.pdf</TEN>${file}</TEP>`).join('')}`,
      ),
    );
  const within = `<NOI_DUNG>${pdf.toString('base64')}</NOI_DUNG>`;
  const serving =
    (answer: Answer, file: Buffer = pdf): Answer =>
    (arrived, response, request) =>
      arrived.path === '/thue/thong-bao'
        ? answer(arrived, response, request)
        : void response.writeHead(200, { 'content-type': 'application/pdf' }).end(file);

  it('bring their files: within, by an address below the partner’s own, by a number', async () => {
    await tax(
      serving(
        issued(
          `${within}<SHA256>${hash}</SHA256>`,
          `<URL>/thue/tai/1.pdf?k=1</URL><SHA256>${hash}</SHA256>`,
          '<MA>a/b</MA>',
        ),
      ),
    );
    const { reports } = await page();
    const kept = { sha256: hash, name: 'kq.pdf', mediaType: 'application/pdf', size: pdf.length };
    expect(reports[0]).toMatchObject({
      type: 'vn.lienthong.case.result-issued.v1',
      data: { documents: [kept, kept, kept] },
    });
    expect(reports[0]!.files.map(({ sha256, bytes }) => [sha256, bytes.equals(pdf)])).toEqual(
      Array(3).fill([hash, true]),
    );
    expect(
      described.partner.arrived
        .slice(1)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/thue/tai/1.pdf?k=1', '/thue/tep/a%2Fb']);
  });

  it.each<[string, string, RegExp]>([
    ['are other bytes than they say', `${within}<SHA256>${'0'.repeat(64)}</SHA256>`, /the bytes have another hash/],
    ['are no base64', '<NOI_DUNG>not base64!</NOI_DUNG>', /is no base64/],
    [
      'are too long',
      `<NOI_DUNG>${Buffer.alloc(65_537).toString('base64')}</NOI_DUNG>`,
      /the file is longer than 64 KiB/,
    ],
    ['stand elsewhere', '<URL>http://127.0.0.2:1/x.pdf</URL>', /address isn’t below the partner’s own/],
    ['stand beside the declared address', '<URL>../quan-tri</URL>', /address isn’t below the partner’s own/],
    ['name somebody', '<URL>//hub:x@127.0.0.1/thue/x</URL>', /address isn’t below the partner’s own/],
  ])('whose files %s aren’t taken', async (_, file, why) => {
    await tax(serving(issued(file)));
    const listed = await page();
    expect(listed.reports).toEqual([]);
    expect(listed.unread?.join()).toMatch(why);
    expect(described.partner.arrived).toHaveLength(1);
  });

  it('whose download is too long, or a web page, aren’t taken', async () => {
    await tax(serving(issued('<URL>tai/1.pdf</URL>'), Buffer.alloc(65_537)));
    expect((await page()).unread?.join()).toMatch(/answer too long/);
    described.partner.answers((arrived, response, request) =>
      arrived.path === '/thue/thong-bao'
        ? issued('<URL>tai/1.pdf</URL>')(arrived, response, request)
        : void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    );
    expect((await page()).unread?.join()).toMatch(/the file didn’t come: HTTP 200/);
  });
});
