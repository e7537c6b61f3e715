import { maySettle } from '#domain';
import {
  waysOf,
  type ComparedField,
  type ContractVersion,
  type Fault,
  type LineDiscrepancy,
  type ReconcileLines,
} from '#wire';

import type { Connector } from '../connector.js';
import { DeclaredLines } from '../http-declared/declared-lines.js';
import { formatOf, isAddress } from './file-way.js';
import { RowReader } from './row-reader.js';

type Way<B extends ReconcileLines['by']> = Extract<ReconcileLines, { by: B }>;

/** What is wrong with a contract's ways of reconciling though their shape is right. `connect`: its own connector, to look at. */
export function checkWays(contract: ContractVersion, path: string, connect: () => Connector | undefined): Fault[] {
  const isList = Array.isArray(contract.reconcile);
  return waysOf(contract).flatMap((way, n) => {
    if (way.by === 'books') return [];
    const at = isList ? `${path}/reconcile/${n}` : `${path}/reconcile`;
    return [...checkRepairs(way, at), ...checkWay(contract, way, at, connect)];
  });
}

function checkWay(
  contract: ContractVersion,
  way: ReconcileLines,
  at: string,
  connect: () => Connector | undefined,
): Fault[] {
  switch (way.by) {
    case 'digest':
      return [];
    case 'paged-list':
    case 'status-list':
      return checkList(contract, way, at);
    case 'look-up':
      return checkLookUp(contract, way, at, connect);
    case 'daily-file':
    case 'spreadsheet':
      return [...checkFile(way, at), ...checkRow(contract, way, at, 'day')];
  }
}

/** What would settle nothing, or double what is there, isn't done without a person, whatever the file says. */
const checkRepairs = ({ repairs = {} }: ReconcileLines, at: string): Fault[] =>
  (Object.keys(repairs) as LineDiscrepancy[]).flatMap((type) =>
    maySettle(type, repairs[type]!.repair)
      ? []
      : [
          {
            path: `${at}/repairs/${type}/repair`,
            rule: 'settles',
            detail: `${type} isn’t settled by ${repairs[type]!.repair}`,
          },
        ],
  );

function checkList(contract: ContractVersion, way: Way<'paged-list' | 'status-list'>, at: string): Fault[] {
  if (contract.protocol !== 'http') return [cannot(contract, way, at)];
  const isKeyed = way.by === 'status-list' && way.keysAtOnce !== undefined;
  const faults = [
    ...told(() => void new DeclaredLines(contract, way).close(), at),
    ...checkRow(contract, way, at, isKeyed ? 'no day' : 'day'),
  ];
  if (way.by === 'paged-list' && way.keysAtOnce !== undefined)
    faults.push({ path: `${at}/keysAtOnce`, rule: 'additionalProperties', detail: 'only a status-list names keys' });
  return faults;
}

function checkLookUp(
  contract: ContractVersion,
  way: Way<'look-up'>,
  at: string,
  connect: () => Connector | undefined,
): Fault[] {
  if (way.operation !== undefined)
    return [...told(() => void new DeclaredLines(contract, way).close(), at), ...checkRow(contract, way, at, 'no day')];
  const connector = connect();
  if (!connector) return [];
  if (!connector.showCase) return [cannot(contract, way, at)];
  const shows: readonly ComparedField[] = connector.shows ?? [];
  return way.compares.flatMap((field, n) =>
    shows.includes(field)
      ? []
      : [
          {
            path: `${at}/compares/${n}`,
            rule: 'shown',
            detail: `protocol ${contract.protocol} shows of one case only ${shows.join(', ')}`,
          },
        ],
  );
}

function checkFile(way: Way<'daily-file' | 'spreadsheet'>, at: string): Fault[] {
  const faults: Fault[] = [];
  if (way.by === 'daily-file') {
    const { file, secret } = way;
    const isSafe = !file.split(/[\\/]/).some((part) => part === '..' || part === '') && !/^[a-z]+:/i.test(file);
    if (!isAddress(file) && !isSafe)
      faults.push({ path: `${at}/file`, rule: 'path', detail: 'a name within the agency’s own folder, or an address' });
    if (secret !== undefined && !isAddress(file))
      faults.push({ path: `${at}/secret`, rule: 'additionalProperties', detail: 'only an address is asked with it' });
    if (formatOf(way) === undefined)
      faults.push({ path: `${at}/format`, rule: 'required', detail: 'xlsx or csv: the file’s name doesn’t say it' });
  }
  const others = formatOf(way) === 'csv' ? (['sheet'] as const) : (['delimiter', 'charset'] as const);
  if (formatOf(way) !== undefined)
    for (const name of others)
      if (way[name] !== undefined)
        faults.push({ path: `${at}/${name}`, rule: 'additionalProperties', detail: `${formatOf(way)} has none` });
  return faults;
}

function checkRow(
  contract: ContractVersion,
  way: Way<'paged-list' | 'status-list' | 'look-up' | 'daily-file' | 'spreadsheet'>,
  at: string,
  needs: 'day' | 'no day',
): Fault[] {
  let reader: RowReader | undefined;
  const faults = told(() => {
    reader = new RowReader(contract, way, way.compares);
  }, at);
  if (reader && needs === 'day' && !reader.readsDay)
    faults.push({ path: `${at}/row/receivedOn`, rule: 'required', detail: 'the day of receipt says in which range a line is' }); // prettier-ignore
  const columns = 'columns' in way ? way.columns : undefined;
  if (reader && columns)
    for (const column of reader.columns)
      if (!Object.hasOwn(columns, column))
        faults.push({ path: `${at}/columns/${column}`, rule: 'required', detail: 'row reads it, and columns doesn’t name it' }); // prettier-ignore
  return faults;
}

const cannot = ({ protocol }: ContractVersion, { by }: ReconcileLines, at: string): Fault => ({
  path: `${at}/by`,
  rule: 'protocol',
  detail: `protocol ${protocol} has no ${by}`,
});

/** A complaint of the templates' compiler, at the member that it names. */
function told(make: () => void, at: string): Fault[] {
  try {
    make();
    return [];
  } catch (error) {
    const [, member = 'reconcile', detail = ''] = /^agency file: (\S+): (.*)$/s.exec((error as Error).message) ?? [
      undefined,
      'reconcile',
      (error as Error).message,
    ];
    const inner = member.split('.');
    // Of an operation the version's own check tells.
    if (inner[0] !== 'reconcile') return [];
    return [{ path: [at, ...inner.slice(1)].join('/'), rule: 'protocol', detail }];
  }
}
