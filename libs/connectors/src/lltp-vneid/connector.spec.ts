import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { classifyReply } from '#domain';
import {
  parseAgencyFile,
  type ContractVersion,
  type JudicialRecordResult,
  type ResultIssued,
  type ResultRevoked,
} from '#wire';

import { contractOf, holdingPdf, outgoing, pdf, pdfHash, recordCase, sample, sending } from '../case.fixture.js';
import type { OutgoingEvent } from '../connector.js';
import { json, startPartner, type ScriptedPartner } from '../testing/partner.js';
import { VneidConnector } from './connector.js';

const folder = 'lltp-gen2/d-traKetQua';
const record: JudicialRecordResult = {
  number: '00001/MAU-LLTP',
  issuedOn: '2024-11-21',
  recordNumber: 1,
  preparedBy: 'Trần Văn Thử',
  signedBy: 'Lê Thị Giả Định',
  signerPosition: 'Phó Giám đốc',
  convictionStatus: { code: '0', name: 'Không có án tích' },
  banFromOffice: { code: '0', name: 'Không' },
  convictions: [],
  bans: [],
};
const document = { sha256: pdfHash, name: 'phieu.pdf', mediaType: 'application/pdf', size: pdf.length };
const result: ResultIssued = {
  status: 9,
  at: '2024-11-21T16:00:00+07:00',
  documents: [document],
  judicialRecord: record,
};
const revoked: ResultRevoked = {
  at: '2024-12-01T09:00:00+07:00',
  reason: 'Sai họ tên',
  decision: { number: '03/QĐ-MAU', date: '2024-12-01', summary: 'Thu hồi Phiếu lý lịch tư pháp' },
  document: { ...document, name: 'quyet-dinh.pdf' },
};
const issuing = outgoing('result-issued', recordCase, { data: result, status: 9 });
const revoking = outgoing('result-revoked', recordCase, { data: revoked, result, status: 9 });
const changing = (data: object): OutgoingEvent =>
  outgoing('status-changed', recordCase, { data: { at: '2024-11-13T09:00:00+07:00', ...data } });

let partner: ScriptedPartner;
let contract: ContractVersion;
let connector: VneidConnector;
beforeEach(async () => {
  partner = await startPartner(json(sample(`${folder}.answer.00.json`)));
  contract = contractOf('vneid', partner.url);
  connector = new VneidConnector(contract);
});
afterEach(async () => {
  await connector.close();
  await partner.stop();
});

const map = (event: OutgoingEvent) => connector.prepare(event, contract, holdingPdf);
async function itemOf(event: OutgoingEvent) {
  const mapped = await map(event);
  if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
  return mapped.prepared;
}
const reasonOf = async (event: OutgoingEvent): Promise<string> => {
  const mapped = await map(event);
  return mapped.kind === 'unmappable' ? mapped.reason : 'prepared';
};
async function meaning(event: OutgoingEvent, answer: object) {
  partner.answers(json(answer));
  const prepared = await itemOf(event);
  const said = await connector.send(prepared, event, sending(contract));
  return classifyReply(said, prepared.operation, contract.replies);
}

