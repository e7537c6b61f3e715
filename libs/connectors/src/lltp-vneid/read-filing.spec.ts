import { describe, expect, it } from '@jest/globals';

import { validatePayload, type CaseApplication } from '#wire';

import { contractOf, holdingPdf, outgoing, pdfHash, sample } from '../case.fixture.js';
import { mapApplication } from '../lltp-gen2/map-application.js';
import { caseCodeOf, filingDoor, type FilingDoor } from './filing-door.js';
import { readFiling, type Filing } from './read-filing.js';

type Members = Record<string, unknown>;
const door = filingDoor(contractOf('vneid'))!;
const own = sample('lltp-gen2/a-TaoHoSo.request.json');
const declared = own['toKhai'] as Members;

function read(body: unknown, by: FilingDoor = door): Filing {
  const found = readFiling(body, by);
  if (found.kind === 'faults') throw new Error(JSON.stringify(found.faults));
  return found.value;
}
const faults = (body: unknown): string[] => {
  const found = readFiling(body, door);
  return found.kind === 'faults' ? found.faults.map(({ field, rule }) => `${field} ${rule}`) : [];
};
const declaring = (more: Members): Members => ({ ...own, toKhai: { ...declared, ...more } });

const paper = { sha256: pdfHash, name: 'a.pdf', mediaType: 'application/pdf', size: 33, label: 'Ảnh chụp căn cước' };
const applicationOf = ({ application, procedure }: Filing, dueAt?: string): CaseApplication => ({
  ...application,
  procedure: procedure ?? door.procedure,
  documents: [paper],
  ...(dueAt === undefined ? {} : { dueAt }),
});

