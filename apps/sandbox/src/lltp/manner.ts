import { lineRows, type Manner, type Said } from '../stand-in/manner.js';
import type { LltpWording } from './wording.js';

/** Every request carries its key, so there is no session that could end. */
export function lltpManner(wording: LltpWording): Manner {
  const four = (status: string, statusDescription: string, errorCode = '', errorDescription = ''): Said => ({
    status: 200,
    body: { status, statusDescription, errorCode, errorDescription },
  });
  return {
    codes: ['maHoSoMCDT'],
    statuses: ['trangThaiXuLy'],
    files: ['fileHoSo'],
    answerRows: ['value', ...lineRows],
    keepsLines: true,
    outcome: { member: 'status', error: '0', words: 'statusDescription' },
    freeText: 'tenMucDich',
    reads: ['ket-qua'],
    accepted: (operation) => (operation === 'gui-ho-so' ? four('1', wording.accepted) : undefined),
    loginRefused: () => four('0', wording.badKey, wording.badKeyCode, 'authKey'),
  };
}
