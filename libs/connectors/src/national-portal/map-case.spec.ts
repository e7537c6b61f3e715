import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { canonicalJson, type CaseApplication, type FileReference } from '#wire';

import { validApplication } from '../application.arbitrary.js';
import { contractOf, outgoing, pdfHash, portalCase, recordCase, sample, without } from '../case.fixture.js';
import type { OutgoingEvent, Prepared } from '../connector.js';
import { leavesOf, shapeOf } from '../shape.fixture.js';
import { catalogueOf, mapCase, type PortalCatalogue } from './map-case.js';
import { mapProgress } from './map-progress.js';

type Row = Record<string, unknown>;
type Envelope = { data: Row[]; isUpdating?: string };

const filesUrl = 'https://files.example.invalid/';
const catalogue: PortalCatalogue = { filesUrl, ...catalogueOf(contractOf('cong-dvc')), databases: ['7'] };
const itemOf = (prepared: Prepared): Row => {
  if (prepared.kind !== 'prepared') throw new Error(prepared.reason);
  return prepared.prepared.item as Row;
};
/** The samples' numbers of files are the sender's own; ours are their contents. */
const withOurFiles = (row: Row): Row => ({
  ...row,
  TaiLieuNop: (row['TaiLieuNop'] as Row[]).map((file) => ({
    ...file,
    TepDinhKemId: pdfHash,
    DuongDanTaiTepTin: filesUrl + pdfHash,
  })),
  DanhSachGiayToKetQua: (row['DanhSachGiayToKetQua'] as Row[]).map((file) => ({
    ...file,
    GiayToId: pdfHash,
    DuongDanTepTinKetQua: filesUrl + pdfHash,
  })),
});
const [added = {}] = sample<Envelope>('national-portal/DongBoHoSoMC.add.request.json').data;
const [updated = {}] = sample<Envelope>('national-portal/DongBoHoSoMC.update.request.json').data;
const progress = sample<Envelope>('national-portal/CapNhatTienDoHoSoMC.request.json').data;

const supplement = {
  requestedAt: '2025-08-14T09:00:00+07:00',
  request: 'Bổ sung bản chụp hộ chiếu',
  receivedAt: '2025-08-15T10:00:00+07:00',
  note: 'Đã nhận đủ',
  previousDueAt: '2025-08-26T17:00:00+07:00',
};
const supplemented: CaseApplication = { ...portalCase, dueAt: '2025-08-27T17:00:00+07:00', supplement };
const record: FileReference = {
  sha256: pdfHash,
  name: 'phieu.pdf',
  mediaType: 'application/pdf',
  size: 35,
  label: 'Phiếu lý lịch tư pháp số 1',
};

