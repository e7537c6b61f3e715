import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { validatePayload, type CaseStatus, type StatusChange } from '#wire';

import { outgoing, portalCase, sample } from '../case.fixture.js';
import { mapProgress } from './map-progress.js';
import { readProgress } from './read-progress.js';

type Row = Record<string, unknown>;
const rows = sample<{ data: Row[] }>('national-portal/CapNhatTienDoHoSoMC.request.json').data;
const row = rows[0]!;
const faultsOf = (members: unknown): unknown[] => {
  const read = readProgress(members);
  return read.kind === 'faults' ? read.faults : [];
};

describe('a progress row of the portal', () => {
  it('is a status change with officer, unit and content, as in the source’s sample', () => {
    expect(readProgress(rows[1])).toEqual({
      kind: 'read',
      value: {
        code: 'H56.14-250812-0007',
        status: 4,
        type: 'vn.lienthong.case.status-changed.v1',
        data: {
          status: 4,
          at: '2025-08-13T09:00:00+07:00',
          officer: { name: 'Lê Thị Giả Định', position: 'Phó trưởng phòng', department: 'Phòng Lý lịch tư pháp' },
          note: 'Đang xác minh',
          startedAt: '2025-08-13T08:00:00+07:00',
          dueAt: '2025-08-22T17:00:00+07:00',
        },
      },
    });
  });

  it('is a withdrawal where its status is 7, and gives the reason of 3 and 5', () => {
    expect(readProgress({ ...row, TrangThai: '7' })).toMatchObject({
      value: { type: 'vn.lienthong.case.withdrawn.v1', data: { status: 7, reason: 'Tiếp nhận hồ sơ' } },
    });
    for (const status of ['3', '5'])
      expect(readProgress({ ...row, TrangThai: status })).toMatchObject({ value: { data: { reason: 'Tiếp nhận hồ sơ' } } }); // prettier-ignore
  });

  it('comes back as it was sent', () => {
    const words = fc.constantFrom('Đang xác minh', 'Tiếp nhận hồ sơ', 'x');
    const time = fc.constantFrom('2025-08-13T09:00:00+07:00', '2021-01-31T23:59:59+07:00');
    const change = fc.record({ at: time, startedAt: time, dueAt: time, said: words, name: words, department: words });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), change, (status, { said, name, department, ...times }) => {
        const officer = { name, position: 'Chuyên viên', department };
        const why = status === 3 || status === 5 ? { reason: said } : { note: said };
        const data: StatusChange = { status: status as CaseStatus, ...times, officer, ...why };
        const mapped = mapProgress(outgoing('status-changed', portalCase, { data }));
        if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
        const read = readProgress(mapped.prepared.item);
        if (read.kind !== 'read') throw new Error('not read');
        const expected = status === 7 ? { status, at: times.at, reason: said } : data;
        expect(read.value).toMatchObject({ code: portalCase.code, status, data: expected });
        expect(validatePayload(read.value.type, read.value.data)).toEqual([]);
      }),
    );
  });

  it('can’t be read where a field is missing or malformed, and says which', () => {
    expect(faultsOf({ ...row, TrangThai: '12', ThoiDiemXuLy: 'x', NoiDungXuLy: '' })).toEqual([
      { field: 'TrangThai', rule: 'malformed' },
      { field: 'ThoiDiemXuLy', rule: 'malformed' },
      { field: 'NoiDungXuLy', rule: 'missing' },
    ]);
    expect(faultsOf('x')).toEqual([{ field: 'data', rule: 'malformed' }]);
  });
});
