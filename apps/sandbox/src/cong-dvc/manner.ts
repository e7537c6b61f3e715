import { lineRows, type Manner } from '../stand-in/manner.js';
import type { Sessions } from '../stand-in/sessions.js';
import type { PortalWording } from './wording.js';

export function portalManner(wording: PortalWording, sessions: Sessions): Manner {
  const accepted: Readonly<Record<string, () => string>> = {
    DongBoHoSoMC: () => wording.accepted,
    CapNhatTienDoHoSoMC: () => wording.progressAccepted,
    DongBoTrangThaiHoSo: () => wording.statusAccepted,
  };
  return {
    codes: ['MaHoSo', 'mahoso'],
    statuses: ['TrangThaiHoSo', 'TrangThai', 'TRANGTHAIHOSO'],
    files: ['TaiLieuNop', 'DanhSachTepDinhKemKhac', 'DanhSachGiayToKetQua'],
    joinedPaths: ['DuongDanTaiTepTin', 'DuongDanTepTinKetQua', 'TenTepDinhKem'],
    requestRows: ['data'],
    answerRows: ['result', ...lineRows],
    keepsLines: true,
    outcome: { member: 'error_code', error: '-1', words: 'message' },
    freeText: 'TrichYeuHoSo',
    logIns: ['login'],
    reads: ['TraCuuHoSo', 'LayDanhMucCoQuan', 'LayDanhSachTTHC', 'LayThuTuc'],
    accepted: (operation) => {
      const message = accepted[operation]?.();
      return message === undefined ? undefined : { status: 200, body: { error_code: '0', message } };
    },
    loginRefused: () => ({ status: 200, body: { error_code: wording.badLoginCode, message: wording.badLogin } }),
    endSessions: () => sessions.endAll(),
  };
}
