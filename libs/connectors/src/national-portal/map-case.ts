import {
  shortType,
  type CaseApplication,
  type ContractVersion,
  type FileReference,
  type ResultIssued,
  type ResultRevoked,
} from '#wire';

import type { OutgoingEvent, Prepared } from '../connector.js';
import { MappedFields } from '../mapped-fields.js';
import { cutTo } from '../field-formats.js';
import { revocationNote } from '../revocation-note.js';

export const caseOperation = 'DongBoHoSoMC';

/** What an agency file says of the portal's own catalogue. */
export interface PortalCatalogue {
  filesUrl: string;
  /** NoiNopHoSo: 2 = province's system. */
  filedAt: string;
  /** MaCSDL of connected databases. */
  databases: string[];
  /** Field of a procedure whose case names none, "code; name". */
  fieldOf(procedure: string): { code: string; name: string } | undefined;
  /** MaGiayToKetQua of a procedure's result, where its document names none. */
  resultOf(procedure: string): string;
}

export function catalogueOf({ settings = {} }: ContractVersion): Omit<PortalCatalogue, 'filesUrl'> {
  return {
    filedAt: settings['filedAt'] ?? '2',
    databases: (settings['databases'] ?? '').split(',').filter((code) => code !== ''),
    fieldOf(procedure) {
      const [code, name] = (settings[`field.${procedure}`] ?? '').split(';').map((part) => part.trim());
      return code && name ? { code, name } : undefined;
    },
    resultOf: (procedure) => settings[`result.${procedure}`] ?? '',
  };
}

const channelCode = { counter: '1', online: '2', post: '3' } as const;
const kindCode = { citizen: '1', business: '2', 'state-body': '3', other: '4' } as const;

/** DongBoHoSoMC: the case in full as of this event. Every value is a string; nothing is invented where the case has nothing. */
export function mapCase(event: OutgoingEvent, catalogue: PortalCatalogue): Prepared {
  const { application } = event;
  const fields = new MappedFields();
  const field = application.field ?? catalogue.fieldOf(application.procedure.code);
  if (!field) fields.fault(`field is missing, and settings.field.${application.procedure.code} too`);
  const result = shortType(event.type) === 'case.result-issued' ? (event.data as ResultIssued) : undefined;
  // Told by the case in full, in which the paper is no more: the interface has no call for a revocation.
  const revoked = shortType(event.type) === 'case.result-revoked' ? (event.data as ResultRevoked) : undefined;
  const documents = application.documents ?? [];
  return fields.prepared(caseOperation, {
    MaHoSo: event.caseCode,
    MaTTHC: application.procedure.code,
    TenTTHC: application.procedure.name,
    MaLinhVuc: field?.code ?? '',
    TenLinhVuc: field?.name ?? '',
    KenhThucHien: channelCode[application.channel],
    ...owner(application),
    TrichYeuHoSo: cutTo(application.summary, 1_000),
    NgayNopHoSo: fields.stamp('submittedAt', application.submittedAt),
    NgayTiepNhan: fields.stamp('receivedAt', application.receivedAt),
    NgayHenTra: fields.stamp('dueAt', application.dueAt),
    TrangThaiHoSo: String(event.status),
    NgayTra: '',
    ThongTinTra: '',
    HinhThuc: application.returnBy === 'post' ? '1' : '0',
    NgayKetThucXuLy: fields.stamp('at', (result ?? event.result)?.at),
    NgayTuChoi: '',
    DonViXuLy: application.unit.name,
    GhiChu: revoked ? cutTo(revocationNote(revoked, fields), 1_000) : '',
    NoiNopHoSo: catalogue.filedAt,
    HoSoCoThanhPhanSoHoa: documents.length > 0 ? '1' : '0',
    TaiKhoanDuocXacThucVoiVNeID: '0',
    DuocThanhToanTrucTuyen: '3',
    TaiLieuNop: documents.map((document) => submitted(document, catalogue)),
    DanhSachLePhi: (application.fees ?? []).map((fee) => ({
      TenPhiLePhi: fee.name,
      MaPhiLePhi: fee.code,
      HinhThucThu: fee.method ?? '',
      Gia: String(fee.amount),
      LoaiPhiLePhi: fee.kind ?? '',
    })),
    DanhSachTepDinhKemKhac: [],
    DanhSachHoSoBoSung: supplements(application, fields),
    DanhSachGiayToKetQua: (result?.documents ?? []).map((document) => ({
      TenGiayTo: cutTo(document.label ?? document.name, 2_000),
      MaThanhPhanHoSo: '',
      GiayToId: document.sha256,
      DuongDanTepTinKetQua: catalogue.filesUrl + document.sha256,
      MaGiayToKetQua: document.componentCode ?? catalogue.resultOf(application.procedure.code),
    })),
    DinhDanhCHS: identity(application.applicant.idNumber ?? ''),
    DSKetNoiCSDL: catalogue.databases.map((MaCSDL) => ({ MaCSDL })),
  });
}

const owner = ({ applicant, channel }: CaseApplication) => ({
  SoGiayToChuHoSo: applicant.idNumber ?? '',
  ChuHoSo: applicant.name,
  LoaiDoiTuong: kindCode[applicant.kind],
  MaDoiTuong: channel === 'online' ? (applicant.portalAccount ?? '') : '',
  ThongTinKhac: '',
  Email: applicant.email ?? '',
  Fax: '',
  SoDienThoai: applicant.phone ?? '',
});

/** The portal pulls the file from this address; its id there is its content's. */
const submitted = (document: FileReference, { filesUrl }: PortalCatalogue) => ({
  TepDinhKemId: document.sha256,
  TenTepDinhKem: cutTo(document.name, 4_000),
  IsDeleted: 'False',
  MaThanhPhanHoSo: document.componentCode ?? '',
  DuongDanTaiTepTin: filesUrl + document.sha256,
  DuocSoHoa: '1',
  DuocTaiSuDung: '0',
  DuocLayTuKhoDMQG: '0',
  MaKetQuaThayThe: '',
});

/** The newest supplement, which is all that the case as of one event has. Its id stays the same in every later full state. */
function supplements({ supplement, dueAt }: CaseApplication, fields: MappedFields) {
  if (!supplement) return [];
  const receivedAt = fields.stamp('supplement.receivedAt', supplement.receivedAt);
  return [
    {
      HoSoBoSungId: receivedAt,
      NguoiYeuCauBoSung: '',
      NoiDungBoSung: supplement.request ?? '',
      NgayBoSung: fields.stamp('supplement.requestedAt', supplement.requestedAt),
      NguoiTiepNhanBoSung: '',
      ThongTinTiepNhan: supplement.note ?? '',
      NgayTiepNhanBoSung: receivedAt,
      TrangThaiBoSung: '1',
      DanhSachGiayToBoSung: [],
      DanhSachLePhiBoSung: [],
      NgayHenTraTruoc: fields.stamp('supplement.previousDueAt', supplement.previousDueAt),
      NgayHenTraMoi: fields.stamp('dueAt', dueAt),
    },
  ];
}

/** Only the two kinds that the portal knows; a missing number isn't replaced by 000000001. */
function identity(number: string) {
  if (/^\d{12}$/.test(number)) return [{ LoaiDinhDanh: '1', SoDinhDanh: number }];
  return /^\d{9}$/.test(number) ? [{ LoaiDinhDanh: '2', SoDinhDanh: number }] : [];
}
