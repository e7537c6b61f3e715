import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statusChanged } from './cases.js';
import { IntakeAlone } from './intake-alone.js';
import { start, type Started } from './processes.js';

type Members = Record<string, unknown>;
const KEY = 'key-of-vneid';
const sample = JSON.parse(
  readFileSync('apps/sandbox/samples/lltp-gen2-vneid/a-TaoHoSo.request.json', 'utf8'),
) as Members & { toKhai: Members };
const taken = { statusCode: '00', data: null, errorDetail: '' };
const notWaiting = JSON.parse(
  readFileSync('apps/sandbox/samples/lltp-gen2-vneid/a-TaoHoSo.duplicate.json', 'utf8'),
) as Members;
const MB = 1_048_576;

let intake: IntakeAlone;
beforeAll(async () => {
  intake = await IntakeAlone.start();
}, 300_000);
afterAll(() => intake.stop());

const path = (call: string, key: string, agency = 'vneid'): string => `/partners/${agency}/LLTP/${call}?CodeGet=${key}`;
async function nextCode(url = intake.url(path('LayMaHoSo', KEY))): Promise<string> {
  const response = await fetch(url);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  return (await response.json()) as string;
}
/** dd/MM/yyyy of the day on which the hub gave this code. */
const dayIn = (code: string): string => code.replace(/^.*-(\d{2})(\d{2})(\d{2})-\d+$/, '$3/$2/20$1');
const filing = (code: string, more: Members = {}): Members => ({
  ...sample,
  maHoSoMCDT: code,
  ngayTiepNhan: dayIn(code),
  toKhai: { ...sample.toKhai, ...more },
});
async function file(body: unknown, key = KEY, agency = 'vneid') {
  const { status, body: answer } = await intake.send('POST', path('TaoHoSo', key, agency), body, {
    authorization: undefined,
  });
  return { status, answer: answer as unknown as Members };
}
const said = async (body: unknown) => (await file(body)).answer;
const events = async (code: string) =>
  (
    await intake.ledger.query<{ event: string }>(
      `select split_part(e.type, '.', 4) || ' ' || e.status as event from events e join aliases a using (stream_id) where a.code = $1 order by sequence`,
      [code],
    )
  ).rows.map(({ event }) => event);
const asLltp = { authorization: 'Bearer key-of-lltp' };
let told = 0;
const stands = async (code: string, status: number): Promise<void> => {
  const event = statusChanged(code, status, `s${++told}`, status === 5 ? { reason: 'Bổ sung' } : {});
  expect((await intake.send('POST', `/v1/cases/${code}/events`, event, asLltp)).status).toBe(202);
};

describe('LayMaHoSo', () => {
  it('gives each code once, to many at once and from two instances, also after a kill -9', async () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:9', KAFKA_BROKERS: '127.0.0.1:9', LIENTHONG_INTAKE_PORT: '0' };
    const second = async (): Promise<Started> =>
      start('intake/src/main.js', [], {
        ...env,
        DATABASE_URL: intake.databaseUrl,
        LIENTHONG_INSTANCE: 'intake-2',
      });
    const other = await second();
    const at = (port: number): string => `http://127.0.0.1:${port}${path('LayMaHoSo', KEY)}`;
    const codes: string[] = [];
    const taking = Array.from({ length: 120 }, async (_, i) => {
      const code = await nextCode(i % 2 === 0 ? undefined : at(other.port)).catch(() => undefined);
      if (code !== undefined) codes.push(code);
      if (i === 60) await other.kill('SIGKILL');
    });
    await Promise.all(taking);
    const again = await second();
    for (let i = 0; i < 5; i++) codes.push(await nextCode(at(again.port)));
    await again.kill('SIGTERM');
    expect(codes.length).toBeGreaterThanOrEqual(60);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^H49\.15-\d{6}-\d{4}$/);
  }, 300_000);

  it('gives a plain text to whoever asks for that', async () => {
    const response = await fetch(intake.url(path('LayMaHoSo', KEY)), { headers: { accept: 'text/plain' } });
    expect(await response.text()).toMatch(/^H49\.15-\d{6}-\d{4}$/);
  });

  it('passes over a code that a case has already', async () => {
    const code = await nextCode();
    const number = Number(code.slice(-4));
    const taken = `${code.slice(0, -4)}${String(number + 1).padStart(4, '0')}`;
    await intake.ledger.query(`insert into aliases (namespace, code, stream_id) values ('case', $1, 999999)`, [taken]);
    const next = await nextCode();
    expect([next !== taken, next > taken]).toEqual([true, true]);
  });
});

