import { describe, expect, it } from '@jest/globals';
import { problems, type ProblemCode } from '#wire';
import { answerOf, outcomeOf, type RowOutcome } from './door-answer.js';

const [taken, busy]: RowOutcome[] = [{ kind: 'taken' }, { kind: 'busy' }];
const known: RowOutcome = { kind: 'known', code: 'H49.1-210531-0001' };
const refused: RowOutcome = { kind: 'refused', reason: 'Thiếu trường ChuHoSo' };
const answer = (...outcomes: RowOutcome[]) => {
  const { status, body } = answerOf(outcomes.map((_, i) => `M${i}`), outcomes, 'Xong thành công'); // prettier-ignore
  return [status, body.error_code, body.message, body.result?.length ?? 0];
};

describe('the door’s answer', () => {
  it('to one row is that row’s, as the portal gives it', () => {
    expect(answer(taken!)).toEqual([200, '0', 'Xong thành công', 0]);
    expect(answer(known)).toEqual([200, '-3', 'Mã hồ sơ H49.1-210531-0001 đã tồn tại', 0]);
    expect(answer(refused)).toEqual([200, '3', 'Thiếu trường ChuHoSo', 0]);
    expect(answer(busy!)).toEqual([503, '503', 'Hệ thống đang bận, hãy gửi lại', 0]);
  });

  it('to several is success only where all were taken, tells which were not, and has one a row behind it', () => {
    expect(answer(taken!, taken!)).toEqual([200, '0', 'Xong thành công', 2]);
    expect(answer(taken!, known)).toEqual([200, '-3', 'Dòng 2: Mã hồ sơ H49.1-210531-0001 đã tồn tại', 2]);
    expect(answer(refused, known, refused)).toEqual([
      ...[200, '3', 'Dòng 1: Thiếu trường ChuHoSo; Dòng 3: Thiếu trường ChuHoSo', 3],
    ]);
    expect(answer(refused, busy!, taken!)).toEqual([503, '503', 'Hệ thống đang bận, hãy gửi lại', 3]);
    expect(answer(...Array.from({ length: 9 }, () => refused))[2]).toMatch(/Dòng 5: [^;]*; và 4 dòng khác$/);
  });

  it('says of every problem of the hub something in Vietnamese, and calls our own faults busy', () => {
    for (const code of Object.keys(problems) as ProblemCode[]) {
      const outcome = outcomeOf('case', { code, faults: [{ path: '/applicant/phone', rule: 'x' }] }, 'M');
      if (code === 'unavailable' || code === 'internal') expect(outcome).toEqual({ kind: 'busy' });
      else expect(outcome).toEqual({ kind: 'refused', reason: expect.stringMatching(/\p{L}/u) });
    }
    expect(outcomeOf('case', { code: 'invalid-payload', faults: [{ path: '/applicant/phone', rule: 'x' }] }, '')).toEqual(
      { kind: 'refused', reason: 'Trường SoDienThoai không hợp lệ' },
    ); // prettier-ignore
  });
});
