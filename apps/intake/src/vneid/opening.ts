import { filingDoor, type FilingDoor } from '#connectors';
import { today, type ContractBook } from '#ledger';

/** By the version in force today: how an agency speaks follows the time of sending. Undefined: it has no such door. */
export function filingDoorOf(book: ContractBook, agency: string, day = today()): FilingDoor | undefined {
  const version = book.version(agency, day);
  return version?.protocol === 'lltp-vneid' ? filingDoor(version) : undefined;
}
