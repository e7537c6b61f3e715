import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { itemHash } from '#wire';
import { statusChanged } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { filedForm as form, nextPortalCode as nextCode, paper } from './filed-form.js';
import { Hub } from './hub.js';

type Members = Record<string, unknown>;

let hub: Hub;
let key: string;

beforeAll(async () => {
  hub = await Hub.start({ agencies: 'test/journeys/agencies-filed-online' });
  key = await hub.key('cong-dvc');
}, 300_000);
afterAll(async () => await hub?.stop());

async function file(
  body: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${key}` },
): Promise<[number, Members]> {
  const response = await fetch(`${hub.intake}/partners/cong-dvc/filed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return [response.status, (await response.json()) as Members];
}

const events = (code: string) =>
  hub.rows<{ type: string; sender: string; status: number; body: Members }>(
    `select split_part(e.type, '.', 4) as type, e.sender, e.status, e.body from events e join aliases a using (stream_id)
     where a.code = $1 order by e.sequence`,
    [code],
  );
const shown = async (code: string): Promise<string[]> =>
  (await events(code)).map(({ type, sender, status }) => `${sender} ${type} ${status}`);

describe('a case that a citizen filed on the portal', () => {
  it('comes in with its files, reaches the counter, and the portal is told where it stands', async () => {
    const code = nextCode();
    expect(await file(form(code))).toEqual([200, { error_code: 0, message: `${code}| đã tạo hồ sơ` }]);
    const [received] = await events(code);
    const sha256 = createHash('sha256').update(paper).digest('hex');
    expect(received).toMatchObject({
      type: 'received',
      sender: 'cong-dvc',
      status: 1,
      body: {
        channel: 'online',
        procedure: { code: '1.001193', name: 'Đăng ký khai sinh' },
        unit: { code: 'H49.30' },
        submittedAt: '2025-08-12T07:30:00+07:00',
        applicant: { name: 'Phạm Văn Ví Dụ', kind: 'citizen', phone: '0900000456' },
        returnAddress: 'Số 1 đường Mẫu',
        documents: [
          { sha256, name: 'don.pdf', mediaType: 'application/pdf', size: paper.length },
          { sha256, name: 'giay-chung-sinh.pdf' },
        ],
      },
    });
    const kept = await fetch(`${hub.intake}/v1/files/${sha256}`, { headers: { authorization: `Bearer ${key}` } });
    expect(Buffer.from(await kept.arrayBuffer())).toEqual(paper);
    await eventually(async () =>
      expect(await hub.typesHeldBy('mot-cua', hub.standIns.oneStop, code)).toEqual(['case.received']),
    );

    for (const status of [2, 4, 9])
      expect(
        (await hub.post(`/v1/cases/${code}/events`, statusChanged(code, status, `${code}-${status}`))).status,
      ).toBe(202);
    await eventually(async () => {
      const told = await hub.standIns.portal.applied(code);
      expect(told.map(({ operation, status }) => `${operation} ${String(status)}`)).toEqual([
        'DongBoTrangThaiHoSo 2',
        'DongBoTrangThaiHoSo 4',
        'DongBoTrangThaiHoSo 9',
      ]);
    });
    const item = {
      MaHoSo: code,
      MaHoSoDonVi: code,
      MaDoiTuong: '',
      NoiDung: 'Đang xác minh',
      NgayXuLy: '20210601080000',
      TrangThai: '9',
      TaiLieuXuLy: [],
    };
    expect((await hub.standIns.portal.applied(code)).at(-1)!.hash).toBe(itemHash(item));
  });

  it('sent again after a lost answer is there once; with other words it is refused and nothing changes', async () => {
    const code = nextCode();
    await file(form(code));
    const known = [200, { error_code: 1, message: `${code}| mã tham chiếu đã có` }];
    const answers = await Promise.all(Array.from({ length: 10 }, () => file(form(code))));
    for (const answer of answers) expect(answer).toEqual(known);
    expect(await file(form(code, { TenThuongNhan: 'Người Khác' }))).toEqual([
      200,
      { error_code: -1, message: `${code}| mã tham chiếu đã có với nội dung khác` },
    ]);
    expect(await shown(code)).toEqual(['cong-dvc received 1']);
  });

  it('is supplemented once the counter has asked for something, and told to be there when it comes again', async () => {
    const code = nextCode();
    const { MaHoSo: _, ...rest } = form(code, { NgayNopHoSo: '20250813090000', DienThoai: '0900000999' });
    const supplement = { service: 'BoSungHoSo', isUpdating: 'True', data: { MaHoSoQG: code, ...rest } };
    expect(await file(supplement)).toEqual([
      200,
      { error_code: -1, message: `${code}| Mã hồ sơ ${code} không tồn tại` },
    ]);
    await file(form(code));
    for (const status of [2, 5])
      await hub.post(
        `/v1/cases/${code}/events`,
        statusChanged(code, status, `${code}-${status}`, status === 5 ? { reason: 'Thiếu giấy chứng sinh' } : {}),
      );
    for (let time = 0; time < 2; time++)
      expect(await file(supplement)).toEqual([200, { error_code: 0, message: `${code}| đã nhận bổ sung` }]);
    expect(await shown(code)).toEqual([
      'cong-dvc received 1',
      'mot-cua status-changed 2',
      'mot-cua status-changed 5',
      'cong-dvc supplemented 4',
    ]);
    await eventually(async () =>
      expect(await hub.typesHeldBy('mot-cua', hub.standIns.oneStop, code)).toEqual([
        'case.received',
        'case.supplemented',
      ]),
    );
  });

  it('supplemented twice and then as the first time stands as it was said last', async () => {
    const code = nextCode();
    const { MaHoSo: _, ...rest } = form(code);
    const says = (DienThoai: string) => ({
      service: 'BoSungHoSo',
      isUpdating: 'True',
      data: { MaHoSoQG: code, ...rest, DienThoai },
    });
    await file(form(code));
    for (const phone of ['0900000001', '0900000002', '0900000001'])
      expect((await file(says(phone)))[1]).toMatchObject({ error_code: 0 });
    const many = await Promise.all(Array.from({ length: 10 }, () => file(says('0900000001'))));
    for (const [, told] of many) expect(told).toMatchObject({ error_code: 0 });
    const phones = (await events(code)).map(({ body }) => (body['applicant'] as Members)['phone']);
    expect(phones).toEqual(['0900000456', '0900000001', '0900000002', '0900000001']);
  });

  it('refused by the counter is told to the portal, and its lost answer is asked for before anything is sent again', async () => {
    const code = nextCode();
    await file(form(code));
    await hub.standIns.portal.faults({ loseAnswer: 1, when: { operation: 'DongBoTrangThaiHoSo', code } });
    const refusal = statusChanged(code, 3, `${code}-3`, { reason: 'Không thuộc thẩm quyền' });
    expect(await hub.post(`/v1/cases/${code}/events`, refusal)).toMatchObject({ status: 202 });
    await hub.atRest();
    await hub.standIns.portal.noFaults();
    const lines = (await hub.standIns.portal.books()).filter((line) => line.code === code);
    expect(lines.filter(({ effect }) => effect === 'applied')).toHaveLength(1);
    expect(lines[0]).toMatchObject({ operation: 'DongBoTrangThaiHoSo', status: 3 });
    const [{ state }] = (await hub.rows<{ state: string }>(
      `select d.state from deliveries d join aliases a using (stream_id) where a.code = $1 and d.agency_id = 'cong-dvc'`,
      [code],
    )) as [{ state: string }];
    expect(state).toBe('acknowledged');
  });
});

