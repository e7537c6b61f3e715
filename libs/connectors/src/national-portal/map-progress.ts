import { caseStatuses } from '#domain';
import { shortType, type CaseStatus, type CaseWithdrawn, type StatusChange } from '#wire';

import type { OutgoingEvent, Prepared } from '../connector.js';
import { cutTo } from '../field-formats.js';
import { MappedFields } from '../mapped-fields.js';

export const progressOperation = 'CapNhatTienDoHoSoMC';

/** CapNhatTienDoHoSoMC: one progress row. Where no officer is named the unit stands in, since the portal wants somebody. */
export function mapProgress(event: OutgoingEvent): Prepared {
  const { application } = event;
  const fields = new MappedFields();
  const change = changeOf(event);
  const at = fields.stamp('at', change.at);
  return fields.prepared(progressOperation, {
    MaHoSo: event.caseCode,
    NguoiXuLy: cutTo(change.officer?.name ?? application.unit.name, 50),
    ChucDanh: change.officer?.position ?? '',
    ThoiDiemXuLy: at,
    PhongBanXuLy: change.officer?.department ?? application.unit.name,
    NoiDungXuLy: [change.note, change.reason].filter((text) => text).join('. ') || nameOf(change.status),
    TrangThai: String(change.status),
    NgayBatDau: change.startedAt ? fields.stamp('startedAt', change.startedAt) : at,
    NgayKetThucTheoQuyDinh: fields.stamp('dueAt', change.dueAt ?? application.dueAt),
  });
}

function changeOf(event: OutgoingEvent): StatusChange {
  return shortType(event.type) === 'case.withdrawn' ? (event.data as CaseWithdrawn) : (event.data as StatusChange);
}

const nameOf = (status: CaseStatus): string => caseStatuses.find(({ code }) => code === status)?.vi ?? '';
