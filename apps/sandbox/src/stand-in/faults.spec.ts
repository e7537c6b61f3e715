import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';

const request = sample('lltp-gen2-vneid/b-gui-ho-so.request.json');
const success = sample('lltp-gen2-vneid/b-gui-ho-so.success.json');
const code = String(request['maHoSoMCDT']);
const other = 'H56.14-241112-0010';

let lltp: Running;

beforeEach(async () => {
  lltp = await run('lltp', newFolder());
  await lltp.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
});
afterEach(() => lltp.stop());

const apply = (maHoSoMCDT = code) => lltp.post('/api/lltp/gui-ho-so', { ...request, maHoSoMCDT });
const play = (fault: unknown) => lltp.ask('PUT', '/faults', fault);
const hits = async () =>
  ((await lltp.ask('GET', '/faults')) as { faults: { hits: number }[] }).faults.map((fault) => fault.hits);
const booked = async () => (await lltp.lines('/books')).map(({ effect }) => effect);

describe('faults over HTTP', () => {
  it('down: the port refuses, open requests are cut, and the same port comes back with what it held', async () => {
    await apply();
    await play({ hang: 1 });
    const hanging = apply(other);
    await eventually(async () => expect(await hits()).toEqual([1]));
    await play({ down: true });
    await expect(hanging).rejects.toThrow();
    await expect(apply(other)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await lltp.ask('DELETE', '/faults');
    expect((await apply(other)).body).toEqual(success);
    expect(await lltp.lines('/holds')).toHaveLength(2);
  });

  it('hang: takes the request, does nothing, never answers', async () => {
    await play({ hang: 1 });
    const hanging = fetch(`${lltp.partner}/api/lltp/gui-ho-so`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(200),
    });
    await expect(hanging).rejects.toThrow();
    expect(await booked()).toEqual([]);
    expect((await apply()).body).toEqual(success);
  });

  it('loseAnswer: does the work and books it, then cuts the connection', async () => {
    await play({ loseAnswer: 1 });
    await expect(apply()).rejects.toThrow();
    expect(await booked()).toEqual(['applied']);
    expect((await apply()).body).toEqual(sample('lltp-gen2-vneid/b-gui-ho-so.duplicate.json'));
    expect(await booked()).toEqual(['applied', 'repeat']);
  });

  it('slow: later, and otherwise right', async () => {
    await play({ slowMs: 120, when: { code } });
    const started = performance.now();
    expect((await apply()).body).toEqual(success);
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
  });

  it('refuseField: refuses as data while the member holds that value, in the partner’s shape', async () => {
    await play({
      refuseField: { path: 'toKhai.nycSoGiayTo', text: 'số giấy tờ không tồn tại', equals: '038190000123' },
    });
    expect((await apply()).body).toMatchObject({
      status: '0',
      errorCode: 'DATA',
      errorDescription: 'số giấy tờ không tồn tại',
    });
    const repaired = { ...request, toKhai: { ...(request['toKhai'] as object), nycSoGiayTo: '038190000124' } };
    expect((await lltp.post('/api/lltp/gui-ho-so', repaired)).body).toEqual(success);
    expect(await booked()).toEqual(['refused', 'applied']);
  });

  it('reply: plays answers word for word, does nothing, then is right again', async () => {
    await play({
      reply: [
        { status: 503 },
        { status: 429, headers: { 'retry-after': '7' }, body: { a: 1 } },
        { status: 200, html: '<html>bảo trì</html>' },
        { status: 200, text: '' },
      ],
    });
    expect(await apply()).toMatchObject({ status: 503, body: '' });
    const busy = await apply();
    expect([busy.status, busy.headers.get('retry-after'), busy.body]).toEqual([429, '7', { a: 1 }]);
    const page = await apply();
    expect([page.headers.get('content-type'), page.body]).toEqual(['text/html; charset=utf-8', '<html>bảo trì</html>']);
    expect(await apply()).toMatchObject({ status: 200, body: '' });
    expect(await booked()).toEqual([]);
    expect((await apply()).body).toEqual(success);
    expect(await hits()).toEqual([4]);
  });

  it('when: strikes one case or one operation, and counts what it hit', async () => {
    await play([
      { reply: [{ status: 500 }, { status: 500 }], when: { code } },
      { busy: 1, when: { operation: 'ket-qua' } },
    ]);
    expect((await apply(other)).body).toEqual(success);
    expect((await apply()).status).toBe(500);
    expect((await lltp.post('/api/lltp/ket-qua', sample('lltp-gen2-vneid/c-ket-qua.request.json'))).status).toBe(500);
    expect((await lltp.post('/api/lltp/ket-qua', sample('lltp-gen2-vneid/c-ket-qua.request.json'))).status).toBe(503);
    expect(await hits()).toEqual([2, 1]);
  });

  it.each([{}, { donw: true }, { hang: -1 }, { refuseField: { path: 'a' } }, { down: true, slowMs: 1 }, null])(
    'says that %p is no fault',
    async (asked) => expect(await play(asked)).toEqual({ detail: expect.any(String) }),
  );
});
