import { describe, expect, it } from '@jest/globals';
import type { AgencyFile, Consuming, Protocol } from '#wire';
import { contractOf } from './case.fixture.js';
import { checkAgency } from './check-agency.js';

const versions = (...of: [validFrom: string, speaks?: Consuming['speaks'], protocol?: Protocol][]): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: 'a',
  name: { vi: 'a', en: 'a' },
  versions: of.map(([validFrom, speaks, protocol = 'topic']) => ({
    ...contractOf('bo-tu-phap'),
    ...{ validFrom, protocol },
    ...(speaks ? { consumes: { speaks } } : {}),
  })),
});
const on = async (day: string, file: AgencyFile): Promise<string[]> =>
  (await checkAgency(file, new Date(`${day}T12:00:00+07:00`))).map(({ path, rule }) => `${path} ${rule}`);

describe('a file that reads events as v1', () => {
  it('is applied until the printed day, and not after it, said or unsaid', async () => {
    for (const file of [versions(['2018-01-01']), versions(['2018-01-01', 'v1'])]) {
      expect(await on('2027-12-31', file)).toEqual([]);
      expect(await on('2028-01-01', file)).toEqual([expect.stringContaining('until:2027-12-31')]);
    }
    expect(await on('2028-01-01', versions(['2018-01-01', 'v1']))).toEqual([
      '/versions/0/consumes/speaks until:2027-12-31',
    ]);
  });

  it('may keep what is over in its past, and may not ask for it in its future', async () => {
    expect(await on('2028-01-01', versions(['2018-01-01', 'v1'], ['2027-06-01', 'v2']))).toEqual([]);
    expect(await on('2026-12-01', versions(['2018-01-01', 'v2'], ['2028-01-01', 'v1']))).toEqual([
      '/versions/1/consumes/speaks until:2027-12-31',
    ]);
  });

  it('is nobody’s concern where the protocol has messages of its own', async () => {
    expect(await on('2028-01-01', versions(['2018-01-01', undefined, 'one-stop']))).not.toContainEqual(
      expect.stringContaining('until'),
    );
  });
});
