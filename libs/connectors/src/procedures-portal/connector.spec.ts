import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { procedureContract, sample, sending } from '../case.fixture.js';
import { json, startPartner, type Answer, type ScriptedPartner } from '../testing/partner.js';
import { PortalProceduresConnector } from './connector.js';

let partner: ScriptedPartner;
let connector: PortalProceduresConnector;

const contract = () => procedureContract(0, partner.url);
const context = () => sending(contract(), { timeoutMs: 3_000 });
const row = sample<{ result: object[] }>('procedure-database/LayThuTuc.success.json').result[0]!;
/** Whoever logs in gets the next session. */
function answers(answer: Answer): void {
  let sessions = 0;
  partner.answers((arrived, response, request) =>
    (arrived.path === '/login' ? json({ session: `S${++sessions}`, error_code: 0 }) : answer)(
      arrived,
      response,
      request,
    ),
  );
}

beforeEach(async () => {
  partner = await startPartner(json({}));
  connector = new PortalProceduresConnector(contract());
});
afterEach(async () => {
  await connector.close();
  await partner.stop();
});

describe('the portal’s catalogue', () => {
  it('asks in the portal’s envelope, as the sample does', async () => {
    answers(json(sample('procedure-database/LayThuTuc.success.json')));
    await connector.askProcedure('3.000333', context());
    const asked = partner.arrived.at(-1)!;
    const shape = sample('procedure-database/LayThuTuc.request.json');
    expect(asked.path).toBe('/share');
    expect(asked.headers['dstcode']).toBe('cong-dvcqg');
    expect(asked.json).toEqual({ ...shape, session: 'S1', madonvi: 'H53' });
  });

  it('reads a detail: agency, level, field, channels and terms, numbers as text or as numbers', async () => {
    answers(json(sample('procedure-database/LayThuTuc.success.json')));
    expect(await connector.askProcedure('3.000333', context())).toEqual({
      kind: 'detail',
      facts: {
        executing: [{ code: 'G01', name: 'Công an cấp tỉnh' }],
        levels: ['Cấp tỉnh'],
        fields: [{ code: 'G01-CA10', name: 'Lý lịch tư pháp' }],
        channels: ['counter', 'online'],
        terms: [
          { channel: 'counter', amount: 10, unit: 'Ngày' },
          { channel: 'online', amount: 10, unit: 'Ngày' },
        ],
      },
      raw: row,
    });
  });

  it('says that there is none where the answer is empty, and takes no other procedure for it', async () => {
    answers(json(sample('procedure-database/LayThuTuc.unknown.json')));
    expect(await connector.askProcedure('9.999999', context())).toEqual({ kind: 'unknown' });
    answers(json(sample('procedure-database/LayThuTuc.success.json')));
    expect(await connector.askProcedure('1.001193', context())).toMatchObject({ kind: 'busy' });
  });

  it('reads what an adapter wraps as text within text', async () => {
    answers(json(sample('procedure-database/LayThuTuc.adapter-double-encoded.json')));
    expect(await connector.askProcedure('3.000333', context())).toMatchObject({
      kind: 'detail',
      raw: { MATTHC: '3.000333', TRANGTHAI: '1' },
    });
  });

  it('lists what is public, once each, and counts rows that name nothing', async () => {
    const result = [
      row,
      { MATTHC: '1.001193', TENTTHC: ' Đăng ký  khai sinh ', TRANGTHAI: 1 },
      { MATTHC: '1.001193', TENTTHC: 'Đăng ký khai sinh', TRANGTHAI: '1' },
      { MATTHC: '1.000001', TENTTHC: 'Không công khai', TRANGTHAI: 0 },
      { TENTTHC: 'Không có mã' },
      'chữ',
    ];
    answers(json({ error_code: 0, result }));
    const pulled = await connector.pullCatalogue(context());
    expect(pulled).toMatchObject({
      kind: 'whole',
      unread: 2,
      procedures: [{ code: '3.000333' }, { code: '1.001193', name: 'Đăng ký khai sinh', rawName: 'Đăng ký khai sinh' }],
    });
    expect(pulled).not.toHaveProperty('said');
  });

  it('takes a list longer than other answers may be', async () => {
    const result = Array.from({ length: 6_300 }, (_, n) => ({
      MATTHC: `1.${String(n).padStart(6, '0')}`,
      TENTTHC: `Thủ tục mẫu số ${n} ${'dài '.repeat(60)}`,
    }));
    answers(json({ error_code: '0', result }));
    const pulled = await connector.pullCatalogue(context());
    expect(pulled.kind === 'whole' && pulled.procedures.length).toBe(6_300);
  });

  it('logs in anew when the session has ended, once', async () => {
    const ended = { error_code: '-1', message: 'Phiên làm việc không hợp lệ hoặc đã hết hạn' };
    answers((arrived, response, request) =>
      json(arrived.json['session'] === 'S1' ? ended : { error_code: 0, result: [row] })(arrived, response, request),
    );
    expect(await connector.pullCatalogue(context())).toMatchObject({ kind: 'whole' });
    answers(json(ended));
    connector = new PortalProceduresConnector(contract());
    expect(await connector.pullCatalogue(context())).toMatchObject({ kind: 'busy' });
  });

  it('takes no events', async () => {
    expect(await connector.prepare({} as never, contract(), () => Promise.reject(new Error()))).toMatchObject({
      kind: 'unmappable',
    });
  });
});
