import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { judicialRecordCase } from '../../../../test/journeys/cases.js';
import { typed } from '../testing/terminal.js';

const sample = judicialRecordCase('000.00.30.H49-210531-0001') as { code: string };

const event = (data: object, more: object = {}): object => ({
  specversion: '1.0',
  id: 'a-1',
  source: '/agencies/a',
  type: 'vn.lienthong.case.status-changed.v1',
  subject: 'case/H53.14-260531-0001',
  data: { status: 4, at: '2026-06-01T08:00:00+07:00', ...data },
  ...more,
});

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lienthong-validate-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('validate', () => {
  it('takes one event over many lines, from a file, and needs nothing else', async () => {
    writeFileSync(join(folder, 'e.json'), `\uFEFF${JSON.stringify(event({}), null, 2)}\n`);
    const ran = await typed(`validate ${join(folder, 'e.json')}`, {});
    expect(ran).toMatchObject({ code: 0, out: '✓ 1 sự kiện hợp lệ · valid\n' });
  });

  it('says of each line where it is wrong and by which rule, and no word of what stands there', async () => {
    const lines = [
      event({}),
      event({ status: 11, note: 'Bí-Mật', biet: 'Bí-Mật' }),
      event({}, { subject: 'case/HS-12' }),
      event({ note: 'Nguyễn'.normalize('NFD') }),
      event({}, { type: 'vn.lienthong.case.burnt.v1' }),
    ];
    const { code, out } = await typed('validate -', {}, `${lines.map((l) => JSON.stringify(l)).join('\n')}\n\n{"a":\n`);
    expect(code).toBe(1);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toMatchObject([
      ['dòng · line', 'chỗ · path', 'quy tắc · rule', 'nghĩa là · means'],
      ['2', '/data/biet', 'additionalProperties', expect.stringContaining('nobody reads')],
      ['2', '/data/status', expect.stringMatching(/^enum:1\|/), expect.any(String)],
      ['3', '/subject', 'form', expect.stringContaining('case code')],
      ['4', '/data/note', 'nfc', expect.stringContaining('NFC')],
      ['5', '/type', expect.stringMatching(/^enum:/), expect.any(String)],
      ['7', '/', 'json', expect.any(String)],
      ['✗ 5 trong 6 sự kiện có lỗi · of the events have faults'],
      [''],
    ]);
    expect(out).not.toContain('Bí-Mật');
  });

  it('knows both versions, and prints an event as the reader of either gets it', async () => {
    const first = { ...event({}), type: 'vn.lienthong.case.received.v1', subject: `case/${sample.code}`, data: sample };
    const there = await typed('validate - --as v2', {}, JSON.stringify(first));
    expect(there.code).toBe(0);
    const second = JSON.parse(there.out) as { id: string; type: string; data: { applicant: object } };
    expect(second).toMatchObject({ id: 'a-1', type: 'vn.lienthong.case.received.v2' });
    expect(second.data.applicant).toMatchObject({ identity: { kind: 'personal-number' } });
    expect(JSON.parse((await typed('validate - --as v1', {}, there.out)).out)).toEqual(first);
    expect((await typed('validate -', {}, there.out)).code).toBe(0);
    const mixed = await typed('validate -', {}, JSON.stringify({ ...second, data: sample }));
    expect([mixed.code, mixed.out]).toEqual([1, expect.stringContaining('/data/applicant/idNumber')]);
    expect((await typed('validate - --as v3', {}, '{}')).code).toBe(1);
  });

  it('says so where there is nothing to look at', async () => {
    expect(await typed('validate -', {}, ' \n')).toMatchObject({ code: 1, err: expect.stringContaining('no event') });
    expect(await typed(`validate ${join(folder, 'none')}`, {})).toMatchObject({ code: 1 });
    expect(await typed('validate', {})).toMatchObject({ code: 2 });
  });
});
