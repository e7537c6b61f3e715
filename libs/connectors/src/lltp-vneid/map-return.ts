import { caseStatuses } from '#domain';
import {
  shortType,
  type CaseStatus,
  type FileReference,
  type Json,
  type JudicialRecordResult,
  type ResultIssued,
  type ResultRevoked,
  type StatusChange,
} from '#wire';

import type { OutgoingEvent, Prepared, ReadFile } from '../connector.js';
import { MappedFields } from '../mapped-fields.js';

/** Flow (d) as reply rows name it: one call, but an answer to a revocation doesn't mean what it means of a status. */
const returnOperation = 'traKetQuaHoSoLLTP';
const revokeOperation = 'traKetQuaHoSoLLTP.thuhoi';

/** Of a case that is over nothing is promised any more. */
const isOver = (status: CaseStatus): boolean => status === 3 || status === 7 || status >= 9;

/** Flow (d): one status, with the result where this event brings one or takes it back. */
export async function mapReturn(event: OutgoingEvent, file: ReadFile): Promise<Prepared> {
  const fields = new MappedFields();
  switch (shortType(event.type)) {
    case 'case.status-changed':
    case 'case.withdrawn': {
      const change = event.data as StatusChange;
      return fields.prepared(returnOperation, envelope(event, change.status, fields, { change }));
    }
    case 'case.result-issued': {
      const result = await resultOf(event.data as ResultIssued, file, fields);
      return fields.prepared(returnOperation, envelope(event, 9, fields, { result }));
    }
    case 'case.result-revoked': {
      const decision = await decisionOf(event.data as ResultRevoked, file, fields);
      // A revocation without a result object breaks a client that was seen: better a person than half of it.
      const result = event.result ? await resultOf(event.result, file, fields) : fields.fault('no result to revoke');
      if (event.status < 9) fields.fault('a revocation is told from status 9 on');
      const members = result === '' || result === null ? null : { ...result, quyetDinhThuHoi: decision };
      return fields.prepared(
        revokeOperation,
        envelope(event, event.status, fields, { result: members, revokes: true }),
      );
    }
    default:
      return { kind: 'unmappable', reason: `this interface doesn't take ${shortType(event.type)}` };
  }
}

interface What {
  change?: StatusChange;
  result?: Record<string, Json> | null;
  revokes?: true;
}

function envelope(
  { application, caseCode }: OutgoingEvent,
  status: CaseStatus,
  fields: MappedFields,
  { change, result = null, revokes }: What,
): Json {
  const reason = status === 3 || status === 5 ? (change?.reason ?? change?.note ?? '') : '';
  // The receiver takes neither without saying why.
  if ((status === 3 || status === 5) && reason.trim() === '') fields.fault('reason is missing');
  const due = isOver(status) ? undefined : (change?.dueAt ?? application.dueAt);
  return {
    maTinh: application.province.code,
    tenTinh: application.province.name,
    maHoSoMCDT: caseCode,
    trangThaiXuLy: status,
    tenTrangThaiXuLy: caseStatuses.find(({ code }) => code === status)!.vi,
    lyDoTuChoi: reason,
    ngayHenTraKetQua: due === undefined ? null : fields.day('dueAt', due),
    type: revokes ? 'thuhoi' : 'ketqua',
    ketQuaXuLy: result,
  };
}

/** ketQuaXuLy as flow (c) shows it; the record byte for byte. */
async function resultOf(
  { judicialRecord, documents }: ResultIssued,
  file: ReadFile,
  fields: MappedFields,
): Promise<Record<string, Json> | null> {
  const [document, ...more] = documents;
  // Sending the first of several would lose the others without a word.
  if (more.length > 0) fields.fault('the interface takes one document, and the result has several');
  if (!document) fields.fault('the result has no document');
  if (!judicialRecord) fields.fault('judicialRecord is missing');
  if (!judicialRecord || !document || more.length > 0) return null;
  return {
    ...recordOf(judicialRecord, fields),
    phieuLLTP: await base64(document, file, fields),
    quyetDinhThuHoi: null,
  };
}

const recordOf = (record: JudicialRecordResult, fields: MappedFields): Record<string, Json> => ({
  soPhieuLLTP: record.number,
  ngayCapPhieu: fields.partialDate('judicialRecord.issuedOn', record.issuedOn),
  loaiPhieu: String(record.recordNumber),
  nguoiLapPhieu: record.preparedBy ?? '',
  nguoiKy: record.signedBy ?? '',
  chucVu: record.signerPosition ?? '',
  tinhTrangAnTich: record.convictionStatus.code,
  tenTinhTrangAnTich: record.convictionStatus.name,
  thongTinCDNCV: record.banFromOffice?.code ?? '',
  tenThongTinCDNCV: record.banFromOffice?.name ?? '',
  // Rows as the judicial-record software wrote them: flows (c) and (d) have the same.
  thongTinAn: record.convictions as Json[],
  dsCDNCV: record.bans as Json[],
});

/** quyetDinhThuHoi; its members begin with capitals in the source. */
async function decisionOf(
  { reason, decision, document }: ResultRevoked,
  file: ReadFile,
  fields: MappedFields,
): Promise<Json> {
  return {
    LyDoThuHoi: reason,
    SoQuyetDinh: decision.number,
    NgayQuyetDinh: fields.partialDate('decision.date', decision.date),
    TrichYeuQuyetDinh: decision.summary ?? '',
    FileQuyetDinh: document ? await base64(document, file, fields) : '',
  };
}

async function base64({ sha256 }: FileReference, file: ReadFile, fields: MappedFields): Promise<string> {
  try {
    return (await file(sha256)).toString('base64');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'FILE_NOT_HELD') throw error;
    return fields.fault(`the hub doesn't hold the file ${sha256}`);
  }
}
