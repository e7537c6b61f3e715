import { unmappedValues, type Database, type UnmappedValues } from '#ledger';
import type { AgencyFile } from '#wire';
import { connectToLook } from './connect.js';
import type { Period } from './rehearse-agency.js';

/** Codes of the last days, and of all that waits, which the agency's code tables haven't: by this file, or by what is in force. */
export const unmappedCodes = (
  db: Database,
  agency: string,
  { days, on }: Period,
  more: { file?: AgencyFile; mostCases?: number } = {},
): Promise<UnmappedValues> =>
  unmappedValues(db, {
    agency,
    days,
    ...(on === undefined ? {} : { on }),
    ...more,
    connect: (contract, onUnmapped) => connectToLook(agency, contract, onUnmapped),
  });
