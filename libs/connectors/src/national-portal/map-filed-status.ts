import { caseStatuses } from '#domain';
import {
  shortType,
  type CaseWithdrawn,
  type FileReference,
  type ResultIssued,
  type ResultRevoked,
  type StatusChange,
} from '#wire';

import type { OutgoingEvent, Prepared } from '../connector.js';
import { cutTo } from '../field-formats.js';
import { MappedFields } from '../mapped-fields.js';
import { revocationNote } from '../revocation-note.js';

export const filedStatusOperation = 'DongBoTrangThaiHoSo';

/**
 * DongBoTrangThaiHoSo: where a case stands that was filed on the portal itself. One object, not a list. MaHoSoDonVi is the
 * code by which the province knows it, which is the portal's own unless the counter has given another.
 */
export function mapFiledStatus(event: OutgoingEvent, filesUrl: string): Prepared {
  const { application } = event;
  const fields = new MappedFields();
  const { at, text, documents } = toldBy(event, fields);
  const isRevoked = shortType(event.type) === 'case.result-revoked';
  return fields.prepared(filedStatusOperation, {
    MaHoSo: event.caseCode,
    MaHoSoDonVi: application.code,
    MaDoiTuong: application.applicant.portalAccount ?? '',
    NoiDung: cutTo(text, 1_000),
    NgayXuLy: fields.stamp('at', at),
    TrangThai: String(event.status),
    TaiLieuXuLy: documents.map((document) => handedOver(document, filesUrl, isRevoked)),
  });
}

function toldBy(
  event: OutgoingEvent,
  fields: MappedFields,
): { at: string; text: string; documents: readonly FileReference[] } {
  const named = caseStatuses.find(({ code }) => code === event.status)?.vi ?? '';
  switch (shortType(event.type)) {
    case 'case.result-issued': {
      const { at, documents } = event.data as ResultIssued;
      return { at, text: named, documents };
    }
    case 'case.result-revoked': {
      const revoked = event.data as ResultRevoked;
      return { at: revoked.at, text: revocationNote(revoked, fields), documents: event.result?.documents ?? [] };
    }
    case 'case.received':
    case 'case.supplemented':
      return {
        at: event.application.supplement?.receivedAt ?? event.application.receivedAt,
        text: named,
        documents: [],
      };
    default: {
      const change = event.data as StatusChange | CaseWithdrawn;
      const said = [(change as StatusChange).note, change.reason].filter((part) => part).join('. ');
      return { at: change.at, text: said || named, documents: [] };
    }
  }
}

/** The papers of a revoked result are taken away by the interface's own flag. */
const handedOver = (document: FileReference, filesUrl: string, isRevoked: boolean) => ({
  TepDinhKemId: document.sha256,
  TenTepDinhKem: cutTo(document.name, 4_000),
  IsDeleted: isRevoked ? 'True' : 'False',
  MaThanhPhanHoSo: document.componentCode ?? '',
  DuongDanTaiTepTin: filesUrl + document.sha256,
});