describe('what can’t be taken is answered in the portal’s words, and leaves nothing behind', () => {
  const rows: [string, (code: string) => unknown, string][] = [
    ['a procedure is missing', (code) => form(code, { MaTTHC: '' }), '{code}| Thiếu trường MaTTHC'],
    ['no such day', (code) => form(code, { NgayNopHoSo: '20250230073000' }), '{code}| Trường NgayNopHoSo không hợp lệ'],
    ['a code that is none', () => form('xyz'), '| Trường MaHoSo không hợp lệ'],
    ['no base64', (code) => form(code, { TepDonDangKy: 'đơn' }), '{code}| Trường TepDonDangKy không hợp lệ'],
    ['an e-mail that isn’t one', (code) => form(code, { Email: 'Bí-Mật' }), '{code}| Trường Email không hợp lệ'],
    ['broken JSON', () => '{"MaHoSo":', '| Nội dung không phải JSON hợp lệ.'],
    ['a list', () => [], '| Trường data không hợp lệ'],
  ];
  it.each(rows)('%s', async (_what, body, message) => {
    const code = nextCode();
    expect(await file(body(code))).toEqual([200, { error_code: -1, message: message.replace('{code}', code) }]);
    expect(await events(code)).toEqual([]);
  });

  it('and nobody without the agency’s own key', async () => {
    const code = nextCode();
    const others = [{}, { authorization: 'Bearer none' }, { authorization: `Bearer ${await hub.key('mot-cua')}` }];
    for (const headers of others) {
      const [status, answer] = await file(form(code), headers);
      expect([status, answer['error_code']]).toEqual([401, -1]);
    }
    expect(await events(code)).toEqual([]);
  });
});
