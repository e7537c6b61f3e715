import type { Manner } from '../stand-in/manner.js';
import type { VneidWording } from './wording.js';

/** Flow (d) has neither a login nor lists; the result hangs on one member. */
export const vneidManner = (wording: VneidWording): Manner => ({
  codes: ['maHoSoMCDT'],
  statuses: ['trangThaiXuLy'],
  outcome: { member: 'code', error: '01', words: 'message' },
  accepted: (operation) =>
    operation.startsWith('traKetQuaHoSoLLTP')
      ? { status: 200, body: { code: '00', message: wording.done } }
      : undefined,
});
