import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseCaseCode, textFaults } from '#domain';
import { validatePayload, type CaseApplication, type CaseStatus, type FileReference } from '#wire';

import { validApplication } from '../application.arbitrary.js';
import { contractOf, outgoing, pdfHash, portalCase, sample, without } from '../case.fixture.js';
import { toRfc3339 } from '../field-formats.js';
import { catalogueOf, mapCase } from './map-case.js';
import { portalFieldOf } from './portal-fields.js';
import { applicationOf, readCase, type FileAt, type ReadCase } from './read-case.js';

type Row = Record<string, unknown>;
const filesUrl = 'https://files.example.invalid/';
const catalogue = { filesUrl, ...catalogueOf(contractOf('cong-dvc')) };
const province = { code: '38', name: 'Thanh Hóa' };
const [added = {}] = sample<{ data: Row[] }>('national-portal/DongBoHoSoMC.add.request.json').data;
const [updated = {}] = sample<{ data: Row[] }>('national-portal/DongBoHoSoMC.update.request.json').data;

const read = (item: unknown): ReadCase => {
  const result = readCase(item, { province });
  if (result.kind === 'faults') throw new Error(JSON.stringify(result.faults));
  return result.value;
};
const faultsOf = (item: unknown): string[] => {
  const result = readCase(item, { province });
  return result.kind === 'faults' ? result.faults.map(({ field, rule }) => `${field} ${rule}`) : [];
};
const nfc = <T>(value: T): T => JSON.parse(JSON.stringify(value).normalize('NFC')) as T;

/** What the portal's item has room for, and how: times to the second in Vietnam, no declaration, no labels. */
function asThePortalCanSayIt(application: CaseApplication, status: CaseStatus): CaseApplication {
  const { documents = [], fees = [], supplement, dueAt, field, applicant, ...rest } = application;
  const time = (text: string): string => toRfc3339(Date.parse(text));
  const form = parseCaseCode(application.code, '2099-12-31');
  return {
    ...without(rest, 'declaration', 'returnAddress'),
    ...(field ? { field } : { field: catalogue.fieldOf(application.procedure.code)! }),
    applicant: application.channel === 'online' ? applicant : without(applicant, 'portalAccount'),
    province,
    unit: { code: form.kind === 'valid' ? form.unit : '', name: application.unit.name },
    submittedAt: time(application.submittedAt),
    receivedAt: time(application.receivedAt),
    ...(dueAt ? { dueAt: time(dueAt) } : {}),
    ...(fees.length > 0 ? { fees } : {}),
    ...(documents.length > 0 ? { documents: documents.map((file) => without(file, 'label')) } : {}),
    ...(supplement ? { supplement: { ...supplement, receivedAt: time(supplement.receivedAt) } } : {}),
    status,
  };
}

