import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

type Members = Record<string, unknown>;

const of = (name: string): Members => sample(`lltp-gen1/${name}.json`);
const registration = of('nhanHoSoDangKy.request');
const code = String(registration['idReceivedDec']);

let folder: string;
let lltp: Running;
let token: string;

async function logIn(): Promise<void> {
  const authorization = `Basic ${Buffer.from('tinh-mau:<secret>').toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const { body } = await lltp.post('/token', 'grant_type=client_credentials', headers);
  token = String((body as Members)['access_token']);
}
const call = (name: string, body: unknown) => lltp.post(`/lltp/${name}`, body, { authorization: `Bearer ${token}` });
const said = async (name: string, body: unknown) => (await call(name, body)).body as Members;
const list = async () => (await said('traDsTrangThaiHs', { infoType: 2 }))['LISTCONTENT'] as Members[];
const books = async () => (await lltp.lines('/books')).map((line) => [line['code'], line['effect']]);

beforeEach(async () => {
  folder = newFolder();
  lltp = await run('lltp-gen1', folder);
  await lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
  await logIn();
});
afterEach(() => lltp.stop());

describe('the first judicial-record interface, played', () => {
  it('gives a token to who shows its secret, and turns away one that has ended', async () => {
    const wrong = { authorization: 'Basic bm8=', 'content-type': 'application/x-www-form-urlencoded' };
    expect((await lltp.post('/token', 'grant_type=client_credentials', wrong)).status).toBe(401);
    expect((await call('traDanhMuc', { infoType: 2 })).body).toEqual(of('traDanhMuc.success'));
    await lltp.ask('DELETE', '/sessions');
    expect(await call('traDanhMuc', { infoType: 2 })).toMatchObject({
      status: 401,
      body: of('token-expired.inferred'),
    });
  });

  it('takes a case once; a repeat and a change are refused by the same text', async () => {
    const success = of('nhanHoSoDangKy.success');
    expect(await said('nhanHoSoDangKy', registration)).toEqual({ ...success, ID: expect.any(String) });
    expect(await said('nhanHoSoDangKy', registration)).toEqual(of('nhanHoSoDangKy.duplicate.inferred'));
    expect(await said('nhanHoSoDangKy', { ...registration, idMoneyReceipt: 'BL-2' })).toEqual(
      of('nhanHoSoDangKy.duplicate.inferred'),
    );
    expect(await books()).toEqual([
      [code, 'applied'],
      [code, 'repeat'],
      [code, 'refused'],
    ]);
  });

  it('takes both spellings and says which came', async () => {
    await said('nhanHoSoDangKy', registration);
    await said('nhanHoSoDangKy', of('nhanHoSoDangKy.as-real-client-sends.request'));
    await said('nhanHoSoDangKy', of('nhanHoSoDangKy.mandate.request'));
    expect(await lltp.ask('GET', '/spellings')).toEqual({ WSForm: 2, Form: 1 });
  });

  it('refuses what lacks a needed field, or has a day that no calendar has', async () => {
    const form = registration['declarationWSForm'] as Members;
    const rows = registration['residenceWSForm'] as Members[];
    const with_ = (change: Members) => ({ ...registration, declarationWSForm: { ...form, ...change } });
    const without = rows.map(({ residencePlace: _, ...row }) => row);
    expect(await said('nhanHoSoDangKy', { ...registration, residenceWSForm: without })).toEqual(
      of('nhanHoSoDangKy.refused.inferred'),
    );
    for (const [change, text] of [
      [{ genderId: 2 }, 'genderId'],
      [{ birthDateStr: '30/02/1990' }, 'birthDateStr'],
      [{ phone: '' }, 'phone'],
      [{ declareTypeId: 3845 }, 'mandator'],
    ] as const)
      expect(await said('nhanHoSoDangKy', with_(change))).toMatchObject({
        STATUS: 0,
        DESCRIPTION: expect.stringContaining(text),
      });
    expect((await books()).every(([, effect]) => effect === 'refused')).toBe(true);
  });

  it('shows a case’s status to who knows its number', async () => {
    expect(await said('traTrangThaiHs', of('traTrangThaiHs.request'))).toMatchObject({ STATUS: 0 });
    await said('nhanHoSoDangKy', registration);
    await lltp.ask('POST', `/cases/${code}/status`, { status: 5, day: '23/08/2024' });
    expect(await said('traTrangThaiHs', of('traTrangThaiHs.request'))).toEqual({
      ...of('traTrangThaiHs.success'),
      APPROVE_DATE: '23/08/2024',
    });
  });

  it('lists what is new until it is acknowledged, also after a restart', async () => {
    await said('nhanHoSoDangKy', registration);
    await lltp.ask('POST', `/cases/${code}/status`, { status: 4 });
    const [row] = await list();
    expect(row).toMatchObject({ DECLARATION_ID: '700001', DEC_STATUS_ID: 4, RECEIVE_NO: code });
    expect(await list()).toEqual([row]);
    await lltp.stop();
    lltp = await run('lltp-gen1', folder);
    await logIn();
    expect(await list()).toEqual([row]);
    expect(await said('danhDauHsThanhCong', { declarationId: '700001', infoType: 2 })).toEqual(
      of('danhDauHsThanhCong.success'),
    );
    expect(await list()).toEqual([]);
  });

  it('takes an acknowledgement for what it showed, not for what came since', async () => {
    await said('nhanHoSoDangKy', registration);
    await list();
    await lltp.ask('POST', `/cases/${code}/status`, { status: 4 });
    await said('danhDauHsThanhCong', { declarationId: '700001', infoType: 2 });
    expect((await list()).map(({ DEC_STATUS_ID }) => DEC_STATUS_ID)).toEqual([4]);
  });

  it('that drops the agency’s prefix lets two agencies collide', async () => {
    await lltp.ask('PUT', '/wording', { dropsPrefix: true });
    await said('nhanHoSoDangKy', { ...registration, idReceivedDec: 'H53.14-240812-0001' });
    expect(await said('nhanHoSoDangKy', { ...registration, idReceivedDec: 'H53.15-240812-0001' })).toMatchObject({
      STATUS: 0,
    });
    expect((await list()).map(({ RECEIVE_NO }) => RECEIVE_NO)).toEqual(['240812-0001']);
  });

  it('hands its open cases over to the second system, which goes on with them', async () => {
    const second = await run('lltp', newFolder());
    try {
      await second.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
      await said('nhanHoSoDangKy', registration);
      await said('nhanHoSoDangKy', of('nhanHoSoDangKy.mandate.request'));
      await lltp.ask('POST', '/cases/240812-0008/status', { status: 5 });
      expect(await lltp.ask('POST', '/hand-over', { to: second.control })).toEqual({ handedOver: [code] });
      const poll = { authKey: '<secret>', maTinh: '38', maHoSoMCDT: code };
      expect((await second.post('/api/lltp/ket-qua', poll)).body).toMatchObject({
        status: 1,
        value: [{ maHoSoMCDT: code, trangThaiXuLy: 2 }],
      });
      expect(await second.lines('/books')).toEqual([]);
      expect((await list()).map(({ RECEIVE_NO }) => RECEIVE_NO)).toEqual(['240812-0008']);
    } finally {
      await second.stop();
    }
  });
});