describe('TaoHoSo', () => {
  it('takes a case, with its papers by content and its due date', async () => {
    const code = await nextCode();
    expect(await said(filing(code))).toEqual(taken);
    const { rows } = await intake.ledger.query<{ body: Members; due: Date; procedure: string }>(
      `select e.body, s.due_at as due, s.procedure from events e join streams s on s.id = e.stream_id join aliases a using (stream_id) where a.code = $1`,
      [code],
    );
    const [document] = rows[0]!.body['documents'] as { sha256: string; size: number; label: string }[];
    expect(document).toMatchObject({ label: 'Ảnh chụp căn cước', mediaType: 'application/pdf' });
    const kept = await fetch(intake.url(`/v1/files/${document!.sha256}`), {
      headers: { authorization: `Bearer ${KEY}` },
    });
    expect(Buffer.from(await kept.arrayBuffer()).toString('base64')).toBe(
      'JVBERi0xLjQKJSBzeW50aGV0aWMgc2FtcGxlCiUlRU9GCg==',
    );
    expect(rows[0]!.procedure).toBe('2.000488');
    // Eight working days are ten to twelve days of a calendar.
    const days = (rows[0]!.due.getTime() - Date.parse(rows[0]!.body['receivedAt'] as string)) / 86_400_000;
    expect([Math.floor(days) >= 10 && days < 13, rows[0]!.due.toISOString().slice(11)]).toEqual([
      true,
      '10:00:00.000Z',
    ]);
  });

  it('answers the very same again, one after another and at once, as the first time, and enters it once', async () => {
    const code = await nextCode();
    const answers = await Promise.all(Array.from({ length: 12 }, () => said(filing(code))));
    for (const answer of answers) expect(answer).toEqual(taken);
    expect(await said(filing(code))).toEqual(taken);
    await stands(code, 4);
    expect(await said(filing(code))).toEqual(taken);
    expect(await events(code)).toEqual(['received 2', 'status-changed 4']);
  });

  it('takes another body only while the case waits for a supplement, and then once', async () => {
    const code = await nextCode();
    const changed = filing(code, { nycEmail: 'mau@example.invalid' });
    await said(filing(code));
    expect(await said(changed)).toEqual(notWaiting);
    await stands(code, 5);
    expect(await said(filing(code))).toEqual({
      statusCode: '01',
      data: null,
      errorDetail: 'Hồ sơ bổ sung không có gì khác với lần gửi trước',
    });
    const all = [changed, changed, filing(code, { nycEmail: 'khac@example.invalid' })];
    const answers = await Promise.all(all.map(said));
    expect(
      answers
        .map(({ statusCode }) => statusCode)
        .sort()
        .join(),
    ).toMatch(/^00,(00,01|01,01)$/);
    expect(await events(code)).toEqual(['received 2', 'status-changed 5', 'supplemented 4']);
    const later = filing(code, { nycEmail: 'sau@example.invalid' });
    expect(await said(later)).toEqual(notWaiting);
  });

  it('refuses a code that it didn’t issue, and another agency’s case', async () => {
    const refused = { statusCode: '01', errorDetail: 'Mã hồ sơ không do hệ thống này cấp (maHoSoMCDT)' };
    expect(await said(filing('H49.15-241112-9999'))).toMatchObject(refused);
    expect(await said(filing('H49.16-241112-0001'))).toMatchObject(refused);
    expect(await events('H49.15-241112-9999')).toEqual([]);
  });

  it('refuses a code of another unit’s series, and one written otherwise than it was given', async () => {
    const refused = { statusCode: '01', errorDetail: 'Mã hồ sơ không do hệ thống này cấp (maHoSoMCDT)' };
    const code = await nextCode();
    const [, day = '', number = ''] = code.split('-');
    const date = `20${day.slice(0, 2)}-${day.slice(2, 4)}-${day.slice(4)}`;
    await intake.ledger.query(`insert into case_numbers (unit, day, last) values ('H49.77', $1, 5)`, [date]);
    for (const other of [`H49.77-${day}-0003`, `H49.15-${day}-0${number}`, `H49.15-20${day}-${number}`]) {
      expect(await said({ ...filing(code), maHoSoMCDT: other })).toMatchObject(refused);
      expect(await events(other)).toEqual([]);
    }
    expect(await said(filing(code))).toEqual(taken);
  });

  it.each<[string, (code: string) => unknown, string]>([
    ['a field that is missing', (code) => filing(code, { nycHoTen: '' }), 'Thiếu trường nycHoTen'],
    ['a field that can’t be read', (code) => filing(code, { nycNgaySinh: '31/02/1990' }), 'Trường nycNgaySinh không hợp lệ'],
    ['a paper that isn’t base64', (code) => filing(code, { giayToDinhKem: [{ ma: 'A', ten: 'A', danhSach: [{ loai: 'application/pdf', duLieu: 'Bí-Mật' }] }] }), 'Trường duLieu không hợp lệ'],
    ['a procedure that nobody receives', (code) => ({ ...filing(code), thongTinBienLai: { maTTHC: '9.999999' } }), 'Không cơ quan nào nhận thủ tục này (maTTHC)'],
    ['a paper whose name no database takes', (code) => filing(code, { giayToDinhKem: [{ ma: 'A', ten: 'A\0', danhSach: [{ loai: 'application/pdf', duLieu: 'QUJD' }] }] }), 'Trường name không hợp lệ; Trường label không hợp lệ'],
    ['a paper with half a letter', (code) => filing(code, { giayToDinhKem: [{ ma: 'A', ten: '\ud83d', danhSach: [{ loai: 'application/pdf', duLieu: 'QUJD' }] }] }), 'Trường name không hợp lệ; Trường label không hợp lệ'],
    ['a name without end', (code) => filing(code, { nycHoTen: 'A'.repeat(9 * MB) }), 'Trường name không hợp lệ'],
    ['a paper’s name without end', (code) => filing(code, { giayToDinhKem: [{ ma: 'A', ten: 'A'.repeat(9 * MB), danhSach: [{ loai: 'application/pdf', duLieu: 'QUJD' }] }] }), 'Trường label không hợp lệ'],
    ['a hundred thousand papers', (code) => filing(code, { giayToDinhKem: [{ ma: 'A', ten: 'A', danhSach: Array(100_000).fill({ loai: 'application/pdf', duLieu: 'QUJD' }) }] }), 'Trường danhSach không hợp lệ'],
    ['half a letter', (code) => filing(code, { nycHoTen: 'Bí-Mật\ud83d' }), 'Trường name không hợp lệ'],
    ['broken JSON', () => '{"maHoSoMCDT":"Bí-Mật",}', 'Nội dung không phải JSON hợp lệ.'],
    ['a list', () => [], 'Trường data không hợp lệ'],
    ['40 MB', () => Buffer.alloc(40 * MB, 0x20), 'Nội dung quá lớn'],
  ])('%s: refused by its field, and nothing is written', async (_, body, expected) => {
    const code = await nextCode();
    const before = await intake.everything();
    const { status, answer } = await file(body(code));
    expect([status, answer]).toEqual([200, { statusCode: '01', data: null, errorDetail: expected }]);
    expect(await intake.everything()).toEqual(before);
  }); // prettier-ignore
});

