import { rehearseContract, type ContractRehearsal, type Database } from '#ledger';
import type { AgencyFile } from '#wire';
import { connectToLook } from './connect.js';

export const MOST_DAYS = 3_660;
export const USUAL_DAYS = 30;

export interface Period {
  /** So many days, today the last of them. */
  days: number;
  /** The day of sending; default today. */
  on?: string | undefined;
}

/** What the agency would get of the last days' events by this file, against the contract in force. Nothing is sent. */
export const rehearseAgency = (
  db: Database,
  file: AgencyFile,
  { days, on }: Period,
  onProgress?: (done: number, total: number) => void,
): Promise<ContractRehearsal> =>
  rehearseContract(db, {
    file,
    days,
    ...(on === undefined ? {} : { on }),
    connect: (contract) => connectToLook(file.id, contract),
    ...(onProgress ? { onProgress } : {}),
  });
