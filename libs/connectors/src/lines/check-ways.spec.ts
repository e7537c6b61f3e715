import { describe, expect, it } from '@jest/globals';
import type { AgencyFile, ContractVersion, ReconcileLines } from '#wire';

import { contractOf } from '../case.fixture.js';
import { checkAgency, privateNames } from '../check-agency.js';
import { passThrough } from '../pass-through.fixture.js';

const agency = (version: ContractVersion): AgencyFile => ({
  apiVersion: 'lienthong/v1',
  kind: 'Agency',
  id: 'x',
  name: { vi: 'x', en: 'x' },
  versions: [version],
});
const declared: ContractVersion = {
  ...passThrough('http://127.0.0.1:1'),
  protocol: 'http',
  operations: {
    list: { method: 'GET', path: '/l', query: { f: { from: 'range.from' }, p: { from: 'cursor' } } },
    one: { method: 'GET', path: '/c/{code}' },
    still: { method: 'GET', path: '/l' },
  },
};
const row = { key: { from: 'row.ma' }, receivedOn: { from: 'row.ngay', read: 'dd/MM/yyyy' }, status: { from: 'row.tt' } } as const; // prettier-ignore
const list: ReconcileLines = { by: 'paged-list', operation: 'list', cursor: { page: 1 }, compares: ['status'], row };
const file: ReconcileLines = { by: 'daily-file', file: 'a-{date}.csv', compares: ['status'], row };
const faults = async (reconcile: ReconcileLines, contract: ContractVersion = declared): Promise<string[]> =>
  (await checkAgency(agency({ ...contract, reconcile }))).map(({ path, rule }) => `${path} ${rule}`);
const at = (member: string, rule: string): string[] => [`/versions/0/reconcile/${member} ${rule}`];

describe('a way of reconciling', () => {
  it('is well where its protocol can do it', async () => {
    const lookUp: ReconcileLines = { by: 'look-up', compares: ['status'] };
    for (const way of [list, file, { ...lookUp, operation: 'one', row }]) expect(await faults(way)).toEqual([]);
    expect(await faults({ ...lookUp, compares: ['status', 'resultFile'] }, contractOf('lltp'))).toEqual([]);
    expect(await faults(lookUp, contractOf('cong-dvc'))).toEqual([]);
  });

  it('is mended without a person only by what mends it', async () => {
    const resend = { repair: 'resend', atMostADay: 5 } as const;
    expect(await faults({ ...list, repairs: { 'missing-there': resend, 'field-differs': resend } })).toEqual([]);
    expect(await faults({ ...list, repairs: { 'doubled-there': resend } })).toEqual(
      at('repairs/doubled-there/repair', 'settles'),
    );
    const digest: ReconcileLines = { by: 'digest', url: 'http://127.0.0.1:1', compares: ['status'] };
    expect(await faults({ ...digest, repairs: { 'missing-here': resend, 'other-code': resend } })).toHaveLength(2);
  });

  it.each<[string, ReconcileLines, string[], ContractVersion?]>([
    ['no protocol of its own', list, at('by', 'protocol'), contractOf('lltp')],
    ['no question for one case', { by: 'look-up', compares: ['status'] }, at('by', 'protocol'), contractOf('mot-cua')],
    ['a field that a look-up doesn’t show', { by: 'look-up', compares: ['status', 'dueOn'] }, at('compares/1', 'shown'), contractOf('cong-dvc')], // prettier-ignore
    ['no row', { by: 'paged-list', operation: 'list', compares: ['status'] }, at('row', 'protocol')],
    ['a compared field that no row says', { ...list, compares: ['status', 'dueOn'] }, at('row/dueOn', 'protocol')],
    ['no day of receipt', { ...list, row: { key: row.key, status: row.status } }, at('row/receivedOn', 'required')],
    ['a code table that there isn’t', { ...list, row: { ...row, status: { from: 'row.tt', table: 'no' } } }, at('row/status', 'protocol')], // prettier-ignore
    ['an operation that there isn’t', { ...list, operation: 'nothing' }, at('operation', 'protocol')],
    ['a question that is always the same', { ...list, operation: 'still' }, at('operation', 'protocol')],
    ['jsonata in a row', { ...list, row: { ...row, status: { jsonata: 'row.tt' } } }, at('row/status', 'protocol')],
    ['a column that isn’t named', { ...file, columns: { ma: 'Mã', ngay: 'Ngày' } }, at('columns/tt', 'required')],
    ['a file outside its folder', { ...file, file: '../{date}.csv' }, at('file', 'path')],
    [
      'a file with a password in its address',
      { ...file, file: 'https://a:b@x.vn/{date}.csv' },
      at('file', 'credentials'),
    ],
    ['a file of no known form', { ...file, file: '{date}' }, at('format', 'required')],
    ['a sheet of a CSV', { ...file, sheet: 'x' }, at('sheet', 'additionalProperties')],
  ])('with %s is refused where it stands', async (...[, way, found, contract]) => {
    expect(await faults(way, contract)).toEqual(found);
  });

  it('may not lead to a private address by a name, unless the file says so', async () => {
    const way: ReconcileLines = { by: 'digest', url: 'https://so.example.vn/books', compares: ['status'] };
    const resolve = (host: string) => Promise.resolve(host === 'so.example.vn' ? ['10.1.2.3'] : ['8.8.8.8']);
    const named = async (allowPrivate: boolean) =>
      (await privateNames(agency({ ...declared, endpoint: { baseUrl: 'https://x.vn', allowPrivate }, reconcile: way }), resolve)).map(({ path }) => path); // prettier-ignore
    expect(await named(false)).toEqual(['/versions/0/reconcile/url']);
    expect(await named(true)).toEqual([]);
  });
});