describe('flow d, out', () => {
  it('tells a result, its revocation and a wanted supplement as the samples do, the record byte for byte', async () => {
    expect((await itemOf(issuing)).item).toEqual(sample(`${folder}.request.json`));
    expect((await itemOf(revoking)).item).toEqual(sample(`${folder}.revoke.request.json`));
    const supplement = { status: 5, reason: 'Bổ sung ảnh chụp hộ chiếu', dueAt: '2024-11-28T17:00:00+07:00' };
    expect((await itemOf(changing(supplement))).item).toEqual(sample(`${folder}.supplement.request.json`));
    await connector.send(await itemOf(issuing), issuing, sending(contract));
    const arrived = partner.arrived[0]!;
    expect(arrived.path).toBe('/v2/lyLichTuPhap/traKetQuaHoSoLLTP');
    const { ketQuaXuLy } = JSON.parse(String(arrived.body)) as { ketQuaXuLy: { phieuLLTP: string } };
    expect(Buffer.from(ketQuaXuLy.phieuLLTP, 'base64')).toEqual(pdf);
  });

  it('tells a refusal with its reason, and where the case stands with the day it is promised for', async () => {
    expect((await itemOf(changing({ status: 3, reason: 'Thiếu giấy tờ' }))).item).toMatchObject({
      trangThaiXuLy: 3,
      tenTrangThaiXuLy: 'Không được tiếp nhận',
      lyDoTuChoi: 'Thiếu giấy tờ',
      ngayHenTraKetQua: null,
    });
    expect((await itemOf(changing({ status: 4, reason: 'not told' }))).item).toMatchObject({
      lyDoTuChoi: '',
      ngayHenTraKetQua: '22/11/2024',
      type: 'ketqua',
      ketQuaXuLy: null,
    });
    const withdrawn = { status: 7 as const, at: '2024-11-13T09:00:00+07:00' };
    expect((await itemOf(outgoing('withdrawn', recordCase, { data: withdrawn, status: 7 }))).item).toMatchObject({
      trangThaiXuLy: 7,
      ngayHenTraKetQua: null,
    });
  });

  it('sends nothing that its receiver can’t take, and says what is wrong', async () => {
    expect(await reasonOf(changing({ status: 3 }))).toBe('reason is missing');
    expect(await reasonOf(changing({ status: 5, reason: ' ' }))).toBe('reason is missing');
    expect(await reasonOf({ ...revoking, result: undefined })).toBe('no result to revoke');
    expect(await reasonOf({ ...revoking, status: 4 })).toBe('a revocation is told from status 9 on');
    const issued = (data: object): OutgoingEvent => ({ ...issuing, data });
    expect(await reasonOf(issued({ ...result, documents: [document, document] }))).toBe(
      'the interface takes one document, and the result has several',
    );
    expect(await reasonOf(issued({ ...result, documents: [] }))).toBe('the result has no document');
    const { judicialRecord: _, ...without } = result;
    expect(await reasonOf(issued(without))).toBe('judicialRecord is missing');
    const lost = { ...document, sha256: '0'.repeat(64) };
    expect(await reasonOf(issued({ ...result, documents: [lost] }))).toMatch(/^the hub doesn't hold the file 0000/);
    expect(await reasonOf(outgoing('received', recordCase))).toBe("this interface doesn't take case.received");
  });
});

describe('both owners', () => {
  const file = readFileSync('deploy/provinces/demo/agencies-more/vneid.yaml', 'utf8');
  const { versions } = parseAgencyFile(file, {});

  it('have one interface: only who answers and the procedure of what comes in differ', () => {
    expect(versions.map(({ owner }) => owner)).toEqual(['G15', 'G01']);
    const [justice, security] = versions.map(({ owner: _, validFrom: __, settings, ...rest }) => {
      const { 'lltp.procedure': procedure, ...others } = settings!;
      return { procedure: procedure!.split(';')[0], rest, others };
    });
    expect([justice!.procedure, security!.procedure]).toEqual(['2.000488', '3.000333']);
    expect({ ...security, procedure: '' }).toEqual({ ...justice, procedure: '' });
  });

  it.each(versions)('$owner gets what the samples show', async (version) => {
    const spoken = new VneidConnector(version);
    for (const [event, name] of [
      [issuing, 'request'],
      [revoking, 'revoke.request'],
    ] as const)
      expect(await spoken.prepare(event, version, holdingPdf)).toMatchObject({
        prepared: { item: sample(`${folder}.${name}.json`) },
      });
    await spoken.close();
  });
});

describe('what an answer means', () => {
  const ahead = sample(`${folder}.answer.01-already-ahead.json`);

  it.each([
    ['00', `${folder}.answer.00.json`, { kind: 'accepted' }],
    ['01, they are ahead', `${folder}.answer.01-already-ahead.json`, { kind: 'accepted' }],
    ['01, else', `${folder}.answer.01-final-failure.json`, { kind: 'refused', reason: 'Mã hồ sơ không hợp lệ' }],
    ['03, interrupted', `${folder}.answer.03-retry.json`, { kind: 'busy' }],
  ])('%s', async (_, file, expected) => {
    expect(await meaning(issuing, sample(file))).toMatchObject(expected);
  });

  it('is compared in lower case and NFC', async () => {
    const shouted = { code: '01', message: 'KHÔNG THỂ CẬP NHẬT LÊN TRẠNG THÁI Đã trả kết quả'.normalize('NFD') };
    expect(await meaning(issuing, shouted)).toEqual({ kind: 'accepted' });
  });

  it('03 with other words is a refusal, a code that nobody knows is doubt', async () => {
    expect(await meaning(issuing, { code: '03', message: 'Lỗi khác' })).toMatchObject({ kind: 'refused' });
    expect(await meaning(issuing, { code: '02', message: 'Thành công' })).toMatchObject({ kind: 'doubt' });
  });

  it('of a revocation that they can’t take yet is no success: a person looks', async () => {
    expect(await meaning(revoking, ahead)).toMatchObject({ kind: 'refused' });
    expect(await meaning(revoking, sample(`${folder}.answer.00.json`))).toEqual({ kind: 'accepted' });
  });
});

describe('its agency file', () => {
  it.each([
    [{ endpoint: undefined }, 'needs an endpoint'],
    [{ onDuplicate: 'update' }, 'onDuplicate is refuse'],
    [{ settings: {} }, 'needs settings.sendPath'],
    [{ settings: { sendPath: '/x', sendpath: '/x' } }, 'knows no settings.sendpath'],
    [
      { endpoint: { baseUrl: 'http://x', login: { kind: 'session', username: 'x', secret: 'X' } } },
      'bearer, header, token',
    ],
  ] as const)('%j', (more, message) => {
    expect(() => new VneidConnector({ ...contract, ...more } as ContractVersion)).toThrow(message);
  });
});
