import type { CaseApplication, FileReference, JudicialRecordDeclaration } from '#wire';

import type { OutgoingEvent, Prepared } from '../connector.js';
import { MappedFields } from '../mapped-fields.js';
import { call } from './calls.js';
import type { MinistryCatalogue } from './catalogue.js';
import { dayStamp, spaced } from './times.js';

/**
 * NoiHoSo without what the ministry issues: MaHoSo and the files' ids are put in on the way, so that each repeat has the
 * same item. A file stands there by its content's hash.
 */
export function mapCreate(event: OutgoingEvent, catalogue: MinistryCatalogue): Prepared {
  const { application } = event;
  const { applicant, procedure } = application;
  const fields = new MappedFields();
  const kind = catalogue.code('applicantKind', applicant.kind, event, fields);
  return fields.prepared(call.create, {
    MaTTHC: procedure.code,
    MaDichVuCong: catalogue.serviceOf(procedure.code),
    ChuHoSo: applicant.name,
    LoaiDoiTuong: kind,
    MaDonViTiepNhan: catalogue.unit,
    NgayNop: spaced(fields, 'submittedAt', application.submittedAt),
    NgayTiepNhan: spaced(fields, 'receivedAt', application.receivedAt),
    EformThongTinChiTiet: {},
    ThanhPhanHoSo: (application.documents ?? []).map((document) => component(document, event, catalogue, fields)),
    ThongTinNguoiNop: {
      LoaiDoiTuong: kind,
      IdDoiTuong: applicant.portalAccount ?? '',
      ThongTinChiTiet: submitter(application, fields),
    },
  });
}

const component = (
  document: FileReference,
  event: OutgoingEvent,
  catalogue: MinistryCatalogue,
  fields: MappedFields,
) => ({
  MaThanhPhanHoSo: document.componentCode ?? '',
  TenThanhPhanHoSo: document.label ?? document.name,
  SoLuong: 1,
  LoaiBan: catalogue.code('copyKind', 'electronic', event, fields),
  GiayToDinhKem: [catalogue.paper(document, 'submitted', event, fields)],
});

/** The hub knows one person of a case, its owner; who brought the papers is not recorded, so the owner stands for both. */
function submitter({ applicant, declaration }: CaseApplication, fields: MappedFields): Record<string, string> {
  const { province, commune, detail }: JudicialRecordDeclaration['permanentResidence'] =
    declaration?.permanentResidence ?? {};
  const place = { province: province?.code ?? '', commune: commune?.code ?? '', detail: detail ?? '' };
  return {
    TenNguoiNop: applicant.name,
    SoDinhDanh: applicant.idNumber ?? '',
    NgayCapDinhDanh: dayStamp(fields, 'declaration.identityPaper.issuedOn', declaration?.identityPaper.issuedOn),
    NgaySinh: dayStamp(fields, 'declaration.born', declaration?.born),
    SoDienThoai: applicant.phone ?? '',
    Email: applicant.email ?? '',
    Fax: '',
    MaTinh: place.province,
    MaHuyen: declaration?.permanentResidence.district?.code ?? '',
    MaXa: place.commune,
    DiaChiChiTiet: place.detail,
    TenChuHs: applicant.name,
    SoDinhDanhChuHs: applicant.idNumber ?? '',
    MaTinhChuHs: place.province,
    MaXaChuHs: place.commune,
    DiaChiChiTietChuHs: place.detail,
  };
}
