import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;

let folder: string;
let vneid: Running;
beforeEach(async () => {
  folder = newFolder();
  vneid = await run('vneid', folder);
});
afterEach(() => vneid.stop());

describe('flow d', () => {
  const path = '/v2/lyLichTuPhap/traKetQuaHoSoLLTP';
  const tell = async (body: Members) => (await vneid.post(path, body)).body;

  it('answers the samples: done, ahead, refused for ever, interrupted', async () => {
    const result = sample('lltp-gen2-vneid/d-traKetQua.request.json');
    const revocation = sample('lltp-gen2-vneid/d-traKetQua.revoke.request.json');
    const done = sample('lltp-gen2-vneid/d-traKetQua.answer.00.json');
    expect(await tell(revocation)).toEqual(sample('lltp-gen2-vneid/d-traKetQua.answer.01-already-ahead.json'));
    expect(await tell(sample('lltp-gen2-vneid/d-traKetQua.supplement.request.json'))).toEqual(done);
    expect(await tell(result)).toEqual(done);
    expect(await tell(revocation)).toEqual(done);
    expect(await tell({ ...result, trangThaiXuLy: 10, tenTrangThaiXuLy: 'Đã trả kết quả' })).toEqual(done);
    expect(await tell(result)).toEqual(sample('lltp-gen2-vneid/d-traKetQua.answer.01-already-ahead.json'));
    expect(await tell({ ...result, maHoSoMCDT: 'không phải mã' })).toEqual(
      sample('lltp-gen2-vneid/d-traKetQua.answer.01-final-failure.json'),
    );
    await vneid.ask('PUT', '/faults', { busy: 1, when: { operation: 'traKetQuaHoSoLLTP' } });
    expect(await tell(result)).toEqual(sample('lltp-gen2-vneid/d-traKetQua.answer.03-retry.json'));
  });

  it('refuses a revocation without its decision and a supplement without its reason', async () => {
    const revocation = sample('lltp-gen2-vneid/d-traKetQua.revoke.request.json');
    expect(await tell({ ...revocation, ketQuaXuLy: null })).toMatchObject({ code: '01' });
    expect(
      await tell({ ...sample('lltp-gen2-vneid/d-traKetQua.supplement.request.json'), lyDoTuChoi: '' }),
    ).toMatchObject({ code: '01' });
  });

  it('holds the record by its bytes and by whom it was revoked, also after a restart; a repeat is no second one', async () => {
    const result = sample('lltp-gen2-vneid/d-traKetQua.request.json');
    const revocation = sample('lltp-gen2-vneid/d-traKetQua.revoke.request.json');
    const code = String(result['maHoSoMCDT']);
    for (const body of [result, result, revocation, revocation]) expect(await tell(body)).toMatchObject({ code: '00' });
    await vneid.stop();
    vneid = await run('vneid', folder);
    expect(await vneid.ask('GET', `/holds?code=${code}`)).toMatchObject({
      status: 9,
      record: { number: '00001/MAU-LLTP', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      revokedBy: '03/QĐ-MAU',
    });
    expect(
      (await vneid.lines('/books')).map(({ operation, effect }) => `${String(operation)} ${String(effect)}`),
    ).toEqual([
      'traKetQuaHoSoLLTP applied',
      'traKetQuaHoSoLLTP repeat',
      'traKetQuaHoSoLLTP.thuhoi applied',
      'traKetQuaHoSoLLTP.thuhoi repeat',
    ]);
  });
});
