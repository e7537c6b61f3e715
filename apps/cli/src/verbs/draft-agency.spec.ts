import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkAgency } from '#connectors';
import { parseAgencyFile } from '#wire';
import { typed } from '../testing/terminal.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lienthong-draft-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const request = {
  so: 'H53.14-260531-0001',
  thuTuc: '2.000488',
  hoTen: 'Nguyễn Thị Mẫu',
  giayTo: '079200000123',
  ngayNhan: '31/05/2026 08:00:00',
  henTra: '14/06/2026',
  kenh: 0,
  nguon: 'LT',
  ghiChu: 'Bí mật của một người',
  tep: [{ ten: 'a.pdf' }],
};

async function drafted(): Promise<string> {
  writeFileSync(join(folder, 'r.json'), JSON.stringify(request));
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ loi: '00', so: 'H53.14-260531-0001' }));
  const words = `agency new qlld --url http://127.0.0.1:9/qlld/v2/ho-so --request ${join(folder, 'r.json')} --answer ${join(folder, 'a.json')}`;
  const { code, out, err } = await typed(words, {});
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

describe('agency new', () => {
  it('is refused as long as a TODO is in it, and takes no person’s data over', async () => {
    const draft = await drafted();
    expect(() => parseAgencyFile(draft, {})).toThrow();
    for (const value of ['Nguyễn Thị Mẫu', '079200000123', 'Bí mật', '0001']) expect(draft).not.toContain(value);
  });

  it('is an agency file once somebody has decided what it asks', async () => {
    const file = (await drafted())
      .replace('name: { vi: TODO, en: TODO }', 'name: { vi: Mẫu, en: Sample }')
      .replace('owner: TODO', 'owner: H53.09')
      .replace('{ kind: TODO }', '{ kind: bearer, secret: QLLD }')
      .replace('basis: TODO', 'basis: điều 16')
      .replace('[{ ten: { from: TODO } }] # TODO: each, give', '[]')
      .replace(/ghiChu: \{ from: TODO \}/, "ghiChu: ''")
      .replace(/(counter|online|post): TODO/g, '$1: 0')
      .replace('{ text: TODO }, means: already-held', '{ text: đã có }, means: already-held')
      .replace('{ text: TODO }, means: refused', '{ text: sai }, means: refused');
    expect(file.split('\n').filter((line) => line.includes('TODO') && !line.startsWith('#'))).toEqual([]);
    const agency = parseAgencyFile(file, {});
    expect(await checkAgency(agency)).toEqual([]);
    expect(agency.versions[0]).toMatchObject({
      endpoint: { baseUrl: 'http://127.0.0.1:9/qlld/v2' },
      operations: {
        create: {
          path: '/ho-so',
          item: {
            so: { from: 'code' },
            hoTen: { from: 'application.applicant.name' },
            ngayNhan: { from: 'application.receivedAt', as: 'dd/MM/yyyy HH:mm:ss' },
            henTra: { from: 'application.dueAt', as: 'dd/MM/yyyy' },
            nguon: 'LT',
          },
        },
      },
      replies: [{ when: { status: 200, json: { loi: '00' } }, means: 'accepted' }, {}, {}, {}],
    });
  });
});

describe('agency table', () => {
  const table = (pasted: string) => typed('agency table kinds', {}, pasted);

  it.each<[string, string]>([
    ['tabs', 'citizen\t01\nbusiness\t02\n'],
    ['semicolons, quotes and a mark', '\uFEFF"citizen";"01"\r\n"business";"02"\r\n'],
  ])('takes two columns by %s, with their leading zeros', async (_, pasted) => {
    const { code, out } = await table(pasted);
    expect(code).toBe(0);
    expect(out).toBe(
      'codeTables:\n  kinds:\n    - validFrom: 2018-01-01\n      codes:\n        "citizen": "01"\n        "business": "02"\n',
    );
  });

  it.each<[string, string]>([
    ['a\t1\nb\n', 'line 2'],
    ['a\t1\na\t2\n', 'line 2'],
    ['a\t\n', 'line 1'],
    ['a\t1.2E+11\n', 'line 1'],
  ])('names the line that can’t be used: %j', async (pasted, line) => {
    const { code, out, err } = await table(pasted);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(line);
  });
});