describe('a case in full for the national portal', () => {
  it('is the source’s sample of an add, word for word', () => {
    expect(itemOf(mapCase(outgoing('received', portalCase), catalogue))).toEqual(withOurFiles(added));
  });

  it('has the shape of the source’s sample of an update once a supplement and a result are there', () => {
    const data = { status: 9, at: '2025-08-22T16:00:00+07:00', documents: [record] };
    const item = itemOf(mapCase(outgoing('result-issued', supplemented, { data, status: 9 }), catalogue));
    expect(shapeOf(item)).toEqual(shapeOf(updated));
    const asShown = withOurFiles(updated);
    // The sample shows a case already handed over; and what nobody told the hub stays empty.
    const differs = new Set(['TrangThaiHoSo', 'NgayTra', 'ThongTinTra', 'NgayHenTra', 'DanhSachHoSoBoSung']);
    for (const [name, value] of Object.entries(asShown))
      if (!differs.has(name)) expect([name, item[name]]).toEqual([name, value]);
    expect(item).toMatchObject({
      TrangThaiHoSo: '9',
      NgayKetThucXuLy: '20250822160000',
      NgayTra: '',
      NgayHenTra: '20250827170000',
    });
    expect((item['DanhSachHoSoBoSung'] as Row[])[0]).toMatchObject({
      NoiDungBoSung: 'Bổ sung bản chụp hộ chiếu',
      NgayBoSung: '20250814090000',
      ThongTinTiepNhan: 'Đã nhận đủ',
      NgayTiepNhanBoSung: '20250815100000',
      TrangThaiBoSung: '1',
      NgayHenTraTruoc: '20250826170000',
      NgayHenTraMoi: '20250827170000',
    });
  });

  it('calls a supplement by the same id in every later full state', () => {
    const idOf = (item: Row): unknown => (item['DanhSachHoSoBoSung'] as Row[])[0]?.['HoSoBoSungId'];
    const first = itemOf(mapCase(outgoing('supplemented', supplemented, { sequence: 4 }), catalogue));
    const data = { status: 9, at: '2025-08-22T16:00:00+07:00', documents: [] };
    const later = itemOf(mapCase(outgoing('result-issued', supplemented, { sequence: 6, data, status: 9 }), catalogue));
    expect(idOf(later)).toBe(idOf(first));
  });

  it('uses the portal’s codes, and invents nothing', () => {
    const business: CaseApplication = {
      ...without(recordCase, 'dueAt'),
      returnBy: 'counter',
      documents: [],
      applicant: { name: 'Công ty', kind: 'business', idNumber: '123456789', portalAccount: 'tech-id' },
    };
    expect(itemOf(mapCase(outgoing('received', business), catalogue))).toMatchObject({
      KenhThucHien: '2',
      LoaiDoiTuong: '2',
      MaDoiTuong: 'tech-id',
      HinhThuc: '0',
      NgayHenTra: '',
      MaLinhVuc: 'G15-TP10',
      HoSoCoThanhPhanSoHoa: '0',
      DinhDanhCHS: [{ LoaiDinhDanh: '2', SoDinhDanh: '123456789' }],
      DanhSachLePhi: [],
    });
    const item = itemOf(
      mapCase(outgoing('received', { ...portalCase, applicant: without(portalCase.applicant, 'idNumber') }), catalogue),
    );
    expect(item).toMatchObject({ SoGiayToChuHoSo: '', DinhDanhCHS: [], MaDoiTuong: '' });
  });

  it('can’t be made of a case without a field, or a time that isn’t one', () => {
    const event = outgoing('received', {
      ...without(portalCase, 'field'),
      procedure: { code: '1.001193', name: 'Khác' },
      receivedAt: '12/08/2025',
    });
    expect(mapCase(event, catalogue)).toEqual({
      kind: 'unmappable',
      operation: 'DongBoHoSoMC',
      reason: 'field is missing, and settings.field.1.001193 too; receivedAt is not a time',
    });
  });

  it('is a function of the event, total over what intake takes, of strings only', () => {
    fc.assert(
      fc.property(
        validApplication,
        fc.constantFrom('received' as const, 'supplemented' as const, 'result-issued' as const),
        (application, what) => {
          const data =
            what === 'result-issued'
              ? { status: 9, at: application.receivedAt, documents: application.documents ?? [] }
              : application;
          const event = outgoing(what, application, { data });
          const once = mapCase(event, catalogue);
          expect(canonicalJson(mapCase(structuredClone(event), catalogue))).toBe(canonicalJson(once));
          if (once.kind === 'unmappable') {
            expect(application.field).toBeUndefined();
            expect(once.reason).toBe('field is missing, and settings.field.1.001193 too');
            return;
          }
          for (const [path, leaf] of leavesOf(once.prepared.item))
            expect([path, typeof leaf]).toEqual([path, 'string']);
          expect(Object.keys(once.prepared.item as Row)).toEqual(Object.keys(added));
          for (const name of ['NgayNopHoSo', 'NgayTiepNhan'])
            expect((once.prepared.item as Row)[name]).toMatch(/^\d{14}$/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a progress row for the national portal', () => {
  const rowOf = (event: OutgoingEvent): Row => itemOf(mapProgress(event));

  it('is the source’s samples, word for word', () => {
    const first = outgoing(
      'status-changed',
      { ...portalCase, dueAt: '2025-08-12T17:00:00+07:00' },
      {
        data: {
          status: 2,
          at: '2025-08-12T08:10:00+07:00',
          officer: { name: 'Trần Văn Thử', position: 'Chuyên viên', department: 'Bộ phận tiếp nhận' },
          note: 'Tiếp nhận hồ sơ',
        },
      },
    );
    const second = outgoing('status-changed', portalCase, {
      data: {
        status: 4,
        at: '2025-08-13T09:00:00+07:00',
        startedAt: '2025-08-13T08:00:00+07:00',
        dueAt: '2025-08-22T17:00:00+07:00',
        officer: { name: 'Lê Thị Giả Định', position: 'Phó trưởng phòng', department: 'Phòng Lý lịch tư pháp' },
        note: 'Đang xác minh',
      },
    });
    expect([rowOf(first), rowOf(second)]).toEqual(progress);
  });

  it('names the unit where no officer is named, the status where nothing is noted, and fits the portal’s 50', () => {
    const unit = { code: 'H49', name: 'Trung tâm Phục vụ hành chính công '.repeat(3) };
    const row = rowOf(
      outgoing('status-changed', { ...portalCase, unit }, { data: { status: 5, at: '2025-08-14T09:00:00+07:00' } }),
    );
    expect(row).toMatchObject({
      NguoiXuLy: unit.name.slice(0, 50),
      NoiDungXuLy: 'Yêu cầu bổ sung giấy tờ',
      TrangThai: '5',
    });
    const smile = rowOf(
      outgoing(
        'status-changed',
        { ...portalCase, unit: { ...unit, name: `${'a'.repeat(49)}😀` } },
        { data: { status: 4, at: '2025-08-14T09:00:00+07:00' } },
      ),
    );
    expect(smile['NguoiXuLy']).toBe('a'.repeat(49));
  });

  it('tells the reason of a supplement request, and a withdrawal as status 7', () => {
    const data = { status: 5, at: '2025-08-14T09:00:00+07:00', reason: 'Bổ sung ảnh chụp hộ chiếu' };
    expect(rowOf(outgoing('status-changed', portalCase, { data }))).toMatchObject({
      NoiDungXuLy: 'Bổ sung ảnh chụp hộ chiếu',
    });
    const withdrawn = outgoing('withdrawn', portalCase, {
      data: { status: 7, at: '2025-08-14T09:00:00+07:00', reason: 'Không còn nhu cầu' },
    });
    expect(rowOf(withdrawn)).toMatchObject({
      TrangThai: '7',
      NoiDungXuLy: 'Không còn nhu cầu',
      ThoiDiemXuLy: '20250814090000',
    });
    expect(shapeOf(rowOf(withdrawn))).toEqual(shapeOf(progress[0]));
  });
});
