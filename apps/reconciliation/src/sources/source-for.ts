import { join } from 'node:path';
import { connectorFor, DeclaredLines, RowReader } from '#connectors';
import { durationMs } from '#domain';
import type { ContractVersion, Reconcile, ReconcileLines } from '#wire';
import type { LineSource } from '../lines/line-source.js';
import { ByDigest } from './by-digest.js';
import { ByFile, dailyFile, fileAt, isAddress, type OpenFile } from './by-file.js';
import { ByList } from './by-list.js';
import { ByLookUp } from './by-look-up.js';
import type { OurCases } from './our-cases.js';
import { PartnerFiles } from './partner-files.js';
import { refused } from './refusals.js';

export interface SourceDeps {
  secret: (name: string) => string;
  /** For ways that are asked about our own cases. */
  ourCases: OurCases;
  /** The day that is compared, ISO: `{date}` of a daily file. */
  day: string;
  /** LIENTHONG_DAILY_FILES: a folder an agency. */
  dailyFiles: string;
  /** What a person put in for this day; absent: nothing yet. */
  uploaded?: OpenFile | undefined;
}

export const isLines = (way: Reconcile): way is ReconcileLines => way.by !== 'books';

/** The partner's books by one way of its contract. Throws where the contract can't be read so, which apply refuses. */
export function sourceFor(
  agency: string,
  contract: ContractVersion,
  way: ReconcileLines,
  { secret, ourCases, day, dailyFiles, uploaded }: SourceDeps,
): LineSource {
  switch (way.by) {
    case 'digest':
      return new ByDigest(way.url, way.compares, filesOf(contract, way.secret, secret));
    case 'paged-list':
    case 'status-list': {
      const reader = new RowReader(contract, way, way.compares);
      return new ByList({ contract, way, asks: new DeclaredLines(contract, way), reader, secret, ourCases });
    }
    case 'look-up': {
      const asks =
        way.operation === undefined
          ? connectorFor(contract.protocol, { agency, contract, publish: none, append: none })
          : { asks: new DeclaredLines(contract, way), reader: new RowReader(contract, way, way.compares) };
      return new ByLookUp({ contract, way, asks, secret, ourCases });
    }
    case 'daily-file': {
      const reader = new RowReader(contract, way, way.compares);
      if (!isAddress(way.file)) return new ByFile(way, reader, dailyFile(way.file, day, join(dailyFiles, agency)));
      const partner = filesOf(contract, way.secret, secret);
      return new ByFile(way, reader, fileAt(way.file, day, partner), () => partner.close());
    }
    case 'spreadsheet':
      return new ByFile(
        way,
        new RowReader(contract, way, way.compares),
        uploaded ?? (() => Promise.reject(refused('no-file', { at: day }))),
      );
  }
}

const none = (): Promise<never> => Promise.reject(new Error('nothing is published by asking'));

const filesOf = (
  { endpoint, limits }: ContractVersion,
  name: string | undefined,
  secret: (name: string) => string,
): PartnerFiles =>
  new PartnerFiles({
    allowPrivate: endpoint?.allowPrivate ?? false,
    silenceMs: durationMs(limits.timeout),
    bearer: name === undefined ? undefined : () => secret(name),
  });
