import type { CaseStatus, CaseWithdrawn, StatusChange } from '#wire';

import { reading, type PortalFault } from './portal-item.js';
import { given, statusOfCode } from './read-case.js';

/** A row of CapNhatTienDoHoSoMC in the hub's words: a withdrawal is status 7. */
type ReadProgress = { code: string; status: CaseStatus } & (
  | { type: 'vn.lienthong.case.status-changed.v1'; data: StatusChange }
  | { type: 'vn.lienthong.case.withdrawn.v1'; data: CaseWithdrawn }
);

export type ProgressRead = { kind: 'read'; value: ReadProgress } | { kind: 'faults'; faults: PortalFault[] };

export function readProgress(members: unknown): ProgressRead {
  return reading<ReadProgress>(members, (row) => {
    const { code } = row.caseCode('MaHoSo');
    const status = row.oneOf('TrangThai', statusOfCode);
    const at = row.stamp('ThoiDiemXuLy');
    const content = row.text('NoiDungXuLy');
    const officer = {
      name: row.text('NguoiXuLy'),
      ...given({ position: row.optional('ChucDanh'), department: row.optional('PhongBanXuLy') }),
    };
    const span = { startedAt: row.optionalStamp('NgayBatDau'), dueAt: row.optionalStamp('NgayKetThucTheoQuyDinh') };
    if (status === 7)
      return { code, status, type: 'vn.lienthong.case.withdrawn.v1', data: { status, at, reason: content } };
    // Why, where the status asks for it; else what was done.
    const words = status === 3 || status === 5 ? { reason: content } : { note: content };
    const data: StatusChange = { status, at, officer, ...words, ...given(span) };
    return { code, status, type: 'vn.lienthong.case.status-changed.v1', data };
  });
}
