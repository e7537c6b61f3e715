import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { classifyReply } from '#domain';

import { contractOf, holdingPdf, outgoing, pdf, pdfHash, sample, secrets, sending } from '../case.fixture.js';
import type { OutgoingEvent, PreparedItem } from '../connector.js';
import { json, startPartner, type Answer, type ScriptedPartner } from '../testing/partner.js';
import { MinistryCentralConnector } from './connector.js';
import { ministryCase } from './case.fixture.js';
import { playedSteps, type PlayedSteps } from './steps.fixture.js';

const of = <T = Record<string, unknown>>(name: string): T => sample<T>(`ministry-central/${name}.json`);
const code = 'G09.20-20260609-0092637';
const upload = { data: [{ IdTepTin: 'TT-MAU-1', HashTepTin: pdfHash }] };

let ministry: ScriptedPartner;
let connector: MinistryCentralConnector;
let steps: PlayedSteps;
/** What each call answers; a spec changes one. */
let says: Record<string, Answer>;
const contract = () => contractOf('bo-noi-vu', ministry.url);
const received = outgoing('received', ministryCase);
const changed = outgoing('status-changed', ministryCase, {
  sequence: 2,
  status: 4,
  data: { status: 4, at: '2026-06-09T09:00:00+07:00', note: 'Thụ lý' },
});

beforeEach(async () => {
  says = {
    '/token': json(of('1-token.answer')),
    '/GetNextValue': json(of('2-GetNextValue.answer')),
    '/upload': json(upload),
    '/NoiHoSo': json(of('4-NoiHoSo.success')),
    '/CapNhatTienTrinh': json({ code: 200, message: 'Thành công' }),
    '/CapNhatTrangThai': json({ code: 200, message: 'Thành công' }),
  };
  ministry = await startPartner((arrived, response, request) => says[arrived.path]!(arrived, response, request));
  connector = new MinistryCentralConnector(contract());
  steps = playedSteps();
});
afterEach(async () => {
  await connector.close();
  await ministry.stop();
});

const lost: Answer = (_, __, request) => request.socket.destroy();
const badGateway: Answer = (_, response) =>
  response.writeHead(502, { 'content-type': 'text/html' }).end('<html><body><h1>502 Bad Gateway</h1></body></html>');
async function prepared(event: OutgoingEvent): Promise<PreparedItem> {
  const mapped = await connector.prepare(event);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return mapped.prepared;
}
/** What the lane hears. */
async function hears(event: OutgoingEvent = received, more = {}) {
  const item = await prepared(event);
  const said = await connector.send(item, event, sending(contract(), { steps, file: holdingPdf, ...more }));
  return said.kind === 'unmade' ? said : classifyReply(said, item.operation, contract().replies);
}
const paths = (): string[] => ministry.arrived.map(({ path }) => path).filter((path) => path !== '/token');
const sent = (path: string) => ministry.arrived.filter((arrived) => arrived.path === path);

