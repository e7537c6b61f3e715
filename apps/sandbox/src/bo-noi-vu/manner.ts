import { lineRows, type Manner } from '../stand-in/manner.js';
import type { Sessions } from '../stand-in/sessions.js';
import { textAt } from '../stand-in/text-at.js';
import { membersOf } from './check-case.js';
import type { MinistryWording } from './wording.js';

/** The codes are of its own making: there is no prefix of another's to drop. It tells nothing that could come late: it has no look-up. */
export function ministryManner(wording: MinistryWording, sessions: Sessions): Manner {
  const writes = ['NoiHoSo', 'CapNhatTienTrinh', 'CapNhatTrangThai'];
  return {
    statuses: ['TrangThai'],
    files: ['GiayToDinhKem', 'DanhSachGiayToKetQua'],
    requestRows: [''],
    answerRows: lineRows,
    keepsLines: true,
    outcome: { member: 'code', error: 500, words: 'message' },
    freeText: 'ChuHoSo',
    logIns: ['token'],
    accepted: (operation, body) => {
      if (!writes.includes(operation)) return undefined;
      const maHoSo = textAt(membersOf(body), 'MaHoSo');
      const data = operation === 'NoiHoSo' ? { idHoSo: `HS-${maHoSo}`, maHoSo } : null;
      return { status: 200, body: { code: 200, message: wording.done, data } };
    },
    loginRefused: () => ({ status: 401, body: { code: 401, message: wording.unauthorized, data: null } }),
    endSessions: () => sessions.endAll(),
  };
}
