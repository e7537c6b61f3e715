import { shortType, type Compared, type ResultIssued } from '#wire';

import type { Reported } from '../connector.js';

/** A result as one case's reports tell it: the newest that was issued, and whether it was revoked since. */
export function resultShown(reports: readonly Reported[]): Compared {
  const issued = reports.findLast(({ type }) => shortType(type) === 'case.result-issued');
  if (!issued) return { resultNumber: null, resultFile: null, resultStands: 'no' };
  const { judicialRecord, documents } = issued.data as Partial<ResultIssued>;
  const isRevoked = reports.some(({ type }) => shortType(type) === 'case.result-revoked');
  return {
    resultNumber: judicialRecord?.number ?? null,
    resultFile: documents?.[0]?.sha256 ?? null,
    resultStands: isRevoked ? 'revoked' : 'yes',
  };
}