describe('a case for the ministry', () => {
  it('gets its code, then its files, then itself with both; each call shows the token', async () => {
    expect(await hears()).toEqual({ kind: 'accepted' });
    expect(paths()).toEqual(['/GetNextValue', '/upload', '/NoiHoSo']);
    expect(ministry.arrived[0]!.json).toEqual({ client_id: 'tinh-mau', client_secret: secrets['BO_NOI_VU_SECRET'] });
    for (const { path, headers } of ministry.arrived)
      if (path !== '/token') expect(headers.authorization).toBe('Bearer <token>');
    const [file] = sent('/upload');
    expect(file!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(file!.body).toContain('name="files"; filename="Văn bản đề nghị.pdf"\r\ncontent-type: application/pdf');
    expect(file!.body).toContain(pdf.toString('utf8'));
    expect(steps.kept).toEqual({
      GetNextValue: { value: code },
      [`upload/${pdfHash}`]: { IdTepTin: 'TT-MAU-1', HashTepTin: pdfHash },
      NoiHoSo: { idHoSo: 'HS-MAU-1', caseCode: code },
    });
  });

  it('is the source’s sample, but for who brought the papers', async () => {
    await hears();
    const { ThongTinNguoiNop: _, ...expected } = of<{ ThanhPhanHoSo: { GiayToDinhKem: object[] }[] }>(
      '4-NoiHoSo.request',
    ) as Record<string, unknown> & { ThanhPhanHoSo: { GiayToDinhKem: Record<string, unknown>[] }[] };
    expected.ThanhPhanHoSo[0]!.GiayToDinhKem[0]!['HashTepTin'] = pdfHash;
    expect(sent('/NoiHoSo')[0]!.json).toMatchObject(expected);
  });

  it('has an item without anything that the ministry issues, so that a repeat is the same', async () => {
    const { item } = await prepared(received);
    const text = JSON.stringify(item);
    expect(text).not.toMatch(/MaHoSo"|IdGiayTo/);
    expect(text).toContain(`"HashTepTin":"${pdfHash}"`);
  });

  it('reads an upload’s answer through the proxy, too, and names the file by the hash that it was given', async () => {
    says['/upload'] = json(of('3-upload.through-proxy.answer'));
    const unchecked = { ...contract(), settings: { ...contract().settings, fileHash: 'unchecked' } };
    await connector.close();
    connector = new MinistryCentralConnector(unchecked);
    expect(await hears()).toEqual({ kind: 'accepted' });
    expect(sent('/NoiHoSo')[0]!.json['ThanhPhanHoSo']).toEqual(of('4-NoiHoSo.request')['ThanhPhanHoSo']);
  });
});

describe('what goes wrong before the case is sent', () => {
  it.each([
    ['/GetNextValue', lost],
    ['/GetNextValue', badGateway],
    ['/GetNextValue', json({ value: '' })],
    ['/upload', lost],
    ['/upload', badGateway],
    ['/upload', json({ code: 200, message: 'Thành công', data: [] })],
    ['/upload', json({ data: [{ IdTepTin: 'TT-1', HashTepTin: '0'.repeat(64) }] })],
    ['/token', badGateway],
  ])('%s: the lane waits, in no doubt, and the case doesn’t leave', async (path, answer) => {
    says[path] = answer;
    expect(await hears()).toMatchObject({ kind: 'busy' });
    expect(sent('/NoiHoSo')).toEqual([]);
  });

  it('a file that is too large is refused, and not taken for the case’s success', async () => {
    says['/upload'] = json({ code: 200, message: 'Tệp vượt quá dung lượng' }, 413);
    expect(await hears()).toMatchObject({ kind: 'refused' });
  });

  it('a token that ended is said, and what was brought is kept', async () => {
    says['/upload'] = json(of('token-expired.http401'), 401);
    expect(await hears()).toEqual({ kind: 'session-expired' });
    says['/upload'] = json(upload);
    expect(await hears()).toEqual({ kind: 'accepted' });
    expect(sent('/GetNextValue')).toHaveLength(1);
    expect(sent('/token')).toHaveLength(2);
  });

  it('a file that the hub doesn’t hold waits for a person', async () => {
    const file = () => Promise.reject(Object.assign(new Error(), { code: 'FILE_NOT_HELD' }));
    expect(await hears(received, { file })).toEqual({
      kind: 'unmade',
      reason: `the hub doesn't hold the file ${pdfHash}`,
    });
    expect(await hears(received, { file: () => Promise.reject(new Error('away')) })).toMatchObject({ kind: 'busy' });
  });

  it('a worker whose claim is another’s sends nothing after the call that it can’t keep', async () => {
    steps.isFenced = true;
    expect(await hears()).toMatchObject({ kind: 'busy' });
    expect(paths()).toEqual(['/GetNextValue']);
  });
});

describe('the create', () => {
  it.each([['lost', lost] as const, ['a bad gateway', badGateway] as const])(
    'whose answer is %s is doubt, and goes again with the same code and files',
    async (_, answer) => {
      says['/NoiHoSo'] = answer;
      expect(await hears()).toMatchObject({ kind: 'doubt' });
      says['/NoiHoSo'] = json(of('4-NoiHoSo.duplicate.inferred'));
      says['/GetNextValue'] = json({ value: 'another' });
      expect(await hears()).toEqual({ kind: 'already-held' });
      expect(paths()).toEqual(['/GetNextValue', '/upload', '/NoiHoSo', '/NoiHoSo']);
      const [first, second] = sent('/NoiHoSo');
      expect(second!.body).toBe(first!.body);
    },
  );

  it('that is refused says why, and a corrected one goes by the same code', async () => {
    says['/NoiHoSo'] = json(of('4-NoiHoSo.missing-field.http400'), 400);
    expect(await hears()).toEqual({ kind: 'refused', reason: 'Thiếu trường MaTTHC' });
    steps = steps.later();
    says['/NoiHoSo'] = json(of('4-NoiHoSo.success'));
    expect(await hears()).toEqual({ kind: 'accepted' });
    expect(sent('/GetNextValue')).toHaveLength(1);
  });

  it('that is answered for another code is doubt', async () => {
    says['/NoiHoSo'] = json({ code: 200, data: { idHoSo: 'HS-2', maHoSo: 'G09.20-20260609-0000001' } });
    expect(await hears()).toEqual({ kind: 'doubt', reason: 'the answer is for another case' });
    expect(steps.kept).not.toHaveProperty('NoiHoSo');
  });

  it('isn’t made up where a code table has no word for it', async () => {
    const other = outgoing('received', {
      ...ministryCase,
      applicant: { ...ministryCase.applicant, kind: 'state-body' },
    });
    expect(await connector.prepare(other)).toMatchObject({
      kind: 'unmappable',
      reason: expect.stringContaining('codeTables.applicantKind has no state-body'),
    });
    expect(await connector.prepare(outgoing('supplemented', ministryCase))).toMatchObject({ kind: 'unmappable' });
  });
});

describe('what follows', () => {
  beforeEach(() => {
    steps = playedSteps({}, { GetNextValue: { value: code }, NoiHoSo: { idHoSo: 'HS-MAU-1', caseCode: code } });
  });

  it('a progress row, then the status, as the source’s samples have them', async () => {
    const officer = { name: 'Trần Văn Thử', department: 'Phòng Lao động' };
    const data = {
      status: 4,
      at: '2026-06-09T09:00:00+07:00',
      note: 'Thụ lý',
      officer,
      dueAt: '2026-06-16T17:00:00+07:00',
    };
    expect(await hears({ ...changed, data })).toEqual({ kind: 'accepted' });
    expect(sent('/CapNhatTienTrinh')[0]!.json).toEqual(of('5-CapNhatTienTrinh.request'));
    expect(sent('/CapNhatTrangThai')[0]!.json).toEqual([
      {
        IdHoSo: 'HS-MAU-1',
        MaHoSo: code,
        TrangThai: 4,
        NoiDungYKien: '',
        PhongBanXuLy: 'Phòng Lao động',
        NoiDungXuLy: 'Thụ lý',
      },
    ]);
  });

  it('the first call isn’t repeated when the second’s answer was lost', async () => {
    says['/CapNhatTrangThai'] = lost;
    expect(await hears(changed)).toMatchObject({ kind: 'doubt' });
    says['/CapNhatTrangThai'] = json({ code: 200, message: 'Thành công' });
    expect(await hears(changed)).toEqual({ kind: 'accepted' });
    expect(paths()).toEqual(['/CapNhatTienTrinh', '/CapNhatTrangThai', '/CapNhatTrangThai']);
  });

  it('a first call that is lost is doubt, and one that is refused parks; the status doesn’t leave', async () => {
    says['/CapNhatTienTrinh'] = lost;
    expect(await hears(changed)).toMatchObject({ kind: 'doubt' });
    says['/CapNhatTienTrinh'] = json({ code: 400, message: 'Thiếu NguoiXuLy' }, 400);
    expect(await hears(changed)).toEqual({ kind: 'refused', reason: 'Thiếu NguoiXuLy' });
    says['/CapNhatTienTrinh'] = json({ code: 777, message: '?' });
    expect(await hears(changed)).toMatchObject({ kind: 'doubt' });
    expect(sent('/CapNhatTrangThai')).toEqual([]);
  });

  it('a result goes with its files, which are uploaded first', async () => {
    const data = { status: 9, at: '2026-06-16T09:00:00+07:00', documents: ministryCase.documents };
    const issued = outgoing('result-issued', ministryCase, { sequence: 3, status: 9, data });
    expect(await hears(issued)).toEqual({ kind: 'accepted' });
    expect(paths()).toEqual(['/upload', '/CapNhatTienTrinh', '/CapNhatTrangThai']);
    expect(sent('/CapNhatTrangThai')[0]!.json).toMatchObject([
      {
        TrangThai: 9,
        DanhSachLePhi: of<{ DanhSachLePhi: object[] }[]>('6-CapNhatTrangThai.request')[0]!.DanhSachLePhi,
        DanhSachGiayToKetQua: [{ IdGiayTo: 'TT-MAU-1', MaKetQua: 'KQ.DVC.KETQUA', HashTepTin: pdfHash }],
      },
    ]);
  });

  it('a revoked result goes as a row in words, and the paper stands there no more', async () => {
    const decision = { number: '03/QĐ-MAU', date: '2026-06-20' };
    const data = { at: '2026-06-20T09:00:00+07:00', reason: 'Sai họ tên', decision };
    const note = 'Kết quả đã bị thu hồi theo Quyết định số 03/QĐ-MAU ngày 20/06/2026: Sai họ tên';
    const revoked = outgoing('result-revoked', ministryCase, { sequence: 4, status: 9, data });
    expect(await hears(revoked)).toEqual({ kind: 'accepted' });
    expect(paths()).toEqual(['/CapNhatTienTrinh', '/CapNhatTrangThai']);
    expect(sent('/CapNhatTienTrinh')[0]!.json).toMatchObject([{ TrangThai: 9, NoiDungXuLy: note }]);
    expect(sent('/CapNhatTrangThai')[0]!.json).toMatchObject([
      { TrangThai: 9, NoiDungXuLy: note, DanhSachGiayToKetQua: [] },
    ]);
  });

  it('goes by the code alone where the create’s own answer was lost', async () => {
    steps = playedSteps({}, { GetNextValue: { value: code } });
    expect(await hears(changed)).toEqual({ kind: 'accepted' });
    expect(sent('/CapNhatTienTrinh')[0]!.json).toMatchObject([{ IDHoSo: '', MaHoSo: code }]);
  });

  it('waits for a person where the ministry never got the case', async () => {
    steps = playedSteps();
    expect(await hears(changed)).toMatchObject({ kind: 'unmade' });
    expect(paths()).toEqual([]);
  });
});