describe('TaoHoSo', () => {
  it.each(['a-TaoHoSo.request.json', 'a-TaoHoSo.mandate.request.json'])('%s is a case that the hub takes', (file) => {
    const filing = read(sample(`lltp-gen2/${file}`));
    expect(validatePayload('vn.lienthong.case.received.v1', applicationOf(filing))).toEqual([]);
    expect(filing.papers).toEqual([
      {
        componentCode: 'GT01',
        label: 'Ảnh chụp căn cước',
        mediaType: 'application/pdf',
        base64: 'JVBERi0xLjQKJSBzeW50aGV0aWMgc2FtcGxlCiUlRU9GCg==',
      },
    ]);
  });

  it('goes on as flow (b) has it: the same person, in that call’s own spelling', async () => {
    const application = applicationOf(read(own), '2024-11-22T17:00:00+07:00');
    const wording = { portalSource: 'Cổng dịch vụ công', counterSource: 'x', mandateFlat: true };
    const mapped = await mapApplication(outgoing('received', application), wording, holdingPdf);
    if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
    const { authKey: _, ...expected } = sample('lltp-gen2/b-gui-ho-so.request.json');
    const { toKhai, ...envelope } = mapped.prepared.item as Members & { toKhai: Members };
    const { toKhai: wanted, ...wantedEnvelope } = expected as Members & { toKhai: Members };
    expect(envelope).toEqual(wantedEnvelope);
    // The two samples have other papers, and one residence more in (a).
    const { fileHoSo, nycCuTru, ...rest } = toKhai;
    const { fileHoSo: _f, nycCuTru: _c, ...wantedRest } = wanted;
    expect(rest).toEqual(wantedRest);
    expect(fileHoSo).toHaveLength(1);
    expect(nycCuTru).toMatchObject([
      { tuNgay: '09/2004', denNgay: '08/2012', noiCuTru: 'Xã Giả Định, tỉnh Thanh Hóa' },
      { tuNgay: '09/2012', denNgay: '11/2024', noiLamViec: 'Công ty TNHH Ví Dụ' },
    ]);
  });

  it('reads codes as numbers or text, dates as exact as they are, and a mandate', () => {
    const filing = read(declaring({ loaiPhieu: '2', yeuCauCDNCV: '1', nycNgaySinh: '1990', chaNamSinh: '1960' }));
    expect(filing.application.declaration).toMatchObject({
      recordNumber: 2,
      banFromOffice: true,
      born: '1990',
      father: { born: '1960' },
      copies: 1,
    });
    expect(filing.application).toMatchObject({
      channel: 'online',
      receivedAt: '2024-11-12T00:00:00+07:00',
      returnBy: 'post',
      returnAddress: 'Số 1 đường Mẫu',
      fees: [{ code: 'phiLLTP', amount: 200_000 }],
    });
    const mandated = read(sample('lltp-gen2/a-TaoHoSo.mandate.request.json'));
    expect(mandated.application.declaration.mandate).toEqual({
      name: 'LÊ VĂN ỦY QUYỀN',
      sex: 'male',
      born: '1985-03-03',
      phone: '0900000789',
      identityPaper: {
        type: { code: '3', name: 'Căn cước công dân' },
        number: '038085000456',
        issuedOn: '2021-06-05',
        issuedBy: 'Cục Cảnh sát QLHC về TTXH',
      },
      relation: { code: '04', name: 'Anh ruột' },
      residence: 'Số 2 đường Mẫu',
      signedOn: '2024-11-10',
    });
  });

  it('takes Vietnamese in any Unicode form, and nothing for nothing', () => {
    const filing = read(
      declaring({ nycHoTen: 'NGUYỄN THỊ HÒA'.normalize('NFD'), nycEmail: null, thongTinThanhToan: null }),
    );
    expect(filing.application.declaration.name).toBe('NGUYỄN THỊ HÒA'.normalize('NFC'));
    expect(filing.application.returnBy).toBe('counter');
    expect('email' in filing.application.declaration).toBe(false);
    expect(read({ ...own, thongTinBienLai: null }).procedure).toBeUndefined();
  });

  it.each<[string, unknown, string[]]>([
    ['no code', { ...own, maHoSoMCDT: '' }, ['maHoSoMCDT missing']],
    ['a code of no form', { ...own, maHoSoMCDT: 'x' }, ['maHoSoMCDT malformed']],
    ['a source that the file doesn’t name', { ...own, nguonDangKy: 2 }, ['nguonDangKy malformed']],
    ['a day that there isn’t', { ...own, ngayTiepNhan: '30/02/2024' }, ['ngayTiepNhan malformed']],
    ['a sex that the table doesn’t have', declaring({ nycGioiTinh: 0 }), ['nycGioiTinh malformed']],
    ['a month that there isn’t', declaring({ quaTrinhCTNNNLV: [{ tuThangNam: '13-2004', denThangNam: '08/2012', diaChiCuTru: 'x' }] }), ['tuThangNam malformed']],
    ['a list of texts', declaring({ giayToDinhKem: ['x'] }), ['giayToDinhKem malformed']],
    ['an address that is a text', declaring({ nycThuongTru: 'x' }), ['nycThuongTru malformed']],
    ['a list', [], ['data malformed']],
  ])('%s is refused by its field', (_, body, expected) => {
    expect(faults(body)).toEqual(expected);
  }); // prettier-ignore

  it('without a declaration is refused by what it lacks', () => {
    expect(faults({ ...own, toKhai: null })).toEqual(expect.arrayContaining(['loaiPhieu missing', 'nycHoTen missing']));
  });
});

describe('the door’s settings', () => {
  const { settings, validFrom } = contractOf('vneid');
  const doorOf = (more: Record<string, string>) => filingDoor({ settings: { ...settings, ...more }, validFrom });

  it('say whose codes the hub counts, and in which form', () => {
    expect(caseCodeOf(door, '2024-11-12', 9)).toBe('H53.15-241112-0009');
    const wide = doorOf({ 'lltp.codeDate': 'yyyyMMdd', 'lltp.codeDigits': '7' })!;
    expect(caseCodeOf(wide, '2026-06-09', 12)).toBe('H53.15-20260609-0000012');
    expect(caseCodeOf(door, '2024-11-12', 12_345)).toBe('H53.15-241112-12345');
  });

  it.each([
    ['lltp.unit', 'H53.15'],
    ['lltp.unit', 'no unit; x'],
    ['lltp.codeDate', 'ddMMyy'],
    ['lltp.codeDigits', '3'],
    ['lltp.procedure', '2.000488'],
    ['lltp.termDays', '0'],
    ['lltp.term', '8'],
  ])('%s %s is refused', (name, value) => {
    expect(() => doorOf({ [name]: value })).toThrow(`settings.${name}`);
  });

  it('aren’t there: no door', () => {
    expect(filingDoor({ settings: { sendPath: '/x' }, validFrom })).toBeUndefined();
    expect(JSON.stringify(settings)).toContain('lltp.unit');
  });
});