describe('a case read from the portal’s item', () => {
  it('is the source’s sample of an add', () => {
    const { application, documents, status } = read(added);
    const { documents: _, ...plain } = asThePortalCanSayIt(portalCase, 2);
    expect({ ...application, status }).toEqual(plain);
    expect(documents).toEqual([
      {
        id: '9001',
        address: 'https://files.example.invalid/9001',
        name: 'Tờ khai.pdf',
        componentCode: 'KQ.G15.900001',
      },
    ]);
  });

  it('is the source’s sample of an update: the newest supplement, its new term, the result, when it was handed over', () => {
    expect(read(updated)).toMatchObject({
      application: {
        dueAt: '2025-08-27T17:00:00+07:00',
        supplement: {
          requestedAt: '2025-08-14T09:00:00+07:00',
          request: 'Bổ sung bản chụp hộ chiếu',
          receivedAt: '2025-08-15T10:00:00+07:00',
          note: 'Đã nhận đủ',
          previousDueAt: '2025-08-26T17:00:00+07:00',
        },
      },
      status: 10,
      finishedAt: '2025-08-22T16:00:00+07:00',
      returnedAt: '2025-08-25T09:30:00+07:00',
      results: [{ id: '9101', name: 'Phiếu lý lịch tư pháp số 1', componentCode: 'KQ.G15.000031' }],
    });
  });

  it('is the case that was sent, in all that the portal’s item has room for', () => {
    fc.assert(
      fc.property(
        validApplication,
        fc.integer({ min: 1, max: 10 }).map((status) => status as CaseStatus),
        (drawn, status) => {
          const application = nfc(drawn);
          fc.pre(textFaults(application).length === 0 && toRfc3339(Date.parse(application.submittedAt)) < '2100');
          const mapped = mapCase(outgoing('received', application, { status }), catalogue);
          fc.pre(mapped.kind === 'prepared');
          if (mapped.kind !== 'prepared') return;
          const again = applicationOf(read(mapped.prepared.item), contentIn(application), status);
          expect(again).toEqual(asThePortalCanSayIt(application, status));
          expect(validatePayload('vn.lienthong.case.supplemented.v1', again)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes text in any Unicode form, keeps leading zeros, and leaves out what only stands for nothing', () => {
    const item = { ...added, ChuHoSo: 'Nguyễn Thị Mẫu'.normalize('NFD'), SoGiayToChuHoSo: '001090000001' };
    expect(read(item).application.applicant).toMatchObject({ name: 'Nguyễn Thị Mẫu', idNumber: '001090000001' });
    const none = { ...added, SoGiayToChuHoSo: '000000001', DinhDanhCHS: [], Email: ' ', NgayHenTra: '' };
    expect(read(none).application).not.toHaveProperty('dueAt');
    expect(Object.keys(read(none).application.applicant)).toEqual(['name', 'kind', 'phone']);
    expect(read({ ...added, TaiLieuNop: [{ IsDeleted: 'True', TenTepDinhKem: 'x' }] }).documents).toEqual([]);
  });

  it('keeps a supplement that was asked for apart from one that came', () => {
    const open = { NoiDungBoSung: 'Bổ sung ảnh', NgayBoSung: '20250901080000', NgayTiepNhanBoSung: '' };
    const came = (updated['DanhSachHoSoBoSung'] as Row[])[0]!;
    expect(read({ ...updated, DanhSachHoSoBoSung: [open, came] })).toMatchObject({
      asked: { at: '2025-09-01T08:00:00+07:00', request: 'Bổ sung ảnh' },
      application: { supplement: { request: 'Bổ sung bản chụp hộ chiếu' } },
    });
  });

  it.each<[string, unknown, string]>([
    ['MaHoSo', undefined, 'missing'],
    ['MaHoSo', 'HS-12', 'malformed'],
    ['MaTTHC', '', 'missing'],
    ['ChuHoSo', null, 'missing'],
    ['KenhThucHien', '4', 'malformed'],
    ['KenhThucHien', 1, 'malformed'],
    ['LoaiDoiTuong', '0', 'malformed'],
    ['LoaiDoiTuong', 'toString', 'malformed'],
    ['TrangThaiHoSo', '11', 'malformed'],
    ['TrangThaiHoSo', '02', 'malformed'],
    ['HinhThuc', '2', 'malformed'],
    ['NgayTiepNhan', '20250230081000', 'malformed'],
    ['NgayTiepNhan', '12/08/2025', 'malformed'],
    ['NgayNopHoSo', '20250812240000', 'malformed'],
    ['NgayHenTra', '2025-08-26', 'malformed'],
    ['NgayTra', '0', 'malformed'],
    ['DanhSachLePhi', {}, 'malformed'],
    ['TaiLieuNop', ['x'], 'malformed'],
    ['TaiLieuNop', Array.from({ length: 201 }, () => ({})), 'malformed'],
  ])('can’t be read where %s is %j, and says which field', (field, value, rule) => {
    expect(faultsOf({ ...added, [field]: value })).toEqual([`${field} ${rule}`]);
  });

  it('says all fields that can’t be read, also of rows, each once and by name only', () => {
    const item = {
      ...added,
      DanhSachLePhi: [{ MaPhiLePhi: 'A', TenPhiLePhi: 'B', Gia: '2.000' }, {}],
      DinhDanhCHS: [{ LoaiDinhDanh: '1', SoDinhDanh: '123' }],
      DonViXuLy: '',
    };
    expect(faultsOf(item).sort()).toEqual(
      [
        'DonViXuLy missing',
        'Gia malformed',
        'MaPhiLePhi missing',
        'SoDinhDanh malformed',
        'TenPhiLePhi missing',
      ].sort(),
    );
    for (const nothing of [undefined, null, 'x', 1, []]) expect(faultsOf(nothing)).toEqual(['data malformed']);
  });
});

it('names our members as the portal does', () => {
  const named = ['/applicant/phone', '/fees/3/amount', '/unit/name', '/status', '/procedure', ''];
  expect(named.map((path) => portalFieldOf('case', path))).toEqual([
    ...['SoDienThoai', 'Gia', 'DonViXuLy', 'TrangThaiHoSo', 'data', 'data'],
  ]);
  expect(portalFieldOf('progress', '/officer/name')).toBe('NguoiXuLy');
  expect(portalFieldOf('result', '/documents/0/name')).toBe('TenGiayTo');
});

const contentIn =
  ({ documents = [] }: CaseApplication) =>
  ({ id, name, componentCode }: FileAt): FileReference => {
    const { mediaType, size } = documents.find(
      (file) => file.sha256 === id && file.name === name && file.componentCode === componentCode,
    ) ?? { mediaType: 'application/pdf', size: pdfHash.length };
    return { sha256: id, name, mediaType, size, ...(componentCode === undefined ? {} : { componentCode }) };
  };