describe('the key in the query string', () => {
  it('opens its own agency’s door and no other', async () => {
    const refused = { statusCode: '01', data: null, errorDetail: 'Khóa truy cập không đúng (CodeGet)' };
    for (const [key, agency] of [
      ['wrong-Chìa-Khóa', 'vneid'],
      ['', 'vneid'],
      ['key-of-lltp', 'vneid'],
      [KEY, 'lltp'],
      [`${KEY}&CodeGet=${KEY}`, 'vneid'],
      ['x'.repeat(5_000), 'vneid'],
    ] as const) {
      expect(await file(filing('H49.15-241112-0001'), key, agency)).toEqual({ status: 401, answer: refused });
      const response = await fetch(intake.url(path('LayMaHoSo', key, agency)));
      expect([response.status, await response.json()]).toEqual([401, refused]);
    }
    expect((await fetch(intake.url(path('LayMaHoSo', 'key-of-lltp', 'lltp')))).status).toBe(401);
  });

  it('stands in no log, metric, answer or table, whatever goes wrong', async () => {
    const code = await nextCode();
    const answers: string[] = [];
    const send = async (method: string, call: string, body?: string | Buffer<ArrayBuffer>): Promise<void> => {
      const response = await fetch(intake.url(path(call, KEY)), { method, ...(body === undefined ? {} : { body }) });
      answers.push(JSON.stringify([...response.headers]), await response.text());
    };
    await send('POST', 'TaoHoSo', JSON.stringify(filing(code)));
    await send('POST', 'TaoHoSo', '{');
    await send('POST', 'TaoHoSo', Buffer.from([0x22, 0xc3, 0x28, 0x22]));
    await send('PUT', 'TaoHoSo', '{}');
    await send('POST', 'LayMaHoSo', '{}');
    await send('GET', 'Khac');
    await send('GET', '%E0%A4%A');
    await send('POST', 'TaoHoSo', Buffer.alloc(40 * MB, 0x20));
    answers.push(await (await fetch(intake.url('/metrics'))).text());
    expect(answers.join('\n')).not.toContain(KEY);
    expect(intake.process.lines.join('\n')).not.toMatch(/key-of-|CodeGet/);
    const { rows: tables } = await intake.ledger.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    );
    for (const { name } of tables) {
      const { rows } = await intake.ledger.query<{ n: number }>(
        `select count(*)::int as n from ${name} t where t::text like '%' || $1 || '%'`,
        [KEY],
      );
      expect([name, rows[0]!.n]).toEqual([name, 0]);
    }
  });
});
