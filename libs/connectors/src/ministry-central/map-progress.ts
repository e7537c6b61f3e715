import { caseStatuses } from '#domain';
import { shortType, type CaseStatus, type Fee, type ResultIssued, type ResultRevoked, type StatusChange } from '#wire';

import type { OutgoingEvent, Prepared } from '../connector.js';
import { MappedFields } from '../mapped-fields.js';
import { revocationNote } from '../revocation-note.js';
import { call } from './calls.js';
import type { MinistryCatalogue } from './catalogue.js';
import { isoTime } from './times.js';

/** The ministry takes lists of fees and papers only with these: supplement wanted, payment wanted, result there. */
const withLists: readonly CaseStatus[] = [5, 6, 9];

/** Two calls, one item: what was done, and where the case now stands. Neither has the case's id or code, which were issued. */
export function mapProgress(event: OutgoingEvent, catalogue: MinistryCatalogue): Prepared {
  const { application } = event;
  const fields = new MappedFields();
  const result = shortType(event.type) === 'case.result-issued' ? (event.data as ResultIssued) : undefined;
  const change: StatusChange = result ? { status: result.status, at: result.at } : changeOf(event, fields);
  const at = isoTime(fields, 'at', change.at);
  const department = change.officer?.department ?? application.unit.name;
  const done = change.note ?? nameOf(change.status);
  const lists = {
    DanhSachLePhi: (application.fees ?? []).map(feeRow),
    DanhSachGiayToKetQua: (result?.documents ?? []).map((document) =>
      catalogue.paper(document, 'result', event, fields),
    ),
  };
  return fields.prepared(call.status, {
    [call.progress]: {
      NguoiXuLy: change.officer?.name ?? application.unit.name,
      ThoiDiemXuLy: at,
      PhongBanXuLy: department,
      NoiDungXuLy: done,
      TrangThai: change.status,
      NgayBatDau: change.startedAt ? isoTime(fields, 'startedAt', change.startedAt) : at,
      NgayKetThucTheoQuyDinh: isoTime(fields, 'dueAt', change.dueAt ?? application.dueAt),
    },
    [call.status]: {
      TrangThai: change.status,
      NoiDungYKien: change.reason ?? '',
      PhongBanXuLy: department,
      NoiDungXuLy: done,
      ...(withLists.includes(change.status) ? lists : {}),
    },
  });
}

/** No source names a call for a revocation: it is told as what was done, and where the case stands shows no paper any more. */
function changeOf(event: OutgoingEvent, fields: MappedFields): StatusChange {
  if (shortType(event.type) !== 'case.result-revoked') return event.data as StatusChange;
  const revoked = event.data as ResultRevoked;
  return { status: event.status, at: revoked.at, note: revocationNote(revoked, fields) };
}

const feeRow = (fee: Fee) => ({
  TenPhiLePhi: fee.name,
  MaPhiLePhi: fee.code,
  HinhThucThu: fee.method ?? '',
  Gia: String(fee.amount),
  LoaiPhiLePhi: fee.kind ?? '',
});

const nameOf = (status: CaseStatus): string => caseStatuses.find(({ code }) => code === status)?.vi ?? '';
