import { columns } from '../../../dist/apps/sandbox/src/lines/row.js';
import { parseAgencyFile } from '../../../dist/libs/wire/src/index.js';
import { compares } from './world.mjs';

const days = ['receivedOn', 'dueOn', 'finishedOn'];
const read = ['key', 'receivedOn', ...compares];

/** Every kind of source at one partner, as an agency file says it. */
export function waysOf(partner) {
  const listed = Object.fromEntries(read.map((name) => [name, { from: `row.${columns[name].member}` }]));
  const table = {
    columns: Object.fromEntries(read.map((name) => [columns[name].member, columns[name].head])),
    row: Object.fromEntries(
      read.map((name) => [
        name,
        { from: `row.${columns[name].member}`, ...(days.includes(name) ? { read: 'dd/MM/yyyy' } : {}) },
      ]),
    ),
  };
  const common = { compares, days: '400d' };
  return {
    digest: { by: 'digest', url: `${partner}/lines?compares=${compares.join()}`, ...common },
    'paged list': {
      ...{ by: 'paged-list', operation: 'list', rows: 'rows', cursor: { answer: 'next' }, total: 'total' },
      ...{ row: listed, ...common },
    },
    'status list': { by: 'status-list', operation: 'statuses', rows: 'rows', keysAtOnce: 500, row: listed, ...common },
    'look-up': { by: 'look-up', operation: 'look-up', rows: 'rows', row: listed, ...common },
    'daily file, CSV': { by: 'daily-file', file: `${partner}/lines/daily.csv`, format: 'csv', ...table, ...common },
    'daily file, XLSX': { by: 'daily-file', file: `${partner}/lines/daily.xlsx`, format: 'xlsx', ...table, ...common },
    'spreadsheet, XLSX': { by: 'spreadsheet', format: 'xlsx', ...table, ...common },
  };
}

/** The contract of a partner that is compared by this way. Through the file's own checks: what runs here could be applied. */
export function contractOf(partner, way) {
  const file = {
    ...{ apiVersion: 'lienthong/v1', kind: 'Agency', id: 'doi-tac', name: { vi: 'Đối tác mẫu', en: 'A partner' } },
    versions: [
      {
        validFrom: '2018-01-01',
        owner: 'G01',
        protocol: 'http',
        endpoint: { baseUrl: partner, allowPrivate: true },
        receives: [{ procedures: ['*'], events: ['case.received'] }],
        sends: [],
        limits: { inFlight: 16, timeout: '60s' },
        retry: { first: '1s', factor: 2, atMost: '1m', giveUpAfter: '1h' },
        onDuplicate: 'refuse',
        replies: [{ when: { status: '2xx' }, means: 'accepted' }],
        operations: {
          send: { events: ['case.received'], path: '/cases', item: { code: { from: 'code' } }, body: { from: 'item' } },
          list: {
            method: 'GET',
            path: '/lines/list',
            query: {
              ...{ from: { from: 'range.from' }, to: { from: 'range.to' } },
              ...{ limit: '5000', cursor: { from: 'cursor', otherwise: '' } },
            },
          },
          statuses: { path: '/lines/status-list', body: { keys: { from: 'keys' } } },
          'look-up': { method: 'GET', path: '/lines/look-up', query: { key: { from: 'keys[0]' } } },
        },
        reconcile: way,
      },
    ],
  };
  return parseAgencyFile(JSON.stringify(file), {}).versions[0];
}
