import { get } from 'node:https';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';
import { faultNames } from './fault-kinds.js';
import type { PlayedName } from './stand-in.js';

type Members = Record<string, unknown>;

let standIn: Running;
const start = async (name: PlayedName): Promise<void> => {
  standIn = await run(name, newFolder());
};
afterEach(() => standIn.stop());

const play = (fault: unknown) => standIn.ask('PUT', '/faults', fault);
const hits = async () =>
  ((await standIn.ask('GET', '/faults')) as { faults: { hits: number }[] }).faults.map((fault) => fault.hits);
const effects = async () => (await standIn.lines('/books')).map(({ effect }) => effect);

describe('the portal', () => {
  const item = (sample('national-portal-case-sync/DongBoHoSoMC.add.request.json')['data'] as Members[])[0]!;
  const code = String(item['MaHoSo']);
  const headers = { dstcode: 'PORTAL-MAU' };
  let session: unknown;

  const logIn = async () => {
    const { body } = await standIn.post('/login', sample('national-portal-case-sync/login.request.json'), headers);
    session = (body as Members)['session'];
    return body as Members;
  };
  const send = async (data: Members[], isUpdating = 'False') =>
    (
      await standIn.post(
        '/integration',
        { session, madonvi: 'H56', service: 'DongBoHoSoMC', isUpdating, data },
        headers,
      )
    ).body as Members;
  const lookUp = async (mahoso = code) =>
    (await standIn.post('/share', { session, madonvi: 'H56', service: 'TraCuuHoSo', mahoso }, headers)).body as Members;
  const withCode = (MaHoSo: string, more: Members = {}): Members => ({ ...item, MaHoSo, ...more });

  beforeEach(async () => {
    await start('cong-dvc');
    await logIn();
  });

  it('cutBefore: the connection breaks and nothing is booked', async () => {
    await play({ cutBefore: 1 });
    await expect(send([item])).rejects.toThrow();
    expect(await effects()).toEqual([]);
    expect(await send([item])).toMatchObject({ error_code: '0' });
  });

  it('slowAnswerMs and dripMs: the work is done long before its answer is read', async () => {
    for (const [fault, sent] of [
      [{ slowAnswerMs: 300 }, withCode('H56.14-250812-0101')],
      [{ dripMs: 300 }, withCode('H56.14-250812-0102')],
    ] as const) {
      await play(fault);
      const before = (await effects()).length;
      const began = performance.now();
      const answer = send([sent]);
      while ((await effects()).length === before);
      const booked = performance.now() - began;
      expect(await answer).toMatchObject({ error_code: '0' });
      const answered = performance.now() - began;
      expect(answered).toBeGreaterThan(280);
      expect(booked).toBeLessThan(answered);
    }
  });

  it.each([
    ['maintenance', { maintenance: true }, 200, /bảo trì/],
    ['rejectPage', { rejectPage: 1 }, 200, /Request Rejected/],
    ['unavailable', { unavailable: true }, 503, /503/],
    ['tooLargeOver', { tooLargeOver: 500 }, 413, /413/],
  ])('%s: a page instead of an answer, and nothing is booked', async (_, fault, status, words) => {
    await play(fault);
    const answer = await standIn.post(
      '/integration',
      { session, madonvi: 'H56', service: 'DongBoHoSoMC', isUpdating: 'False', data: [item] },
      headers,
    );
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.body).toMatch(words);
    expect(await effects()).toEqual([]);
  });

  it('tooLargeOver: lets smaller requests through', async () => {
    await play({ tooLargeOver: 500 });
    expect(await lookUp()).toMatchObject({ error_code: '0' });
  });

  it('loginRefused: refuses log-ins only, and only so many', async () => {
    await play({ loginRefused: 1 });
    expect(await send([item])).toMatchObject({ error_code: '0' });
    expect(await logIn()).toMatchObject({ error_code: '-1' });
    expect(await logIn()).toHaveProperty('session');
  });

  it('sessionEndsAfter: so many requests pass, then all sessions end, once', async () => {
    await play({ sessionEndsAfter: 2 });
    expect(await lookUp()).toMatchObject({ error_code: '0' });
    expect(await lookUp()).toMatchObject({ error_code: '0' });
    expect(await lookUp()).toMatchObject({ error_code: '-1', message: expect.stringMatching(/Phiên/) });
    await logIn();
    for (let n = 0; n < 4; n++) expect(await lookUp()).toMatchObject({ error_code: '0' });
  });

  it('codesAs: the same outcome as text, as a number, by turns', async () => {
    await play({ codesAs: 'number' });
    expect(await lookUp()).toMatchObject({ error_code: 0 });
    await play({ codesAs: 'mixed' });
    const codes = [await lookUp(), await lookUp(), await lookUp()].map(({ error_code }) => typeof error_code);
    expect(codes).toEqual(['string', 'number', 'string']);
  });

  it('errorCodeButDone: done, said so in words, with the code of an error', async () => {
    await play({ errorCodeButDone: 1 });
    expect(await send([item])).toEqual({ error_code: '-1', message: 'Đồng bộ hồ sơ thành công' });
    expect(await effects()).toEqual(['applied']);
  });

  it('successButNot and silentLoss: not done; the code says that it is, the words say the truth or not even they', async () => {
    await play([{ successButNot: 1 }, { silentLoss: 1 }]);
    expect(await send([item])).toEqual({ error_code: '0', message: expect.stringMatching(/lỗi/) });
    expect(await send([item])).toEqual({ error_code: '0', message: 'Đồng bộ hồ sơ thành công' });
    expect(await effects()).toEqual([]);
    expect(await hits()).toEqual([1, 1]);
  });

  it('enteredBefore: somebody was quicker by hand, in other words', async () => {
    await play({ enteredBefore: 1 });
    expect(await send([item])).toMatchObject({ error_code: '-3', message: expect.stringMatching(/đã tồn tại/) });
    const [byHand, ours] = await standIn.lines('/books');
    expect([byHand!['effect'], ours!['effect']]).toEqual(['applied', 'refused']);
    expect(byHand!['hash']).not.toBe(ours!['hash']);
  });

  it('dropPrefix: two agencies of a province collide', async () => {
    await play({ dropPrefix: true });
    expect(await send([withCode('000.00.14.H56-250812-0007')])).toMatchObject({ error_code: '0' });
    expect(await send([withCode('000.00.15.H56-250812-0007')])).toMatchObject({ error_code: '-3' });
    expect(await standIn.lines('/holds')).toMatchObject([{ code: 'H56-250812-0007' }]);
    expect(await lookUp('000.00.15.H56-250812-0007')).toMatchObject({ result: [{ MAHOSO: 'H56-250812-0007' }] });
  });

  it('firstRowsOnly: acknowledges all and keeps the first', async () => {
    await play({ firstRowsOnly: 1 });
    expect(await send([withCode('H56.14-250812-0201'), withCode('H56.14-250812-0202')])).toMatchObject({
      error_code: '0',
    });
    expect((await standIn.lines('/holds')).map((held) => held['code'])).toEqual(['H56.14-250812-0201']);
  });

  it('firstFileOnly and dropFilesOver: what is booked isn’t what was sent', async () => {
    const paper = (item['TaiLieuNop'] as Members[])[0]!;
    const two = withCode(code, { TaiLieuNop: [{ ...paper, DuongDanTaiTepTin: 'a##b' }, paper] });
    const one = withCode(code, { TaiLieuNop: [{ ...paper, DuongDanTaiTepTin: 'a' }] });
    await send([one]);
    await send([withCode(code, { TaiLieuNop: [] })], 'True');
    const booked = (await standIn.lines('/books')).map(({ hash }) => hash);
    await play({ firstFileOnly: true });
    await send([two], 'True');
    await play({ dropFilesOver: 500 });
    await send([two], 'True');
    expect((await standIn.lines('/books')).slice(2).map(({ hash }) => hash)).toEqual(booked);
  });

  it('rewriteStatus: 5 arrives and 9 is held and told', async () => {
    await play({ rewriteStatus: { from: [5, 6, 8], to: 9 } });
    await send([withCode(code, { TrangThaiHoSo: '5' })]);
    expect(await standIn.ask('GET', `/holds?code=${code}`)).toMatchObject({ status: 9 });
    await standIn.ask('DELETE', '/faults');
    expect(await lookUp()).toMatchObject({ result: [{ TRANGTHAIHOSO: '9' }] });
  });

  it('lateStatus: the older state is told after the newer one, then the newer again', async () => {
    await send([item]);
    await play({ lateStatus: 1 });
    const told = async () => ((await lookUp())['result'] as Members[])[0]!['TRANGTHAIHOSO'];
    const first = await told();
    await send([withCode(code, { TrangThaiHoSo: '4' })], 'True');
    expect([first, await told(), await told(), await told()]).toEqual(['2', '4', '2', '4']);
  });

  it('retiredCode: what was in the catalogue yesterday is refused today, wherever it stands', async () => {
    await play({ retiredCode: '2.000488' });
    expect(await send([item])).toMatchObject({ error_code: '3', message: 'Mã 2.000488 không còn trong danh mục' });
    expect(await send([withCode('H56.14-250812-0008', { MaTTHC: '1.001193' })])).toMatchObject({ error_code: '0' });
    expect(await effects()).toEqual(['refused', 'applied']);
  });

  it('answerRows: in another order, one missing, one twice', async () => {
    const rows = async () =>
      (
        (await standIn.post('/share', { session, madonvi: 'H56', service: 'LayDanhMucCoQuan' }, headers)).body as {
          result: { MADONVI: string }[];
        }
      ).result.map(({ MADONVI }) => MADONVI);
    await play({ answerRows: 'shuffled' });
    expect(await rows()).toEqual(['H53', 'H56.14', 'H56']);
    await play({ answerRows: 'missing' });
    expect(await rows()).toEqual(['H56.14', 'H53']);
    expect(await rows()).toEqual(['H56', 'H53']);
    await play({ answerRows: 'doubled' });
    expect(await rows()).toEqual(['H56', 'H56', 'H56.14', 'H53']);
  });

  it('share: the same seed strikes the same cases, in whatever order they come', async () => {
    const codes = Array.from({ length: 40 }, (_, n) => `H56.14-250812-1${String(n).padStart(3, '0')}`);
    const struck = async (order: string[]) => {
      await play({ reply: Array.from({ length: 40 }, () => ({ status: 500 })), when: { share: 0.3, seed: 4 } });
      const found: string[] = [];
      for (const one of order)
        if (
          (await standIn.post('/share', { session, madonvi: 'H56', service: 'TraCuuHoSo', mahoso: one }, headers))
            .status === 500
        )
          found.push(one);
      return found.sort();
    };
    const first = await struck(codes);
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThan(25);
    expect(await struck(codes.toReversed())).toEqual(first);
  });

  it('certificate: TLS on the same port, trusted, then expired, for another host, of nobody, and in order again', async () => {
    const ca = await (await fetch(`${standIn.control}/certificate`)).text();
    const secure = (): Promise<number | string> =>
      new Promise((resolve) =>
        get(`${standIn.partner.replace('http:', 'https:')}/nothing`, { ca, agent: false }, (answer) =>
          resolve(answer.resume().statusCode ?? 0),
        ).once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)),
      );
    expect(await secure()).toBe(404);
    await play({ certificate: 'expired' });
    expect(await secure()).toBe('CERT_HAS_EXPIRED');
    expect(await hits()).toEqual([1]);
    await play({ certificate: 'other-host' });
    expect(await secure()).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    await play({ certificate: 'unknown-authority' });
    expect(String(await secure())).toMatch(/UNABLE_TO|SELF_SIGNED|SIGNATURE/);
    expect(await lookUp()).toMatchObject({ error_code: '0' });
    await standIn.ask('DELETE', '/faults');
    expect(await secure()).toBe(404);
  });
});

describe('what can’t go wrong at a partner', () => {
  it.each<[PlayedName, object]>([
    ['lltp', { sessionEndsAfter: 1 }],
    ['mot-cua', { dropPrefix: true }],
    ['bo-noi-vu', { dropPrefix: true }],
    ['mot-cua', { codesAs: 'number' }],
  ])('%s refuses %p and keeps what it plays', async (name, fault) => {
    await start(name);
    await play({ slowMs: 1 });
    expect(await play(fault)).toEqual({ detail: expect.stringContaining("can't go wrong") });
    expect(await standIn.ask('GET', '/faults')).toMatchObject({ faults: [{ slowMs: 1 }] });
  });

  it.each<PlayedName>(['lltp', 'cong-dvc', 'mot-cua', 'bo-noi-vu'])('%s tells what can', async (name) => {
    await start(name);
    const told = (await standIn.ask('GET', '/faults/kinds')) as { name: string }[];
    const names = told.map((kind) => kind.name);
    expect(names).toEqual(
      expect.arrayContaining(['down', 'hang', 'certificate', 'maintenance', 'retiredCode', 'busy']),
    );
    expect(names.every((kind) => (faultNames as string[]).includes(kind))).toBe(true);
  });
});
