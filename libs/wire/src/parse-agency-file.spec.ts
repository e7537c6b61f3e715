import { describe, expect, it } from '@jest/globals';

import { AgencyFileError, parseAgencyFile } from './parse-agency-file.js';

const file = `
apiVersion: lienthong/v1
kind: Agency
id: sample
name: { vi: Mẫu, en: Sample }
versions:
  - validFrom: 2018-01-01
    owner: G15
    protocol: one-stop
    endpoint:
      baseUrl: http://127.0.0.1:\${LIENTHONG_SAMPLE_PORT:-8099}
      login: { kind: bearer, secret: SAMPLE_KEY }
    receives: [{ procedures: ['2.000488'], events: [case.received] }]
    sends: []
    limits: { inFlight: 4, timeout: 1s }
    retry: { first: 1s, factor: 2, atMost: 1m, giveUpAfter: 1h }
    onDuplicate: refuse
    replies: [{ when: { status: 2xx }, means: accepted }]
`;
const baseUrl = (text: string, env: Record<string, string>) =>
  parseAgencyFile(text, env).versions[0]?.endpoint?.baseUrl;
function faultsOf(text: string, env: Record<string, string> = {}) {
  try {
    parseAgencyFile(text, env);
  } catch (error) {
    if (error instanceof AgencyFileError) return error.faults;
    throw error;
  }
  return [];
}

describe('an agency file', () => {
  it('is read with its days as text', () => {
    expect(parseAgencyFile(file, {})).toMatchObject({
      id: 'sample',
      versions: [{ validFrom: '2018-01-01', owner: 'G15' }],
    });
  });

  it('takes ports and the like from the environment', () => {
    expect(baseUrl(file, {})).toBe('http://127.0.0.1:8099');
    expect(baseUrl(file, { LIENTHONG_SAMPLE_PORT: '40001' })).toBe('http://127.0.0.1:40001');
    expect(baseUrl(file, { LIENTHONG_SAMPLE_PORT: '' })).toBe('http://127.0.0.1:8099');
  });

  it('isn’t changed in its structure by a value, nor is a value looked through again', () => {
    const named = file.replace('Mẫu', "'${LIENTHONG_NAME}'");
    expect(parseAgencyFile(named, { LIENTHONG_NAME: 'a, en: b }\nid: other' })).toMatchObject({
      id: 'sample',
      name: { vi: 'a, en: b }\nid: other' },
    });
    expect(parseAgencyFile(named, { LIENTHONG_NAME: '${LIENTHONG_NAME}' }).name.vi).toBe('${LIENTHONG_NAME}');
  });

  it('reads nothing else from the environment, and says what is missing', () => {
    expect(faultsOf(file.replace('Mẫu', "'${HOME}'"), { HOME: '/root' })).toMatchObject([
      { path: '/name/vi', rule: 'placeholder' },
    ]);
    expect(faultsOf(file.replace('Mẫu', "'${LIENTHONG_NAME}'"))).toEqual([
      { path: '/name/vi', rule: 'placeholder', detail: 'LIENTHONG_NAME is not set', line: 5, column: 13 },
    ]);
  });

  it('is refused for a member that nobody reads, a wrong value, a missing one', () => {
    const wrong = file.replace('owner: G15', 'ownr: G15').replace('inFlight: 4', 'inFlight: four');
    expect(
      faultsOf(wrong)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/versions/0/limits/inFlight', '/versions/0/owner', '/versions/0/ownr']);
  });

  it('is refused where it isn’t YAML, names a member twice, carries a tag or grows by its aliases', () => {
    expect(faultsOf('id: [')).toMatchObject([{ rule: expect.stringMatching(/^yaml:/), line: 1 }]);
    expect(faultsOf(`${file}id: again\n`)).toMatchObject([{ rule: 'yaml:DUPLICATE_KEY' }]);
    expect(faultsOf(file.replace('vi: Mẫu', 'vi: !!js/function Mẫu')).length).toBeGreaterThan(0);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`;
    expect(faultsOf(bomb)).toMatchObject([{ rule: 'yaml:aliases' }]);
  });

  it('is refused where a name stands twice as another kind of value, or a value within itself', () => {
    const tables = (codes: string): string =>
      `${file}    codeTables: { state: [{ validFrom: 2018-01-01, codes: ${codes} }] }\n`;
    expect(faultsOf(tables(`{ 1: a, '1': b }`))).toMatchObject([{ rule: 'yaml:DUPLICATE_KEY', line: 19 }]);
    expect(faultsOf('a: &a [*a]')).toMatchObject([{ rule: 'yaml:aliases' }]);
    expect(faultsOf('&a { b: *a }')).toMatchObject([{ rule: 'yaml:aliases' }]);
  });

  // Both took minutes of the one thread that answers everybody; a second is a hundred times what they take.
  it.each([
    ['a table of fifty thousand codes', () => Array.from({ length: 50_000 }, (_, n) => `k${n}: '1'`).join('\n')],
    ['placeholders that none closes', () => `a: '${'${'.repeat(500_000)}'`],
  ])('with %s is read in time that grows as it does', (_, text) => {
    const began = process.cpuUsage();
    expect(faultsOf(text()).length).toBeGreaterThan(0);
    expect(process.cpuUsage(began).user).toBeLessThan(20_000_000);
  });

  it('is refused where YAML would make another number of a code: in quotes it stays as it is', () => {
    for (const code of ['01', '1.10', '0x1F', '1e3', '12345678901234567890']) {
      const told = [{ rule: 'yaml:number', line: 19, detail: expect.stringContaining('quotes') }];
      expect(faultsOf(`${file}x: { ${code}: a }\n`)).toMatchObject(told);
      expect(faultsOf(`${file}x: { a: ${code} }\n`)).toMatchObject(told);
      expect(faultsOf(`${file}x: { '${code}': '${code}', b: 7.5 }\n`)).toMatchObject([{ path: '/x' }]);
    }
  });

  it('says in which line and column: a name nobody reads by itself, a wrong value by its value, a missing one by its parent', () => {
    const wrong = file
      .replace('owner: G15', 'ownr: G15')
      .replace('inFlight: 4', 'inFlight: four')
      .replace("'2.000488'", "'2.488'")
      .replace('kind: bearer', 'kind: magic');
    const places = faultsOf(wrong).map(({ path, line, column }) => `${line}:${column} ${path}`);
    expect(places.sort()).toEqual([
      '12:22 /versions/0/endpoint/login/kind',
      '13:31 /versions/0/receives/0/procedures/0',
      '15:25 /versions/0/limits/inFlight',
      '7:5 /versions/0/owner',
      '8:5 /versions/0/ownr',
    ]);
  });

  it('finds what an alias stands for where it is written, and places two versions of one day', () => {
    const anchored = file.replace('limits: {', 'limits: &limits {');
    const second = anchored.slice(anchored.indexOf('  - validFrom')).replace(/limits: .*/, 'limits: *limits');
    const both = `${anchored}${second}`;
    expect(faultsOf(both)).toEqual([
      { path: '/versions/1/validFrom', rule: 'after:/versions/0/validFrom', line: 19, column: 16 },
    ]);
    const later = both.replace(/(2018-01-01)([^]*)2018-01-01/, '$1$22019-01-01').replace('inFlight: 4', 'inFlight: 0');
    expect(faultsOf(later).map(({ path, line }) => [path, line])).toEqual([
      ['/versions/0/limits/inFlight', 15],
      ['/versions/1/limits/inFlight', 15],
    ]);
  });
});
